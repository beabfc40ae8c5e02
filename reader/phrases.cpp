#include "reader/phrases.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/feed/html_text.hpp"

namespace skypod::reader {
namespace {

constexpr std::size_t control_chars_max = 60;
constexpr std::size_t date_chars_max = 60;
constexpr std::size_t dated_chars_max = 100;

constexpr auto controls = std::to_array<std::string_view>({"advertisement",
                                                           "caption",
                                                           "close",
                                                           "comments",
                                                           "comment",
                                                           "continue reading",
                                                           "continue reading below",
                                                           "email",
                                                           "facebook",
                                                           "highlights",
                                                           "image",
                                                           "leave a comment",
                                                           "more from",
                                                           "play",
                                                           "pinterest",
                                                           "print",
                                                           "read more",
                                                           "share",
                                                           "share this",
                                                           "subscribe",
                                                           "trending",
                                                           "tweet",
                                                           "twitter",
                                                           "video",
                                                           "whatsapp"});
constexpr auto dated = std::to_array<std::string_view>({"published", "updated", "posted", "last updated",
                                                        "first published", "last modified", "publicado", "publié",
                                                        "veröffentlicht", "aktualisiert", "pubblicato", "by "});

constexpr auto months = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez"});
// What words of a date begin with beside them, in several languages.
constexpr auto date_starts = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "mai", "jun", "jul", "aug",   "sep",   "oct",  "okt",    "nov",   "dec",
     "dez", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "updat", "publi", "post", "aktual", "modif", "minut"});
constexpr auto date_words = std::to_array<std::string_view>(
    {"a",     "am",  "ago", "at",   "by",    "bst", "cest", "cet", "day",  "days", "de", "edt", "est", "et",
     "first", "gmt", "h",   "hour", "hours", "ist", "last", "m",   "min",  "nd",   "of", "on",  "p",   "pdt",
     "pm",    "pst", "rd",  "read", "st",    "t",   "th",   "the", "time", "uhr",  "um", "utc", "z"});

// What a sentence that ends in ":" begins with if it is a promotion's.
constexpr auto promising = std::to_array<std::string_view>(
    {"also", "don't miss", "lesen sie", "lire aussi", "mehr", "more", "read", "recommended", "related", "see also",
     "you may", "you might", "watch", "à lire", "siehe auch", "leggi", "lea también"});
// Headings of lists that belong to an article.
constexpr auto sources = std::to_array<std::string_view>({"sources",
                                                          "source",
                                                          "references",
                                                          "notes",
                                                          "footnotes",
                                                          "further reading",
                                                          "bibliography",
                                                          "citations",
                                                          "links",
                                                          "resources",
                                                          "quellen",
                                                          "quelle",
                                                          "literatur",
                                                          "anmerkungen",
                                                          "fußnoten",
                                                          "nachweise",
                                                          "einzelnachweise",
                                                          "weiterführende links",
                                                          "références",
                                                          "bibliographie",
                                                          "notes et références",
                                                          "fuentes",
                                                          "referencias",
                                                          "bibliografía",
                                                          "notas",
                                                          "fonti",
                                                          "riferimenti",
                                                          "bibliografia",
                                                          "bronnen",
                                                          "noten",
                                                          "fontes",
                                                          "referências",
                                                          "źródła",
                                                          "przypisy",
                                                          "källor",
                                                          "kilder",
                                                          "источники",
                                                          "примечания",
                                                          "литература",
                                                          "参考文献",
                                                          "出典",
                                                          "脚注",
                                                          "注釈",
                                                          "来源",
                                                          "参考资料"});

template <class Words>
bool has_any(std::string_view text, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

template <class Words>
bool starts_with_any(std::string_view text, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

std::string_view without_marks(std::string_view line) {
  while (!line.empty() && (line.back() == ':' || line.back() == '.')) line.remove_suffix(1);
  return line;
}

/// Words that no date has: "PARIS, 1 May 2024" and "Doors open 19:30" say more than when a page was published.
bool has_other_words(std::string_view line) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t at = line.find_first_of(letters); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_not_of(letters, at), line.size());
    const std::string_view word = line.substr(at, end - at);
    const bool of_date =
        std::ranges::find(date_words, word) != date_words.end() ||
        std::ranges::any_of(date_starts, [&](std::string_view each) { return word.starts_with(each); });
    if (!of_date) return true;
    at = line.find_first_of(letters, end);
  }
  return false;
}

/// Little but numbers, months and marks.
bool is_date_like(std::string_view line) {
  const bool clock = line.find(':') != std::string_view::npos;
  const bool slashes = std::ranges::count(line, '/') >= 2 || std::ranges::count(line, '.') >= 2;
  return (has_any(line, months) || clock || slashes) && !has_other_words(line);
}

}  // namespace

bool is_sentence(std::string_view text) {
  constexpr auto ends = std::to_array<std::string_view>({".", "!", "?", "…", "。", "”", "\"", "»", ":"});
  return std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
}

bool ends_sentence(std::string_view text) {
  constexpr auto ends = std::to_array<std::string_view>({".", "!", "?", "。", "！", "？"});
  return !text.ends_with("...") && std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
}

bool is_control_word(std::string_view line) {
  if (line.size() > control_chars_max) return false;
  line = without_marks(line);
  const bool exact = std::ranges::find(controls, line) != controls.end();
  return exact || (line.starts_with("image ") && line.find(" of ") != std::string_view::npos && line.size() < 16);
}

bool is_date_line(std::string_view line) {
  if (line.size() > dated_chars_max || is_sentence(line)) return false;
  const bool digits = std::ranges::count_if(line, [](char c) { return c >= '0' && c <= '9'; }) >= 4;
  return starts_with_any(line, dated) || (digits && line.size() < date_chars_max && is_date_like(line));
}

bool opens_promotion(std::string_view line) {
  return std::ranges::any_of(promising, [&](std::string_view word) {
    return line.starts_with(word) &&
           (line.size() == word.size() || line[word.size()] == ' ' || line[word.size()] == ':');
  });
}

bool names_sources(std::string_view line) {
  return std::ranges::find(sources, without_marks(line)) != sources.end();
}

bool is_notice_of_rights(std::string_view text) {
  const std::string lower = feed::to_lower(text);
  if (lower.starts_with("©") || lower.starts_with("citation:")) return true;
  constexpr std::string_view word = "copyright";
  if (!lower.starts_with(word)) return false;
  const std::size_t next = text.find_first_not_of(' ', word.size());
  return next == std::string_view::npos || text[next] < 'a' || text[next] > 'z' ||
         lower.find("all rights") != std::string::npos;
}

}  // namespace skypod::reader
