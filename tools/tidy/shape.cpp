#include "tools/tidy/shape.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tools/tidy/layers.hpp"
#include "tools/tidy/paths.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

using Paths = std::set<std::string, std::less<>>;

void check_readme(const std::string& folder, const File* readme, Findings& found) {
  const std::string path = folder + "/README.md";
  const std::string want = "three lines: what is here, the contract, where to start reading";
  if (readme == nullptr) {
    found.push_back({path, 1, "readme", "this top folder has no README.md; write " + want});
    return;
  }
  const auto lines = split_lines(readme->text);
  const auto written = std::ranges::count_if(lines, [](auto line) { return !trim(line).empty(); });
  if (written != static_cast<std::ptrdiff_t>(readme_lines)) {
    found.push_back({path, 1, "readme",
                     "a top folder's README.md has " + std::to_string(written) + " lines; it should have " + want});
  }
}

void check_top_folders(const std::vector<File>& files, Findings& found) {
  std::map<std::string, const File*> readmes;
  for (const File& file : files) {
    const std::string folder(top_folder(file.path));
    if (!folder.empty() && !folder.starts_with('.')) {
      const File*& readme = readmes.try_emplace(folder, nullptr).first->second;
      readme = file.path == folder + "/README.md" ? &file : readme;
    }
  }
  for (const auto& [folder, readme] : readmes) {
    check_readme(folder, readme, found);
    if (std::ranges::none_of(layers(), [&](const Layer& layer) { return is_under(layer.folder, folder); })) {
      found.push_back({folder + "/README.md", 1, "layering",
                       "this top folder is not in the table; add it to tools/tidy/layers.cpp"});
    }
  }
}

void check_opening(const File& file, const Paths& paths, Findings& found) {
  const std::string_view path = file.path;
  const bool lone_source = extension(path) == "cpp" && !is_unit_test(path) &&
                           !paths.contains(std::string(path.substr(0, path.size() - 3)) + "hpp");
  if ((is_header(path) || lone_source) && !file.text.starts_with("//")) {
    found.push_back({file.path, 1, "opening-comment",
                     "a header, or a source without one, begins with a few `//` lines on why it exists; write them"});
  }
}

void check_pragma_once(const File& file, Findings& found) {
  const auto lines = split_lines(file.text);
  if (is_header(file.path) && std::ranges::find(lines, "#pragma once", trim) == lines.end()) {
    found.push_back({file.path, 1, "pragma-once",
                     "this header can be included twice; add `#pragma once` below its opening comment"});
  }
}

}  // namespace

Findings check_shape(const std::vector<File>& files) {
  Findings found;
  check_top_folders(files, found);
  Paths paths;
  for (const File& file : files) {
    paths.insert(file.path);
  }
  for (const File& file : files) {
    if (!is_data(file.path)) {
      check_opening(file, paths, found);
      check_pragma_once(file, found);
    }
  }
  return found;
}

}  // namespace skypod::tidy
