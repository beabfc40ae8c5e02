// What a page itself calls its content: <article>, <main>, or what stands around its title. Asked only where paragraphs
// gave too little, as for a picture, a poem or a list.
#pragma once

#include <string>

#include "reader/dom.hpp"

namespace skypod::reader {

/// True if the node is or stands in a footer, a navigation or an aside.
bool stands_in_furniture(const Node& node);

/// How much a reader gets from it, in characters: text outside links counts whole, that of links and
/// pictures outside them something.
double substance_of(const Node& node);

/// A copy of that content, cleaned; nullptr if it is empty. `body` stays as it is.
Node* stated_content(Document& document, const Node& body, const std::string& title);

}  // namespace skypod::reader
