// Finds the part of a page that is the article. Paragraphs vote: each gives points for its length and its commas to
// the elements around it, names and links weigh in, and the element with most points, with siblings that look like
// more of the same, is the article. If that finds too little, it is tried again with fewer suspicions.
#pragma once

#include <string>

#include "reader/dom.hpp"
#include "reader/metadata.hpp"

namespace skypod::reader {

/// Where the article is. `content` is a <div> of its own, cleaned; nullptr if the page has no text.
struct Found {
  Node* content = nullptr;
  std::string byline;     // a line in the page that names the author, if the metadata do not
  std::string direction;  // of the text, if an element around it says so
};

/// Searches a page that prepare_page() has prepared; takes it apart on the way.
Found find_content(Document& document, const Metadata& metadata);

}  // namespace skypod::reader
