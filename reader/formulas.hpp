// Formulas as text. MathML would be taken out whole, and a sentence would lose its subject: a formula's TeX source, if
// the page has it, or else its symbols, stand in its place.
#pragma once

#include "reader/dom.hpp"

namespace skypod::reader {

/// Replaces formulas in place.
void replace_formulas(Document& document);

}  // namespace skypod::reader
