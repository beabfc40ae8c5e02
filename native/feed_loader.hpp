// The feed path from end to end: an address or a document in, JSON Feed out. The server's GET /api/feed, the command
// `skypod feed parse` and the native peer all come through here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/wire/json.hpp"
#include "native/fetch.hpp"

namespace skypod {

/// A refusal as HTTP answers it.
struct ServiceError {
  int status = 500;
  std::string code;     // for programs, e.g. "not_a_feed"
  std::string message;  // for people; contains no address

  /// {status, code, message}, the same shape as on the realm's wire.
  wire::Json to_json() const;

  friend bool operator==(const ServiceError&, const ServiceError&) = default;
};

/// The failure of a fetch, as HTTP answers it.
ServiceError service_error(const FetchError& error);

/// Fetches a document of whatever kind; as fetch(), but any status other than 200 is an error: 404 upstream_not_found
/// for 404 and 410, 502 upstream_login for 401, else 502 upstream_status.
Result<FetchResult, ServiceError> fetch_document(const std::string& url, const FetchOptions& options,
                                                 const Redacted<std::string>& authorization = {});

/// Reads a document in any format we know (see core/feed/json_feed.hpp for the answer); `_skypod.hash` is the SHA-256
/// of its octets in hexadecimal. `content_type` is its Content-Type or empty, `url` where it came from or empty. Fails
/// with 422: not_a_feed, web_page, bad_json, too_deep, too_many_items, too_much_text.
Result<wire::Json, ServiceError> parse_feed(std::string_view document, std::string_view content_type,
                                            std::string_view url);

/// What to say of an answer that is not 200, as fetch_document() does.
ServiceError upstream_error(int status);

/// Reads a fetched document as a feed; adds `_skypod.fetched_at` (`now_ms` since 1970, as RFC 3339) and, if the answer
/// had them, `_skypod.etag` and `_skypod.last_modified`. Fails as parse_feed() does, and with upstream_error() for
/// another status than 200.
Result<wire::Json, ServiceError> read_feed(const FetchResult& answer, std::int64_t now_ms);

/// Fetches a feed and reads it. Blocks. Fails as fetch_document() and read_feed() do.
Result<wire::Json, ServiceError> fetch_feed(const std::string& url, const FetchOptions& options, std::int64_t now_ms,
                                            const Redacted<std::string>& authorization = {});

}  // namespace skypod
