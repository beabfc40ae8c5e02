// Content codings of answers (RFC 9110 section 8.4.1): gzip, which every client takes and which needs no TLS.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace skypod {

/// Octets from which on packing is worth its while.
inline constexpr std::size_t gzip_octets_min = 1'024;

/// The octets in gzip (RFC 1952); null for few of them, and where it does not make them fewer.
std::shared_ptr<const std::string> gzip_if_worth(std::string_view octets);

}  // namespace skypod
