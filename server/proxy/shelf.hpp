// What the cache keeps on the disk: bodies in files named by their SHA-256, each there once however many answers have
// it, and the answers and versions themselves in SQLite. A body is written beside its place, flushed, and only then
// moved there, and an answer is recorded after its body; so whenever the process ends, what is found again is whole.
// What is read is checked against its name all the same.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "native/sqlite.hpp"
#include "server/proxy/history.hpp"
#include "server/proxy/policy.hpp"

namespace skypod::server {

/// A stored answer and what it answers.
struct Shelved {
  std::string url;
  Stored stored;
};

/// All that a shelf has.
struct OnShelf {
  std::vector<Shelved> answers;
  std::vector<OfFeed> versions;  // in the order in which they came
};

/// Octets that many share.
using Body = std::shared_ptr<const std::string>;

/// May be used from any number of threads.
class Shelf {
 public:
  /// Opens or makes the directory. The error is one line.
  static Result<std::unique_ptr<Shelf>, std::string> open(const std::filesystem::path& directory);

  /// All answers and versions whose bodies are there. Drops files that belong to none.
  OnShelf load();

  /// Stores a body durably and gives its SHA-256; "" if the disk does not take it. It is not removed before unpin().
  std::string put(std::string_view octets);
  void unpin(const std::string& hash);

  /// The body; null if it is not there or is not what it was.
  Body read(const std::string& hash);

  /// Records an answer, in place of an earlier one to the same request.
  void record(const std::string& url, const Stored& stored);

  void forget(const std::string& url, const Stored& stored);

  /// Records and forgets an earlier version of a feed.
  void record(const OfFeed& version);
  void forget(const OfFeed& version);

  /// Removes a body that nobody has pinned.
  void remove(const std::string& hash);

 private:
  Shelf(std::filesystem::path directory, sqlite::Database database);
  std::string failed(const std::string& hash);
  template <class One, class Read>
  std::vector<One> load_all(const char* query, Read read);
  bool is_whole(const std::string& hash, std::size_t octets) const;
  std::filesystem::path file_of(const std::string& hash) const { return bodies_ / hash; }

  std::filesystem::path bodies_;
  std::mutex mutex_;
  std::multiset<std::string> pinned_;  // guarded by mutex_
  sqlite::Database database_;          // guarded by mutex_, as are its statements
  sqlite::Statement insert_;
  sqlite::Statement delete_;
  sqlite::Statement insert_version_;
  sqlite::Statement delete_version_;
};

}  // namespace skypod::server
