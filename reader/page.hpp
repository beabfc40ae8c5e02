// A page made ready for the search: what nobody sees is taken out, pictures that scripts would load get their
// addresses, and line breaks that stand for paragraphs become paragraphs.
#pragma once

#include "reader/dom.hpp"

namespace skypod::reader {

/// True if the element itself is shown, as far as its attributes tell.
bool is_visible(const Node& node);

/// Prepares the tree in place. Metadata must have been read before: scripts go.
void prepare_page(Document& document);

}  // namespace skypod::reader
