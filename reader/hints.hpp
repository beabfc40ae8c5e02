// What publishers call the parts of their pages. Class names and ids are no standard, but people name a sidebar
// "sidebar" the world over, so the words in them say a lot about what is an article and what stands around one.
#pragma once

#include <string>
#include <string_view>

#include "reader/dom.hpp"

namespace skypod::reader {

/// An element's class names and id, one string in lower case.
std::string names_of(const Node& node);

/// Usually around an article, not part of it: comments, menus, advertisements, sharing.
bool sounds_unlikely(std::string_view names);

/// May well be part of an article, whatever else its name says.
bool sounds_possible(std::string_view names);

/// A line that names the author.
bool sounds_like_byline(std::string_view names);

/// What readers answered, if it stands after an article; alone it may be one.
bool sounds_like_replies(std::string_view names);

/// Buttons that share the page.
bool sounds_like_sharing(std::string_view names);

/// 25 for a name that promises an article, -25 for one that promises something else, for class and id each.
int weight_of(const Node& node);

}  // namespace skypod::reader
