// Whom a connection's limits are counted against. One household has one IPv4 address or one IPv6 /64 (RFC 6177),
// however many devices are in it.
#pragma once

#include <string>
#include <string_view>

namespace skypod::server {

/// The household of a connection from `remote` (an address in text). Behind a reverse proxy on this machine, the last
/// address of X-Forwarded-For counts, which is the one that the proxy itself has seen. "" where that is not known: then
/// the connection comes from this machine, and many may share it.
std::string household_of(std::string_view remote, std::string_view forwarded_for);

}  // namespace skypod::server
