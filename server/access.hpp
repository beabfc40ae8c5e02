// Who may use the feed proxy: members of the realms that are registered here, each by a token that its device has
// signed (PROTOCOL.md). A token in a header is good for any document and for minutes; one in an address, for players
// and pictures that cannot set a header, for that one document and for a day.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/wire/token.hpp"
#include "native/feed_loader.hpp"
#include "native/jose.hpp"
#include "native/sqlite.hpp"

namespace skypod::server {

/// What a request shows.
struct Pass {
  std::string token;  // "" for none
  std::string url;    // the document, if the token is in the address
  bool is_in_url = false;
};

/// Reads the registry's file, which it does not change. May be used from any number of threads.
class Access {
 public:
  static Result<std::unique_ptr<Access>, std::string> open(const std::filesystem::path& registry);

  /// Why it is not let in; nothing if it is. Reads the disk.
  std::optional<ServiceError> check(const Pass& pass, wire::TimeMs now);

  /// Whether check() has let it in within the last minute: so fast does a removal reach here.
  bool knows(const Pass& pass, wire::TimeMs now);

 private:
  explicit Access(sqlite::Database database) : database_(std::move(database)) {}
  std::optional<wire::Json> key_of(const std::string& realm, const std::string& identity);
  void remember(const Pass& pass, wire::TimeMs until, wire::TimeMs now);

  std::mutex mutex_;
  sqlite::Database database_;                             // guarded by mutex_
  std::unordered_map<std::string, wire::TimeMs> let_in_;  // until when, by token and document; guarded by mutex_
  Es256Verifier verifier_;
};

}  // namespace skypod::server
