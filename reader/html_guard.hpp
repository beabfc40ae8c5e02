// What keeps a hostile page from the HTML parser, whose time grows with the square of some things that no honest page
// has many of; and what no reader needs from taking its time at all.
#pragma once

#include <string>
#include <string_view>

namespace skypod::reader {

/// The page as the parser is given it: up to where it nests deeper than html_depth_max, or where an element has more
/// than html_attributes_max attributes. Comments are left out, and so is what stands in scripts (but JSON), styles and
/// frames. In titles and the like, `<` is written as `&lt;`, in JSON as `\u003c`. Then every tag that the parser finds
/// has been counted here, also where foreign content (SVG) has it read something else than text.
std::string guarded(std::string_view html);

}  // namespace skypod::reader
