// Rules that read a file line by line: how long a line may be, and marks that promise work for later.
#pragma once

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// Longest line, in code points; tables, addresses and code blocks of Markdown may be longer.
inline constexpr std::size_t line_length_max = 120;

/// Line lengths and stray marks of one file. Recorded data (fixtures, vectors, corpora) is left alone.
Findings check_style(const File& file);

}  // namespace skypod::tidy
