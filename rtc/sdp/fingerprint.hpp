// a=fingerprint attributes (RFC 8122 section 5): a hash function's name and the octets in hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtc/sdp/description.hpp"

namespace skypod::rtc::sdp {

/// Reads the attribute's value. Nothing for a hash that is not trusted (MD5, SHA-1 and their like) or unknown, and for
/// octets that are not as many as the hash has.
std::optional<Fingerprint> parse_fingerprint(std::string_view text);

/// Writes the attribute's value.
std::string write_fingerprint(const Fingerprint& fingerprint);

}  // namespace skypod::rtc::sdp
