#include "tools/tidy/forbidden.hpp"

#include <array>

#include "tools/tidy/paths.hpp"
#include "tools/tidy/source.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

/// Text to look for, in two halves so that this file does not hold it.
struct Pattern {
  std::string_view first;
  std::string_view second;
  bool needs_more = false;  // found only where a name follows

  std::string text() const { return std::string(first) + std::string(second); }
};

constexpr std::array<Pattern, 3> machine_paths = {{{"/wo", "rk/"}, {"/ro", "ot/"}, {"/ho", "me/", true}}};

constexpr std::array<Pattern, 14> registries = {{
    {"registry.", "npmjs.org"},
    {"registry.", "yarnpkg.com"},
    {"npm.", "pkg.github.com"},
    {"pypi", ".org"},
    {"files.", "pythonhosted.org"},
    {"crates", ".io"},
    {"proxy.", "golang.org"},
    {"sum.", "golang.org"},
    {"rubygems", ".org"},
    {"repo.", "maven.apache.org"},
    {"repo1.", "maven.org"},
    {"deb.", "debian.org"},
    {"security.", "debian.org"},
    {"archive.", "ubuntu.com"},
}};

constexpr std::array<std::string_view, 7> sleeping_calls = {"sleep_for", "sleep_until", "sleep",         "usleep",
                                                            "nanosleep", "sleepSync",   "waitForTimeout"};

bool is_word_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_word(text[at]);
}

/// What stands before `at` is neither the rest of an address nor of a longer path.
bool path_begins(std::string_view text, std::size_t at) {
  constexpr std::string_view parts_of_paths = ".-~%)}]*";
  return at == 0 || (!is_word(text[at - 1]) && parts_of_paths.find(text[at - 1]) == std::string_view::npos);
}

/// A host name begins at `at`; it may be the end of a longer one.
bool host_begins(std::string_view text, std::size_t at) {
  return at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '-');
}

void find_machine_path(const File& file, const Pattern& pattern, Findings& found) {
  const std::string path = pattern.text();
  for (std::size_t at = file.text.find(path); at != std::string::npos; at = file.text.find(path, at + 1)) {
    const bool complete = !pattern.needs_more || is_word_at(file.text, at + path.size());
    if (path_begins(file.text, at) && complete) {
      found.push_back({file.path, line_of(file.text, at), "forbidden-text",
                       "\"" + path + "\" is a path of one machine; use a relative path or a variable"});
    }
  }
}

void find_registry(const File& file, const Pattern& pattern, Findings& found) {
  const std::string host = pattern.text();
  for (std::size_t at = file.text.find(host); at != std::string::npos; at = file.text.find(host, at + 1)) {
    if (host_begins(file.text, at) && !is_word_at(file.text, at + host.size())) {
      found.push_back({file.path, line_of(file.text, at), "forbidden-text",
                       "\"" + host + "\" is a package registry; leave its choice to the package manager's settings"});
    }
  }
}

bool is_test_file(std::string_view path) {
  return is_unit_test(path) || top_folder(path) == "test";
}

bool is_called(std::string_view code, std::size_t end) {
  const std::size_t next = skip_space(code, end);
  return next < code.size() && code[next] == '(';
}

/// One past the parenthesis that closes the one at `open`.
std::size_t group_end(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    depth += code[at] == '(' ? 1 : 0;
    depth -= code[at] == ')' ? 1 : 0;
    if (depth == 0) {
      return at + 1;
    }
  }
  return code.size();
}

/// The text without any blank, to compare spellings.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    out += is_space(letter) ? "" : std::string(1, letter);
  }
  return out;
}

/// True for the arguments `(resolve => setTimeout(resolve, …))` and their longer spellings.
bool timer_resolves(std::string_view arguments) {
  const std::string text = squeezed(arguments);
  const std::size_t begin = text.find_first_not_of('(');
  std::size_t end = begin;
  while (end < text.size() && (is_word(text[end]) || text[end] == '$')) {
    ++end;
  }
  if (begin == std::string::npos || end == begin) {
    return false;
  }
  const std::string resolve = text.substr(begin, end - begin);
  for (const std::string before : {"setTimeout(", "setTimeout(()=>", "setTimeout(()=>{"}) {
    const std::size_t at = text.find(before + resolve);
    const std::size_t after = at + before.size() + resolve.size();
    if (at != std::string::npos && (after == text.size() || !is_word(text[after]))) {
      return true;
    }
  }
  return false;
}

void add_sleep(const File& file, std::size_t at, std::string_view what, Findings& found) {
  found.push_back({file.path, line_of(file.text, at), "sleep",
                   "`" + std::string(what) + "` lets time pass in a test, which is slow or flaky; wait for the event " +
                       "itself, with a deadline"});
}

void check_sleeping_calls(const File& file, std::string_view code, Findings& found) {
  for (const std::string_view word : sleeping_calls) {
    std::size_t at = find_word(code, word);
    for (; at != std::string_view::npos; at = find_word(code, word, at + 1)) {
      if (is_called(code, at + word.size())) {
        add_sleep(file, at, word, found);
      }
    }
  }
}

void check_timers(const File& file, std::string_view code, Findings& found) {
  for (std::size_t at = find_word(code, "Promise"); at != std::string_view::npos;
       at = find_word(code, "Promise", at + 1)) {
    const std::size_t open = code.find('(', at);
    const bool made = trim(code.substr(0, at)).ends_with("new") && open != std::string_view::npos;
    if (made && timer_resolves(code.substr(open, group_end(code, open) - open))) {
      add_sleep(file, at, "a promise resolved by setTimeout", found);
    }
  }
  for (std::size_t at = find_word(code, "setTimeout"); at != std::string_view::npos;
       at = find_word(code, "setTimeout", at + 1)) {
    if (trim(code.substr(0, at)).ends_with("await")) {
      add_sleep(file, at, "await setTimeout", found);
    }
  }
}

void check_shell_sleeps(const File& file, Findings& found) {
  std::size_t begin = 0;
  for (const std::string_view line : split_lines(file.text)) {
    const std::size_t at = find_word(line.substr(0, line.find('#')), "sleep");
    if (at != std::string_view::npos && at + 6 < line.size() && line[at + 5] == ' ') {
      add_sleep(file, begin + at, "sleep", found);
    }
    begin += line.size() + 1;
  }
}

}  // namespace

Findings check_forbidden_text(const File& file) {
  Findings found;
  if (file.text.find('\0') != std::string::npos) {
    return found;
  }
  for (const Pattern& path : machine_paths) {
    find_machine_path(file, path, found);
  }
  for (const Pattern& host : registries) {
    find_registry(file, host, found);
  }
  return found;
}

Findings check_sleeps(const File& file) {
  Findings found;
  if (!is_test_file(file.path) || is_data(file.path)) {
    return found;
  }
  const Language language = language_of(file.path);
  if (language == Language::other) {
    if (extension(file.path) == "sh") {
      check_shell_sleeps(file, found);
    }
    return found;
  }
  const Source source = read_source(file.text, language);
  check_sleeping_calls(file, source.code, found);
  if (language == Language::typescript) {
    check_timers(file, source.code, found);
  }
  return found;
}

}  // namespace skypod::tidy
