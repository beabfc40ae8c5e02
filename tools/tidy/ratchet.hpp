// The length of functions, and the list of those that are too long already. The list can only get shorter: an entry
// that is larger than the function now is must be lowered, so what was won once is not lost again.
#pragma once

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// Longest function, from its signature to its closing brace. The aim is half of it.
inline constexpr std::size_t function_lines_max = 60;

/// Where the exceptions are listed, one `path function lines` a line; `#` begins a comment.
inline constexpr std::string_view ratchet_path = "tools/tidy/ratchet.txt";

/// Long functions of C++ and TypeScript that the ratchet does not list, and entries of the ratchet that are malformed,
/// repeated, larger than needed, or about a function that is gone.
Findings check_function_lengths(const std::vector<File>& files);

}  // namespace skypod::tidy
