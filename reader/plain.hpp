// The text of a tree as a person would copy it: blocks on lines of their own, space as it is seen.
#pragma once

#include <string>

#include "reader/dom.hpp"

namespace skypod::reader {

/// True for elements that begin and end a line: paragraphs, headings, list items, table cells …
bool is_block(std::string_view name);

/// Plain text below a node; one empty line between paragraphs, none at the ends. Scripts and styles are no text, nor is
/// what is marked.
std::string plain_text_of(const Node& node);

}  // namespace skypod::reader
