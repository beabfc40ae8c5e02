// The seam to the HTML parser, today gumbo: HTML5's own algorithm, so that a page is read as browsers read it. Nothing
// else in the project knows which parser it is.
#pragma once

#include <memory>
#include <string_view>

#include "reader/dom.hpp"

namespace skypod::reader {

/// Octets of a page that are read; the rest is dropped.
inline constexpr std::size_t html_octets_max = 4U << 20U;

/// Elements inside one another, not counting those whose end tag is usually left out, and attributes of one element; a
/// page that has more is cut where it does. (Browsers flatten at 512.)
inline constexpr std::size_t html_depth_max = 512;
inline constexpr std::size_t html_attributes_max = 1000;

/// The tree of a whole page in UTF-8. Never fails: HTML has no errors. Comments are left out.
std::unique_ptr<Document> parse_page(std::string_view html);

/// The tree of a piece of HTML as it would stand in a <body>; read it from part("body").
std::unique_ptr<Document> parse_fragment(std::string_view html);

}  // namespace skypod::reader
