#include "tools/tidy/paths.hpp"

#include <algorithm>
#include <array>

namespace skypod::tidy {
namespace {

constexpr std::array<std::string_view, 5> cpp_endings = {"cpp", "hpp", "cc", "c", "h"};
constexpr std::array<std::string_view, 7> typescript_endings = {"ts", "tsx", "mts", "cts", "mjs", "cjs", "js"};
constexpr std::array<std::string_view, 5> data_folders = {"fixtures", "vectors", "corpus", "corpora", "crashers"};

bool holds(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

/// Cuts the part before the next slash off the front of `rest`.
std::string_view take_part(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return part;
}

}  // namespace

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view extension(std::string_view path) {
  const std::string_view name = file_name(path);
  return name.substr(name.rfind('.') + 1);
}

std::string_view top_folder(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

Language language_of(std::string_view path) {
  if (holds(cpp_endings, extension(path))) {
    return Language::cpp;
  }
  return holds(typescript_endings, extension(path)) ? Language::typescript : Language::other;
}

bool is_under(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

bool is_header(std::string_view path) {
  return extension(path) == "hpp" || extension(path) == "h";
}

bool is_unit_test(std::string_view path) {
  const std::string_view name = file_name(path);
  return name.find("_test.") != std::string_view::npos || name.find(".test.") != std::string_view::npos;
}

bool is_data(std::string_view path) {
  std::string_view rest = path;
  while (rest.find('/') != std::string_view::npos) {
    if (holds(data_folders, take_part(rest))) {
      return true;
    }
  }
  return false;
}

std::string normalise(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    if (part.empty() || part == ".") {
      continue;
    }
    if (part != "..") {
      out += out.empty() ? "" : "/";
      out += part;
    } else if (out.empty()) {
      return {};
    } else {
      out.resize(out.find('/') == std::string::npos ? 0 : out.rfind('/'));
    }
  }
  return out;
}

}  // namespace skypod::tidy
