// UTF-8 validity (RFC 3629): shortest forms only, no surrogates, nothing above U+10FFFF.
#pragma once

#include <string_view>

namespace skypod {

/// True if every octet belongs to a well-formed sequence.
bool is_utf8(std::string_view text);

/// The longest prefix of at most `max` octets that does not cut a sequence in two. `text` must be UTF-8.
std::string_view utf8_prefix(std::string_view text, std::size_t max);

}  // namespace skypod
