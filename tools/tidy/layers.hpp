// Who may include whom: the table of the architecture as data, and the check of every include against it. The table is
// one-way, so a tree that obeys it has no cycle between folders.
#pragma once

#include <span>
#include <string_view>

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// One folder's rights. Lists are words between blanks; "*" is everything. A folder may always include itself.
struct Layer {
  std::string_view folder;           // or a file without its ending; the longest match owns a file
  std::string_view may_include;      // folders of this tree
  std::string_view libraries;        // families of <...> headers; "host" is the standard library and POSIX
  std::string_view tests_may_add{};  // further folders for x_test.cpp
};

/// The project's table, lowest layer first.
std::span<const Layer> layers();

/// Finds rows that include each other in a circle; "*" rows are leaves and take no part.
Findings check_table(std::span<const Layer> table);

/// Checks includes of C++ files against layers(), and imports of web/src.
Findings check_layering(const File& file);

}  // namespace skypod::tidy
