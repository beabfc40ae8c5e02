// A part of a document (RFC 9110 section 14): one range of octets.
#pragma once

#include "server/proxy/cache.hpp"

namespace skypod::server {

/// Makes the whole answer the part that the request asks for: 206, or 416 if there is no such part. Several ranges,
/// units that nobody knows, and an If-Range that does not match get the whole.
void take_range(CacheAnswer& answer, const Stored& stored, const HttpFields& request);

}  // namespace skypod::server
