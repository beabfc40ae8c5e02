// Finds functions and how long they are, without a parser: braces are matched, and the text between the last statement
// and an opening brace says what the brace opens. That is exact for code laid out by a formatter, which ours is, and
// needs no compiler for two languages.
//
// Only the outermost function counts: a lambda, a callback or a local class is part of the function around it. Code at
// file scope, in namespaces, classes, object literals and `describe(...)` callbacks belongs to no function.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/tidy/paths.hpp"
#include "tools/tidy/source.hpp"

namespace skypod::tidy {

/// `lines` counts from the signature to the closing brace, both included.
struct Function {
  std::string name;  // no blanks; "Suite.Case" for a GoogleTest case, "callee:callback" or "lambda" if it has none
  std::size_t line = 1;
  std::size_t lines = 1;

  friend bool operator==(const Function&, const Function&) = default;
};

/// The outermost functions of a file in order of their ends; none for languages other than C++ and TypeScript.
std::vector<Function> find_functions(const Source& source, Language language);

}  // namespace skypod::tidy
