// Furniture that newsrooms put between and around an article's own paragraphs: date lines, promotions of other
// articles, newsletters, repeated captions, words of the page's controls. Cleaning by figures keeps it, because it
// stands among good text; only an article that has enough text of its own is trimmed.
#pragma once

#include <string>

#include "reader/dom.hpp"

namespace skypod::reader {

/// Takes furniture out of a cleaned article, and marks captions, which plain text leaves out.
void trim_content(Node& content, const std::string& title, const std::string& byline);

}  // namespace skypod::reader
