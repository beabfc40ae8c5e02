// What keeps a hostile page from the HTML parser, whose time grows with the square of some things that no honest page
// has many of.
#pragma once

#include <cstddef>
#include <string_view>

namespace skypod::reader {

/// How many octets of a page are parsed in bounded time: up to where it nests deeper than html_depth_max, or where an
/// element has more than html_attributes_max attributes.
std::size_t safe_octets(std::string_view html);

}  // namespace skypod::reader
