#include "reader/trimming.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <vector>

#include "core/feed/html_text.hpp"
#include "reader/hints.hpp"
#include "reader/measure.hpp"
#include "reader/phrases.hpp"
#include "reader/plain.hpp"

namespace skypod::reader {
namespace {

constexpr std::size_t prose_chars = 80;      // of a paragraph that is surely text
constexpr std::size_t prose_blocks_min = 4;  // fewer, and nothing is trimmed
constexpr std::size_t furniture_chars_max = 250;
constexpr std::size_t label_chars_max = 40;
constexpr std::size_t wall_chars_max = 500;
constexpr long announcing_words_min = 4;
constexpr double furniture_share_max = 0.35;  // of the whole text

constexpr auto promotions = std::to_array<std::string_view>(
    {"related-", "-related",   "related_",     "relatedstor",   "newsletter", "recirc",    "teaser",
     "rail__",   "read-more",  "readmore",     "most-read",     "mostread",   "trending",  "taboola",
     "outbrain", "signup",     "sign-up",      "promo-",        "-promo",     "also-like", "ad-container",
     "advert",   "author-bio", "about-author", "article-share", "post-tags"});
constexpr auto captions = std::to_array<std::string_view>(
    {"caption", "gallery", "slideshow", "carousel", "credit", "image-copyright", "photo-by", "lightbox"});
struct Block {
  Node* node;
  std::string text;
  std::string lower;
  double links = 0;
  bool prose = false;
  bool kept = false;  // the text around it asks for it
};

template <class Words>
bool has_any(std::string_view text, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool is_leaf_block(const Node& node) {
  if (node.is_text() || !is_block(node.name)) return false;
  for (const Node* each = following(&node, &node); each != nullptr; each = following(each, &node)) {
    if (!each->is_text() && is_block(each->name)) return false;
  }
  return true;
}

bool stands_in(const Node& node, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return ancestor(node, name, 1000) != nullptr; });
}

class Trimmer {
 public:
  Trimmer(Node& content, const std::string& title, const std::string& byline)
      : content_(content), title_(feed::to_lower(title)), byline_(feed::to_lower(byline)) {}

  void run() {
    mark_captions();
    total_ = extent_of(content_).chars;
    drop_named(is_wall);
    gather();
    if (std::ranges::count_if(blocks_, &Block::prose) < static_cast<long>(prose_blocks_min)) return;
    keep_announced();
    drop_named(is_promotion);
    drop_link_lists();
    drop_lines();
    drop_front();
    drop_tail();
    drop_labels();
  }

 private:
  void mark_captions() {
    for (Node* node = following(&content_, &content_); node != nullptr; node = following(node, &content_)) {
      if (node->is_text()) continue;
      const bool named = !node->attributes.empty() && has_any(names_of(*node), captions);
      const bool around = named && extent_of(*node).chars > total_of_content() / 2;
      node->marked = node->is("figcaption") || (named && !around);
    }
  }

  std::size_t total_of_content() {
    if (total_ == 0) total_ = extent_of(content_).chars;
    return total_;
  }

  bool is_marked(const Node& node) const {
    for (const Node* each = &node; each != nullptr && each != &content_; each = each->parent) {
      if (each->marked) return true;
    }
    return false;
  }

  void gather() {
    for (Node* node = &content_; node != nullptr; node = following(node, &content_)) {
      if (!is_leaf_block(*node) || is_marked(*node)) continue;
      Block block{node, text_of(*node), "", 0, false};
      if (block.text.empty()) continue;
      block.lower = feed::to_lower(block.text);
      block.links = link_density(*node);
      block.prose = block.text.size() >= prose_chars && block.links < 0.5;
      blocks_.push_back(std::move(block));
    }
  }

  /// What the line before it announces: "The code is here:", "Sources".
  void keep_announced() {
    for (std::size_t i = 1; i < blocks_.size(); ++i) {
      if (blocks_[i].kept || !announces(blocks_[i - 1])) continue;
      const Node* list = list_around(*blocks_[i].node);
      blocks_[i].kept = true;
      if (list != nullptr) kept_lists_.insert(list);
      for (std::size_t j = i; list != nullptr && j < blocks_.size() && list_around(*blocks_[j].node) == list; ++j) {
        blocks_[j].kept = true;
      }
    }
  }

  static bool announces(const Block& block) {
    if (block.links > 0 || block.text.size() > furniture_chars_max) return false;
    if (is_heading_like(*block.node)) return names_sources(block.lower);
    return block.text.ends_with(':') && !opens_promotion(block.lower) &&
           std::ranges::count(block.text, ' ') + 1 >= announcing_words_min;
  }

  /// The outermost list that the node stands in, nullptr if it stands in none.
  const Node* list_around(const Node& node) const {
    const Node* found = nullptr;
    for (const Node* each = &node; each != nullptr && each != &content_; each = each->parent) {
      if (each->is("ul") || each->is("ol")) found = each;
    }
    return found;
  }

  /// Takes it out, unless too much would have gone by then.
  bool drop(Node& node) {
    const std::size_t chars = extent_of(node).chars;
    if (static_cast<double>(dropped_ + chars) > furniture_share_max * static_cast<double>(total_)) return false;
    dropped_ += chars;
    node.remove();
    return true;
  }

  bool is_gone(const Node& node) const {
    const Node* each = &node;
    while (each->parent != nullptr) each = each->parent;
    return each != &content_ && !is_below(node);
  }

  bool is_below(const Node& node) const {
    for (const Node* each = &node; each != nullptr; each = each->parent) {
      if (each == &content_) return true;
    }
    return false;
  }

  /// A box that asks for money or a name; where it holds more, it is what one pays for.
  static bool is_wall(const Node& node) {
    constexpr auto walls = std::to_array<std::string_view>({"paywall", "regwall", "subscribe-wall", "login-wall"});
    constexpr auto demands = std::to_array<std::string_view>(
        {"subscri", "log in", "sign in", "register", "abonn", "anmelden", "einloggen", "suscri", "inscri", "iscri"});
    return has_any(names_of(node), walls) && extent_of(node).chars <= wall_chars_max &&
           has_any(feed::to_lower(text_of(node)), demands);
  }

  static bool is_promotion(const Node& node) { return has_any(names_of(node), promotions); }

  void drop_named(bool (*is_furniture)(const Node&)) {
    for (Node* node = following(&content_, &content_); node != nullptr;) {
      const bool named = !node->is_text() && !node->attributes.empty() && is_furniture(*node);
      Node* next = following(node, &content_, !named);
      Node* inside = following(node, &content_);
      if (named && !drop(*node)) next = inside;
      node = next;
    }
  }

  /// A list of nothing but links leads elsewhere.
  void drop_link_lists() {
    std::vector<Node*> lists;
    for (Node* node = following(&content_, &content_); node != nullptr; node = following(node, &content_)) {
      if (node->is("ul") || node->is("ol")) lists.push_back(node);
    }
    for (Node* list : lists) {
      const std::size_t items = count_below(*list, "li");
      const std::size_t chars = extent_of(*list).chars;
      const bool leads = items >= 2 && chars / items < 120 && link_density(*list) > 0.85;
      if (is_gone(*list) || !leads || stands_in(*list, {"table", "blockquote"})) continue;
      if (!is_kept(*list) && !is_numbered(*list)) drop(*list);
    }
  }

  bool is_kept(const Node& list) const { return kept_lists_.contains(list_around(list)); }

  /// The parts of one work: each item begins with the same word and a number.
  static bool is_numbered(const Node& list) {
    std::string first;
    for (const Node* item = list.first; item != nullptr; item = item->next) {
      if (!item->is("li")) continue;
      const std::string text = feed::to_lower(text_of(*item));
      const std::size_t space = text.find(' ');
      if (space == std::string::npos || text[space + 1] < '0' || text[space + 1] > '9') return false;
      if (!first.empty() && text.substr(0, space) != first) return false;
      first = text.substr(0, space);
    }
    return !first.empty();
  }

  bool is_protected(const Node& node) const {
    return stands_in(node, {"table", "pre", "blockquote", "dl"}) || node.is("pre") || node.is("td") || node.is("dt") ||
           node.is("dd") || contains_any(node, std::to_array<std::string_view>({"img", "video", "audio"}));
  }

  void drop_lines() {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      Block& block = blocks_[i];
      if (block.kept || is_gone(*block.node) || is_protected(*block.node)) continue;
      const bool again = i > 0 && !block.prose && block.text.size() > 25 && block.lower == blocks_[i - 1].lower &&
                         !ends_sentence(block.text);
      const bool titles_next = is_heading(*block.node) && i + 1 < blocks_.size() && is_text(blocks_[i + 1]);
      if (again || (!titles_next && (is_control_word(block.lower) || leads_elsewhere(block)))) drop(*block.node);
    }
  }

  /// A paragraph, long or short, that is no link.
  static bool is_text(const Block& block) {
    return block.prose || (block.links < 0.5 && !is_heading(*block.node) && ends_sentence(block.text));
  }

  /// A line that is one link, or a label before one: "Related: …".
  bool leads_elsewhere(const Block& block) const {
    if (block.text.size() > furniture_chars_max || block.links == 0 || block.node->is("li")) return false;
    if (is_contact(block)) return false;
    if (block.links > 0.9) return !ends_sentence(block.text) || opens_promotion(block.lower);
    const std::size_t colon = block.text.find(':');
    if (colon == std::string::npos || colon > 25 || block.links < 0.5) return false;
    const double before = static_cast<double>(colon + 2) / static_cast<double>(block.text.size());
    return block.links + before > 0.95;
  }

  bool repeats_title(const Block& block) const {
    return !title_.empty() && (block.lower == title_ || similarity(block.lower, title_) > 0.75);
  }

  /// What stands before the first paragraph: the title again, who wrote it, and when.
  void drop_front() {
    for (Block& block : blocks_) {
      if (is_gone(*block.node)) continue;
      if (block.prose) return;
      if (is_protected(*block.node)) continue;
      const bool author =
          !byline_.empty() && block.text.size() < byline_.size() + 40 && block.lower.find(byline_) != std::string::npos;
      if (author || is_date_line(block.lower) || repeats_title(block)) drop(*block.node);
    }
  }

  /// What stands after the last paragraph: about the author, rights, where else to look.
  void drop_tail() {
    bool titles_next = false;  // a heading here would be that of a text
    for (auto each = blocks_.rbegin(); each != blocks_.rend(); ++each) {
      Block& block = *each;
      if (is_gone(*block.node)) continue;
      const bool heading = titles_next && is_heading(*block.node);
      titles_next = is_text(block);
      const bool rights = is_notice_of_rights(block.text);
      const bool author = !byline_.empty() && block.text.size() < 300 && block.lower.starts_with(byline_);
      if (block.kept || is_protected(*block.node) || (!rights && !author && block.prose)) return;
      const bool bare_link = block.links > 0.8 && !ends_sentence(block.text) && !is_contact(block);
      if (rights || author || (bare_link && !heading) || is_date_line(block.lower)) drop(*block.node);
    }
  }

  /// An address of a mailbox or a number of a telephone, written out.
  static bool is_contact(const Block& block) {
    if (block.text.find_first_of("@0123456789") == std::string::npos) return false;
    for (const Node* each = block.node; each != nullptr; each = following(each, block.node)) {
      const std::string_view href = each->attribute("href");
      if (each->is("a") && (href.starts_with("mailto:") || href.starts_with("tel:"))) return true;
    }
    return false;
  }

  /// "Rating: 4/5" heads nothing.
  static bool states_fact(const Block& block) {
    const std::size_t colon = block.text.find(": ");
    return colon != std::string::npos && !is_heading(*block.node);
  }

  /// A heading with nothing under it any more.
  void drop_labels() {
    const Block* next = nullptr;
    for (auto each = blocks_.rbegin(); each != blocks_.rend(); ++each) {
      Block& block = *each;
      const bool followed = next != nullptr && !is_gone(*next->node);
      const bool label = block.text.size() <= label_chars_max &&
                         !is_sentence(block.text.substr(0, block.text.size() - (block.text.ends_with(':') ? 1 : 0)));
      const bool goes = !is_gone(*block.node) && label && !followed && !block.node->is("li") && !states_fact(block) &&
                        !is_protected(*block.node) && is_heading_like(*block.node);
      if (goes) drop(*block.node);
      next = &block;
    }
  }

  static bool is_heading(const Node& node) {
    return node.name.size() == 2 && node.name[0] == 'h' && node.name[1] >= '1' && node.name[1] <= '6';
  }

  static bool is_heading_like(const Node& node) {
    return is_heading(node) || contains_any(node, std::to_array<std::string_view>({"strong", "b"}));
  }

  Node& content_;
  std::string title_;
  std::string byline_;
  std::vector<Block> blocks_;
  std::unordered_set<const Node*> kept_lists_;  // the outermost
  std::size_t total_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace

void trim_content(Node& content, const std::string& title, const std::string& byline) {
  Trimmer(content, title, byline).run();
}

}  // namespace skypod::reader
