// Fetching what strangers name, without letting them reach into our network or exhaust us. Every bound is checked on
// every redirect, and the address at the moment of connecting, so that neither a redirect nor a changing DNS answer
// leads inside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/redacted.hpp"
#include "base/result.hpp"
#include "native/address.hpp"

namespace skypod {

/// What a fetch may cost. The defaults are the server's.
struct FetchOptions {
  CidrSet allowed;  // networks that may be reached although they are not public (--allow-fetch)
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{30'000};  // with all redirects
  std::size_t body_octets_max = 20U << 20U;         // after decompression
  std::string accept =
      "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5";
};

/// Most octets of a URL, most redirects, most octets of one answer's headers.
inline constexpr std::size_t fetch_url_octets_max = 2048;
inline constexpr int fetch_redirects_max = 5;
inline constexpr std::size_t fetch_header_octets_max = 64 * 1024;

/// An HTTP answer, of any status but a redirect's.
struct FetchResult {
  int status = 0;
  std::string final_url;  // where the redirects led
  std::string content_type;
  std::string etag;
  std::string last_modified;
  std::string content_range;
  Bytes body;  // decompressed
};

/// Why there is no answer.
enum class FetchFailure : std::uint8_t {
  bad_url,           // cannot be parsed, or too long
  scheme_refused,    // neither http nor https
  userinfo_refused,  // "user:password@" in it
  port_refused,      // see is_port_allowed()
  address_refused,   // every address of the host is refused by is_public() and not allowed
  name_not_found,    // DNS
  connect_failed,    // refused, unreachable, reset
  tls_failed,        // certificate or handshake
  timed_out,         // any of the time limits, or under 100 octets a second for 10 seconds
  body_too_large,
  headers_too_large,
  too_many_redirects,
  crowded,     // too many octets are being gathered at once
  bad_answer,  // not HTTP, or its compression is broken
};

/// A failure as it is answered: never contains the URL.
struct FetchError {
  FetchFailure failure = FetchFailure::bad_answer;

  /// The HTTP status that says so, e.g. 403.
  int status() const;

  /// The machine-readable code, e.g. "address_refused".
  std::string_view code() const;

  /// What, why and the mend.
  std::string_view sentence() const;
};

/// Header fields in their order.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// One request as it is sent; libcurl adds Host and what belongs to the connection.
struct OriginRequest {
  std::string url;
  bool is_head = false;
  bool is_unpacked = false;  // ask for compression, and undo it: the answer is as if there had been none
  HttpFields fields;
  std::optional<std::string> form{};  // POST this instead of asking, as application/x-www-form-urlencoded
};

/// An answer as it came: no redirect is followed.
struct OriginAnswer {
  int status = 0;
  HttpFields fields;
  Bytes body;
};

/// Where a redirect of `url` leads, as an absolute http or https address; empty for any other answer. A redirect to
/// anywhere else fails: scheme_refused, or bad_url for what is no address at all.
Result<std::string, FetchError> redirect_of(int status, const HttpFields& fields, const std::string& url);

/// The answer as fetch() gives it.
FetchResult result_of(OriginAnswer answer, const std::string& url);

/// Octets of a document, in its own numbering.
struct OctetRange {
  std::int64_t first = 0;
  std::int64_t count = 0;  // at least 1
};

/// What is fetched with GET.
struct Wanted {
  std::string url;
  /// The value of an Authorization field, "" for none. It is sent to the origin of `url` only, wherever redirects lead.
  Redacted<std::string> authorization{};
  /// Only these octets, as the host stores them; it may answer with all of them (200).
  std::optional<OctetRange> range{};
};

/// Fetches with GET over HTTP or HTTPS; blocks up to the total timeout. May be called from any number of threads. Sends
/// no cookies and no credentials but what is given, uses no proxy, and verifies certificates. `authorization` as in
/// Wanted.
Result<FetchResult, FetchError> fetch(const std::string& url, const FetchOptions& options,
                                      const Redacted<std::string>& authorization = {});

/// 80, 443 and the unprivileged ports, except those where other protocols listen (Fetch Standard, "bad port").
bool is_port_allowed(unsigned port);

}  // namespace skypod
