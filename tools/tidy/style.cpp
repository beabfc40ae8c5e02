#include "tools/tidy/style.hpp"

#include <algorithm>
#include <array>

#include "tools/tidy/paths.hpp"
#include "tools/tidy/source.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

constexpr std::array<std::string_view, 4> stray_marks = {"TODO", "FIXME", "XXX", "HACK"};

constexpr std::array<std::string_view, 14> written_by_hand = {"cpp", "hpp", "h",    "c",  "ts", "tsx",   "mjs",
                                                              "js",  "css", "html", "sh", "md", "cmake", "yml"};

constexpr std::array<std::string_view, 9> measured = {"cpp", "hpp", "ts", "tsx", "css", "sh", "cmake", "mjs", "md"};

bool holds(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_build_file(std::string_view path) {
  return file_name(path) == "CMakeLists.txt" || file_name(path) == "Makefile";
}

/// Knows which lines of a Markdown file may be long.
class Markdown {
 public:
  /// Call once for each line, in order.
  bool may_be_long(std::string_view line) {
    const std::string_view start = trim(line);
    if (start.starts_with("```")) {
      in_code_ = !in_code_;
      return true;
    }
    return in_code_ || start.starts_with('|') || line.find("](") != std::string_view::npos ||
           line.find("://") != std::string_view::npos;
  }

 private:
  bool in_code_ = false;
};

void check_line_lengths(const File& file, Findings& found) {
  if (!holds(measured, extension(file.path)) && !is_build_file(file.path)) {
    return;
  }
  Markdown markdown;
  const bool is_markdown = extension(file.path) == "md";
  std::size_t number = 0;
  for (const std::string_view line : split_lines(file.text)) {
    ++number;
    const bool exempt = is_markdown && markdown.may_be_long(line);
    const std::size_t length = code_points(line);
    if (length > line_length_max && !exempt) {
      found.push_back({file.path, number, "line-length",
                       "this line has " + std::to_string(length) + " characters, more than " +
                           std::to_string(line_length_max) + "; break it"});
    }
  }
}

/// In prose a mark may be quoted, to speak about it.
bool is_quoted(std::string_view text, std::size_t at) {
  return at > 0 && (text[at - 1] == '"' || text[at - 1] == '`' || text.substr(0, at).ends_with("\u201c"));
}

void check_stray_marks(const File& file, Findings& found) {
  if (!holds(written_by_hand, extension(file.path)) && !is_build_file(file.path)) {
    return;
  }
  const Source source = read_source(file.text, language_of(file.path));
  const bool prose = extension(file.path) == "md";
  for (const std::string_view mark : stray_marks) {
    std::size_t at = find_word(source.unquoted, mark);
    for (; at != std::string::npos; at = find_word(source.unquoted, mark, at + 1)) {
      if (!prose || !is_quoted(source.unquoted, at)) {
        found.push_back({file.path, line_of(file.text, at), "stray-mark",
                         "`" + std::string(mark) + "` is a promise nobody keeps; do it now or file an issue"});
      }
    }
  }
}

}  // namespace

Findings check_style(const File& file) {
  Findings found;
  if (!is_data(file.path)) {
    check_line_lengths(file, found);
    check_stray_marks(file, found);
  }
  return found;
}

}  // namespace skypod::tidy
