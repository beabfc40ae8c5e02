#include "reader/measure.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace skypod::reader {
namespace {

constexpr double weight_of_inner_link = 0.3;

// Names that count as text wherever they stand; sorted.
constexpr auto phrasing = std::to_array<std::string_view>(
    {"abbr",  "audio",    "b",      "bdo",    "br",       "button",   "cite", "code",  "data",   "datalist",
     "dfn",   "em",       "embed",  "i",      "img",      "input",    "kbd",  "label", "mark",   "math",
     "meter", "noscript", "object", "output", "progress", "q",        "ruby", "samp",  "script", "select",
     "small", "span",     "strong", "sub",    "sup",      "textarea", "time", "var",   "wbr"});
static_assert(std::ranges::is_sorted(phrasing));

bool is_space(unsigned char octet) {
  return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

/// Octets of the mark that `text` begins with: ASCII that is no letter and no digit, « and », general punctuation such
/// as quotes, dashes and the ellipsis (U+2000 to U+207F), and that of Chinese and Japanese; 0 if it begins with none.
std::size_t mark_octets(std::string_view text) {
  const char first = text[0];
  const bool is_word =
      (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9');
  if (static_cast<unsigned char>(first) < 0x80) return is_word ? 0 : 1;
  if (text.starts_with("\xc2\xab") || text.starts_with("\xc2\xbb")) return 2;
  constexpr auto blocks = std::to_array<std::string_view>({"\xe2\x80", "\xe2\x81", "\xe3\x80"});
  return std::ranges::any_of(blocks, [&](std::string_view block) { return text.starts_with(block); }) ? 3 : 0;
}

/// Octets of the comma that `text` begins with, 0 if it begins with none.
bool is_wide_comma(std::string_view text) {
  constexpr auto commas = std::to_array<std::string_view>(
      {"\xd8\x8c", "\xe3\x80\x81", "\xef\xbc\x8c", "\xef\xb9\x90", "\xef\xb8\x90", "\xe2\xb9\x81", "\xe2\xb8\xb4"});
  return std::ranges::any_of(commas, [&](std::string_view comma) { return text.starts_with(comma); });
}

/// Counts across the texts of a subtree.
class Counter {
 public:
  void add(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const auto octet = static_cast<unsigned char>(text[at]);
      if (is_space(octet)) {
        space_ = true;
        continue;
      }
      if ((octet & 0xc0U) == 0x80) continue;
      extent_.chars += space_ && extent_.chars > 0 ? 2 : 1;
      space_ = false;
      if (octet == ',' || (octet >= 0xd8 && is_wide_comma(text.substr(at, 3)))) ++extent_.commas;
    }
  }

  Extent extent() const { return extent_; }

 private:
  Extent extent_;
  bool space_ = false;
};

}  // namespace

Extent extent_of(const Node& node) {
  Counter counter;
  for (const Node* each = &node; each != nullptr; each = following(each, &node)) {
    if (each->is_text()) counter.add(each->text);
  }
  return counter.extent();
}

double link_density(const Node& node) {
  const std::size_t all = extent_of(node).chars;
  if (all == 0) return 0;
  double links = 0;
  for (const Node* each = &node; each != nullptr;) {
    const bool link = each->is("a") && each != &node;
    if (link) {
      const bool inner = each->attribute("href").starts_with('#') && each->attribute("href").size() > 1;
      links += static_cast<double>(extent_of(*each).chars) * (inner ? weight_of_inner_link : 1);
    }
    each = following(each, &node, !link);
  }
  return links / static_cast<double>(all);
}

bool is_blank(const Node& node) {
  for (const Node* each = &node; each != nullptr; each = following(each, &node)) {
    if (each->is_text() &&
        !std::ranges::all_of(each->text, [](char c) { return is_space(static_cast<unsigned char>(c)); })) {
      return false;
    }
  }
  return true;
}

bool is_alone(const Node& node) {
  const auto is_space = [](const Node& each) { return each.is_text() && is_blank(each); };
  const Node* before = node.previous;
  while (before != nullptr && is_space(*before)) before = before->previous;
  const Node* after = node.next;
  while (after != nullptr && is_space(*after)) after = after->next;
  return before == nullptr && after == nullptr;
}

bool is_phrasing(const Node& node) {
  if (node.is_text() || node.space != Space::html || std::ranges::binary_search(phrasing, node.name)) return true;
  if (node.name != "a" && node.name != "del" && node.name != "ins") return false;
  for (const Node* child = node.first; child != nullptr; child = child->next) {
    if (!is_phrasing(*child)) return false;
  }
  return true;
}

bool contains_any(const Node& node, std::span<const std::string_view> names) {
  for (const Node* each = following(&node, &node); each != nullptr; each = following(each, &node)) {
    if (!each->is_text() && std::ranges::find(names, each->name) != names.end()) return true;
  }
  return false;
}

const Node* ancestor(const Node& node, std::string_view name, int levels) {
  const Node* each = node.parent;
  for (; each != nullptr && levels > 0; each = each->parent, --levels) {
    if (each->name == name) return each;
  }
  return nullptr;
}

double similarity(std::string_view left, std::string_view right) {
  const auto split = [](std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
      std::size_t end = 0;
      std::size_t mark = 0;
      while (end < text.size() && (mark = mark_octets(text.substr(end))) == 0) ++end;
      if (end > 0) words.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + mark, text.size()));
    }
    return words;
  };
  const auto known = split(left);
  std::size_t all = 0;
  std::size_t missing = 0;
  for (const std::string_view word : split(right)) {
    all += word.size();
    missing += std::ranges::find(known, word) == known.end() ? word.size() : 0;
  }
  return all == 0 ? 0 : 1 - static_cast<double>(missing) / static_cast<double>(all);
}

std::size_t count_below(const Node& node, std::string_view name) {
  std::size_t count = 0;
  for (const Node* each = following(&node, &node); each != nullptr; each = following(each, &node)) {
    count += each->name == name && !each->is_text() ? 1 : 0;
  }
  return count;
}

}  // namespace skypod::reader
