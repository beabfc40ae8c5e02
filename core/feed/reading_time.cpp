#include "core/feed/reading_time.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

struct Speed {
  std::string_view language;
  unsigned words_per_minute;
};

constexpr unsigned usual_words_per_minute = 220;
constexpr unsigned chinese_characters_per_minute = 255;
constexpr unsigned japanese_characters_per_minute = 357;

constexpr auto speeds = std::to_array<Speed>({
    {"ar", 138},
    {"de", 179},
    {"en", 228},
    {"es", 218},
    {"fi", 161},
    {"fr", 195},
    {"he", 187},
    {"it", 188},
    {"nl", 202},
    {"pl", 166},
    {"pt", 181},
    {"ru", 184},
    {"sl", 180},
    {"sv", 199},
    {"tr", 166},
});

/// The code point that UTF-8 text begins with; advances past it.
char32_t next_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t point = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return point;
}

bool is_kana(char32_t point) {
  return point >= 0x3040 && point <= 0x30ff;
}

/// Characters that stand for a word or syllable and are written without spaces between them; Thai is not counted.
bool is_ideograph(char32_t point) {
  return is_kana(point) || (point >= 0x3400 && point <= 0x4dbf) || (point >= 0x4e00 && point <= 0x9fff) ||
         (point >= 0xf900 && point <= 0xfaff) || (point >= 0x20000 && point <= 0x3ffff);
}

bool belongs_to_word(char32_t point) {
  const bool ascii = (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
  const bool punctuation = (point >= 0x2000 && point <= 0x206f) || (point >= 0x3000 && point <= 0x303f) ||
                           (point >= 0xff00 && point <= 0xff0f) || point == 0xa0 || point == 0xab || point == 0xbb;
  return ascii || (point > 0x7f && !punctuation);
}

bool ends_word(char32_t point) {
  return point <= 0x20 || point == 0xa0 || (point >= 0x2000 && point <= 0x200b) || point == 0x3000 ||
         is_ideograph(point);
}

unsigned speed_of(std::string_view language) {
  const std::string primary = to_lower(language.substr(0, language.find_first_of("-_")));
  const auto found = std::ranges::find(speeds, primary, &Speed::language);
  return found == speeds.end() ? usual_words_per_minute : found->words_per_minute;
}

}  // namespace

ReadingTime reading_time(std::string_view text, std::string_view language) {
  std::uint64_t words = 0;
  std::uint64_t ideographs = 0;
  std::uint64_t kana = 0;
  bool in_word = false;
  while (!text.empty()) {
    const char32_t point = next_point(text);
    ideographs += is_ideograph(point) ? 1 : 0;
    kana += is_kana(point) ? 1 : 0;
    if (ends_word(point)) {
      in_word = false;
    } else if (!in_word && belongs_to_word(point)) {
      in_word = true;
      ++words;
    }
  }
  const bool japanese = kana * 5 > ideographs;  // every Japanese sentence has kana, no Chinese one
  const unsigned per_minute = japanese ? japanese_characters_per_minute : chinese_characters_per_minute;
  const double minutes = static_cast<double>(words) / speed_of(language) + static_cast<double>(ideographs) / per_minute;
  const auto whole = static_cast<std::uint64_t>(minutes);
  return {words + ideographs, whole + (minutes > static_cast<double>(whole) ? 1 : 0)};
}

}  // namespace skypod::feed
