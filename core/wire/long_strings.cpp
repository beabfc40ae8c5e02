#include "core/wire/long_strings.hpp"

#include <algorithm>
#include <cstring>

namespace skypod::wire {
namespace {

constexpr std::size_t worth_cutting = 512;
constexpr char mark = '\x01';                         // parsed; cannot stand in a JSON text as it is
constexpr std::string_view written_mark = "\\u0001";  // but like this

constexpr auto is_control = [](unsigned char octet) -> unsigned { return octet < 0x20; };
constexpr auto is_special = [](unsigned char octet) -> unsigned {
  return static_cast<unsigned>(octet < 0x20) | (octet > 0x7e) | (octet == '"') | (octet == '\\');
};

/// Where the string that begins at `begin` ends: at a quote or backslash, or at the text's end.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  const std::size_t quote = std::min(text.find('"', begin), text.size());
  const auto* const backslash = static_cast<const char*>(std::memchr(text.data() + begin, '\\', quote - begin));
  return backslash == nullptr ? quote : static_cast<std::size_t>(backslash - text.data());
}

/// Whether one of the octets is such; looks at all of them, so that many can be looked at together.
bool any_octet(std::string_view text, auto is_such) {
  unsigned found = 0;
  for (const char letter : text) found |= is_such(static_cast<unsigned char>(letter));
  return found != 0;
}

/// Behind the closing quote of a string in which `at` is a backslash.
std::size_t pass_escaped(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

}  // namespace

LongStrings::LongStrings(std::string_view text) : original_(text) {
  is_cut_ = text.size() > worth_cutting && text.find(written_mark) == std::string_view::npos && cut();
}

/// False if there is nothing to cut out.
bool LongStrings::cut() {
  std::size_t copied = 0;
  for (std::size_t at = original_.find('"'); at < original_.size(); at = original_.find('"', at)) {
    const std::size_t begin = at + 1;
    const std::size_t end = end_of_string(original_, begin);
    if (end < original_.size() && original_[end] == '\\') {
      at = pass_escaped(original_, end);
      continue;
    }
    at = end + 1;
    const std::string_view content = original_.substr(begin, end - begin);
    if (end == original_.size() || content.size() < worth_cutting || any_octet(content, is_control)) continue;
    skeleton_.append(original_, copied, begin - copied).append(written_mark).append(std::to_string(strings_.size()));
    strings_.push_back(content);
    copied = end;
  }
  skeleton_.append(original_, copied);
  return !strings_.empty();
}

void LongStrings::restore(std::string& parsed) const {
  if (is_cut_ && parsed.starts_with(mark)) parsed = strings_[std::stoul(parsed.substr(1))];
}

bool is_plain(std::string_view text) {
  return !any_octet(text, is_special);
}

}  // namespace skypod::wire
