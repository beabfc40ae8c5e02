#include "tools/tidy/ratchet.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "tools/tidy/functions.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

/// Path and name. Overloads share an entry, which then holds for the longest.
using Key = std::pair<std::string, std::string>;
using Lengths = std::map<Key, Function>;

struct Entry {
  std::size_t lines;
  std::size_t at;  // its line in the ratchet
};
using Ratchet = std::map<Key, Entry>;

Lengths measure(const std::vector<File>& files) {
  Lengths longest;
  for (const File& file : files) {
    const Language language = is_data(file.path) ? Language::other : language_of(file.path);
    for (Function& function : find_functions(read_source(file.text, language), language)) {
      Function& held = longest[{file.path, function.name}];
      if (held.name.empty() || function.lines > held.lines) {
        held = std::move(function);
      }
    }
  }
  return longest;
}

std::optional<std::size_t> read_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

void add(Findings& found, std::size_t line, std::string text) {
  found.push_back({std::string(ratchet_path), line, "function-length", std::move(text)});
}

Ratchet read_ratchet(std::string_view text, Findings& found) {
  Ratchet ratchet;
  std::size_t at = 0;
  for (const std::string_view line : split_lines(text)) {
    ++at;
    const auto words = split_words(line.substr(0, line.find('#')));
    if (words.empty()) {
      continue;
    }
    const auto lines = words.size() == 3 ? read_number(words[2]) : std::nullopt;
    if (!lines) {
      add(found, at, "an entry reads `path function lines`; correct it");
    } else if (!ratchet.try_emplace({std::string(words[0]), std::string(words[1])}, Entry{*lines, at}).second) {
      add(found, at, "this function is listed twice; remove one entry");
    }
  }
  return ratchet;
}

void check_functions(const Lengths& lengths, const Ratchet& ratchet, Findings& found) {
  for (const auto& [key, function] : lengths) {
    const auto entry = ratchet.find(key);
    const std::size_t allowed =
        entry == ratchet.end() ? function_lines_max : std::max(entry->second.lines, function_lines_max);
    if (function.lines > allowed) {
      found.push_back({key.first, function.line, "function-length",
                       function.name + " has " + std::to_string(function.lines) + " lines, more than " +
                           std::to_string(allowed) + "; split it where its second idea begins"});
    }
  }
}

void check_entries(const Lengths& lengths, const Ratchet& ratchet, Findings& found) {
  for (const auto& [key, entry] : ratchet) {
    const auto function = lengths.find(key);
    if (function == lengths.end()) {
      add(found, entry.at, key.second + " is no longer in " + key.first + "; remove this entry");
    } else if (function->second.lines <= function_lines_max) {
      add(found, entry.at, key.second + " is short enough now; remove this entry");
    } else if (function->second.lines < entry.lines) {
      add(found, entry.at,
          "lower the ratchet to " + std::to_string(function->second.lines) + ": " + key.second + " has become shorter");
    }
  }
}

}  // namespace

Findings check_function_lengths(const std::vector<File>& files) {
  Findings found;
  const auto file = std::ranges::find(files, ratchet_path, &File::path);
  const Ratchet ratchet = read_ratchet(file == files.end() ? std::string_view{} : file->text, found);
  const Lengths lengths = measure(files);
  check_functions(lengths, ratchet, found);
  check_entries(lengths, ratchet, found);
  return found;
}

}  // namespace skypod::tidy
