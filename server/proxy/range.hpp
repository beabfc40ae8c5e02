// A part of a document (RFC 9110 section 14): one range of octets.
#pragma once

#include <optional>
#include <string_view>

#include "server/proxy/cache.hpp"

namespace skypod::server {

/// Octets from begin to before end.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// "bytes=a-b", "bytes=a-" or "bytes=-n" of a body that is so long. An empty range: there is no such part. Nothing for
/// several ranges and units that nobody knows.
std::optional<Range> parse_range(std::string_view text, std::size_t size);

/// Makes the whole answer the part that the request asks for: 206, or 416 if there is no such part. Several ranges,
/// units that nobody knows, and an If-Range that does not match get the whole.
void take_range(CacheAnswer& answer, const Stored& stored, const HttpFields& request);

}  // namespace skypod::server
