// What does a brace open? Answered from its head: the code between the end of the statement before it and the brace.
#pragma once

#include <string>
#include <string_view>

#include "tools/tidy/paths.hpp"

namespace skypod::tidy {

enum class Opens {
  scope,       // a namespace, class or block whose contents are judged on their own
  function,    // a body
  expression,  // an initialiser, object or type within a statement that goes on after it
};

/// The answer, with the function's name if it is one.
struct Opening {
  Opens opens = Opens::scope;
  std::string name{};
};

/// Judges a head of C++. `nested` says that parentheses or an initialiser are open around the brace, where only a
/// lambda can begin a body. Comments, literals and preprocessor lines must have been blanked.
Opening judge_cpp_head(std::string_view head, bool nested);

/// Judges a head of TypeScript in the same way; there a body within parentheses is an arrow function.
Opening judge_typescript_head(std::string_view head, bool nested);

/// The index of the bracket that the one at `close` closes; npos if there is none.
std::size_t matching_open(std::string_view code, std::size_t close);

}  // namespace skypod::tidy
