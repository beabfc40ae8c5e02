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

  /// The member's identity, or why it is not let in. Reads the disk.
  Result<std::string, ServiceError> check(const Pass& pass, wire::TimeMs now);

  /// The same if check() has let it in within the last minute: so fast does a removal reach here.
  std::optional<std::string> known(const Pass& pass, wire::TimeMs now);

 private:
  explicit Access(sqlite::Database database) : database_(std::move(database)) {}
  std::optional<wire::Json> key_of(const std::string& realm, const std::string& identity);
  struct LetIn {
    std::string member;
    wire::TimeMs until = 0;
  };
  void remember(const Pass& pass, LetIn one, wire::TimeMs now);

  std::mutex mutex_;
  sqlite::Database database_;                      // guarded by mutex_
  std::unordered_map<std::string, LetIn> let_in_;  // by token and document; guarded by mutex_
  Es256Verifier verifier_;
};

}  // namespace skypod::server
