// HTML from strangers, made safe to show. What is not on the list does not come out: elements, attributes and the
// schemes of addresses are each allowed by name. There is no style, no script, no form, no frame, no id or class that
// could clash with the app's own, and nothing of SVG or MathML, where parsers disagree.
//
// Sanitising twice gives what sanitising once gave. That is more than tidiness: markup that reads differently the
// second time is how mutation XSS gets past a sanitiser, so the result is read again until it stays the same.
#pragma once

#include <string>
#include <string_view>

#include "reader/dom.hpp"

namespace skypod::reader {

/// Elements inside one another in what comes out; deeper ones are left out.
inline constexpr int output_depth_max = 256;

/// A safe form of a piece of HTML in UTF-8. Relative addresses are resolved against `base`; without one they stay
/// relative. Addresses are http or https, in links also mailto and tel; any other is left out. Tracking pixels are
/// left out too. Answers plain text in a <p> for the rare piece that would not come to rest.
std::string sanitise(std::string_view html, std::string_view base);

/// The same for what is below a node of a page that is parsed already.
std::string sanitise_children(const Node& node, std::string_view base);

}  // namespace skypod::reader
