// How the tree presents itself to a reader: a README in every top folder, a reason at the top of every file, and
// headers that can be included twice.
#pragma once

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// Lines of a top folder's README that are not empty: what, contract, start reading here.
inline constexpr std::size_t readme_lines = 3;

/// Every folder at the root is in the layer table and has its README; hidden folders are exempt. A header, and a .cpp
/// that has no header of its name and is no test, begins with a comment. Headers have #pragma once.
Findings check_shape(const std::vector<File>& files);

}  // namespace skypod::tidy
