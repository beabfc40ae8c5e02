// What is known of feeds, on the disk, so that a restart neither forgets nor asks everybody at once.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "native/sqlite.hpp"
#include "server/feeds/schedule.hpp"
#include "server/feeds/websub.hpp"

namespace skypod::server {

/// One feed, by the address that it is asked for by.
struct FeedRecord {
  std::string url;
  Schedule schedule;
  std::string hash;     // of its octets when it was last looked at
  std::string meaning;  // as Version has it
  std::optional<Subscription> subscription;

  friend bool operator==(const FeedRecord&, const FeedRecord&) = default;
};

/// May be used from any number of threads.
class FeedStore {
 public:
  /// Opens or makes the file. The error is one line.
  static Result<std::unique_ptr<FeedStore>, std::string> open(const std::filesystem::path& file);

  std::vector<FeedRecord> load();
  void record(const FeedRecord& feed);
  void forget(const std::string& url);

 private:
  explicit FeedStore(sqlite::Database database) : database_(std::move(database)) {}

  std::mutex mutex_;
  sqlite::Database database_;  // guarded by mutex_, as are its statements
  sqlite::Statement insert_;
  sqlite::Statement delete_;
};

}  // namespace skypod::server
