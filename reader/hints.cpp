#include "reader/hints.hpp"

#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"

namespace skypod::reader {
namespace {

constexpr auto unlikely = std::to_array<std::string_view>(
    {"-ad-",       "ad-break",   "agegate", "ai2html", "banner",     "breadcrumb",   "combx",
     "comment",    "community",  "consent", "cookie",  "cover-wrap", "disqus",       "extra",
     "footer",     "gdpr",       "header",  "legends", "menu",       "newsletter",   "pager",
     "pagination", "popup",      "related", "remark",  "replies",    "rss",          "shoutbox",
     "sidebar",    "skyscraper", "social",  "sponsor", "subscribe",  "supplemental", "yom-remote"});
constexpr auto possible =
    std::to_array<std::string_view>({"and", "article", "body", "column", "content", "main", "mathjax", "shadow"});
constexpr auto positive =
    std::to_array<std::string_view>({"article", "blog", "body", "content", "entry", "hentry", "h-entry", "main", "page",
                                     "pagination", "post", "story", "text"});
constexpr auto negative = std::to_array<std::string_view>(
    {"-ad-",   "banner",   "com-",     "combx",   "comment",    "contact", "footer",  "gdpr",
     "hidden", "masthead", "media",    "meta",    "outbrain",   "promo",   "related", "scroll",
     "share",  "shopping", "shoutbox", "sidebar", "skyscraper", "sponsor", "tags",    "widget"});
constexpr auto bylines = std::to_array<std::string_view>({"author", "byline", "dateline", "p-author", "writtenby"});

constexpr auto replies = std::to_array<std::string_view>(
    {"discussion", "replies", "reply", "responses", "kommentare", "commentaires", "comentarios", "commenti"});

template <class Words>
bool has_any(std::string_view names, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return names.find(word) != std::string_view::npos; });
}

bool is_separator(char octet) {
  return octet == ' ' || octet == '_' || octet == '-';
}

/// True if `word` stands in `names` with separators or nothing around it.
bool has_word(std::string_view names, std::string_view word) {
  for (std::size_t at = names.find(word); at != std::string_view::npos; at = names.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || is_separator(names[at - 1]);
    if (begins && (end == names.size() || is_separator(names[end]))) return true;
  }
  return false;
}

int weight_of_name(std::string_view name) {
  if (name.empty()) return 0;
  const std::string lower = feed::to_lower(name);
  const bool hidden = lower == "hid" || lower.starts_with("hid ") || lower.ends_with(" hid") ||
                      lower.find(" hid ") != std::string::npos;
  return (has_any(lower, positive) ? 25 : 0) - (hidden || has_any(lower, negative) ? 25 : 0);
}

}  // namespace

std::string names_of(const Node& node) {
  std::string names(node.attribute("class"));
  names += ' ';
  names += node.attribute("id");
  return feed::to_lower(names);
}

bool sounds_unlikely(std::string_view names) {
  return names.size() > 1 && has_any(names, unlikely);
}

bool sounds_possible(std::string_view names) {
  return has_any(names, possible);
}

bool sounds_like_byline(std::string_view names) {
  return names.size() > 1 && has_any(names, bylines);
}

bool sounds_like_replies(std::string_view names) {
  return std::ranges::any_of(replies, [&](std::string_view word) { return has_word(names, word); });
}

bool sounds_like_sharing(std::string_view names) {
  return has_word(names, "share") || has_word(names, "sharedaddy");
}

int weight_of(const Node& node) {
  return weight_of_name(node.attribute("class")) + weight_of_name(node.attribute("id"));
}

}  // namespace skypod::reader
