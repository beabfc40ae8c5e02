// The target of an HTTP request: its path and one parameter of its query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skypod::server {

/// The target without scheme and host, where a request names them (absolute-form, RFC 9112 section 3.2.2).
std::string_view origin_form(std::string_view target);

/// The part before '?', as it was written.
std::string_view path_of(std::string_view target);

/// The first parameter of that name in the query, with its escapes undone ("%41", and '+' for a space); nothing if it
/// is absent or an escape is malformed.
std::optional<std::string> parameter_of(std::string_view target, std::string_view name);

}  // namespace skypod::server
