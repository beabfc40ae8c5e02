// One line of an HTTP header as strangers send it (RFC 9110 section 5, RFC 9112 section 5), made such that it may be
// sent on: there is no way out of it into another line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace skypod {

/// The name and the value of "Name: value", with or without its CRLF. White space around both is dropped, also that
/// before the colon, which must not be there; nothing for a line without a colon, or whose name is no token.
std::optional<std::pair<std::string, std::string>> read_field(std::string_view line);

/// Whether the line goes on with the value of the one before it (obs-fold).
bool is_folded(std::string_view line);

/// The value with a space for each control character, and without white space around it (RFC 9110 section 5.5).
std::string field_value(std::string_view octets);

/// Puts a space for each control character, from the `begin`th octet on.
void blank_controls(std::string& octets, std::size_t begin = 0);

/// A token (RFC 9110 section 5.6.2).
bool is_token(std::string_view text);

}  // namespace skypod
