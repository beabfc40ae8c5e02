// The style and the layering of this project as a program, so that both hold without anyone remembering them. Every
// rule is a pure function from the files of the tree to what is wrong with them; main.cpp only reads files and prints.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace skypod::tidy {

/// One tracked file. `path` is relative to the root of the tree, with forward slashes; `text` is as stored.
struct File {
  std::string path;
  std::string text;
};

/// One thing that is wrong. `line` counts from 1; `text` is a sentence: what, why, and the mend.
struct Finding {
  std::string path;
  std::size_t line = 1;
  std::string rule;
  std::string text;

  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

/// Every rule over the whole tree, ordered by path and line.
Findings check_tree(const std::vector<File>& files);

/// `path:line: rule: sentence`, as compilers print, so that editors can jump to it.
std::string to_text(const Finding& finding);

}  // namespace skypod::tidy
