#include "reader/search.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "core/feed/html_text.hpp"
#include "reader/cleaning.hpp"
#include "reader/hints.hpp"
#include "reader/measure.hpp"
#include "reader/page.hpp"
#include "reader/stated.hpp"

namespace skypod::reader {
namespace {

constexpr std::size_t enough_chars = 500;    // of an article; less is tried again with fewer suspicions
constexpr std::size_t paragraph_chars = 25;  // a shorter paragraph has no vote
constexpr std::size_t candidates_kept = 5;
constexpr int voting_levels = 5;    // how far up a paragraph's points go
constexpr int part_levels = 6;      // how far up the parts of an article may stand side by side
constexpr double part_share = 0.3;  // of a part's own prose that the others must have together
constexpr std::size_t byline_chars_max = 100;
constexpr int any_level = 1'000;
constexpr double stated_ratio = 3;  // of what the page calls its content to what was found, and the page is right

constexpr auto voters = std::to_array<std::string_view>({"section", "h2", "h3", "h4", "h5", "h6", "p", "td", "pre"});
constexpr auto block_children =
    std::to_array<std::string_view>({"blockquote", "dl", "div", "img", "ol", "p", "pre", "table", "ul"});
constexpr auto unlikely_roles = std::to_array<std::string_view>(
    {"menu", "menubar", "complementary", "navigation", "alert", "alertdialog", "dialog"});
constexpr auto empty_when_bare =
    std::to_array<std::string_view>({"div", "section", "header", "h1", "h2", "h3", "h4", "h5", "h6"});
constexpr auto kept_as_siblings = std::to_array<std::string_view>({"div", "article", "section", "p", "ol", "ul"});

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

/// One try.
class Attempt {
 public:
  Attempt(Document& document, Node* body, const Metadata& metadata, Suspicions suspicions)
      : document_(document), body_(body), metadata_(metadata), suspicions_(suspicions) {}

  Found run() {
    gather();
    vote();
    Node* top = choose();
    is_furniture_ = top != nullptr && stands_in_furniture(*top);
    found_.content = collect(top);
    clean_content(*found_.content, metadata_.title, suspicions_);
    return found_;
  }

  /// True if what was found stands in a part of the page that is no content by its own word.
  bool is_furniture() const { return is_furniture_; }

 private:
  struct Candidate {
    Node* node;
    double points;
  };

  // Gathering: what cannot be article goes, what may vote is listed.

  void gather() {
    for (Node* node = body_; node != nullptr;) {
      if (node->is_text()) {
        node = following(node, body_);
        continue;
      }
      const bool goes = node != body_ && (is_byline(*node) || is_title(*node) || is_another(*node) || is_reply(*node) ||
                                          is_unlikely(*node) || is_bare(*node));
      Node* next = following(node, body_, !goes);
      if (goes) {
        node->remove();
      } else if (lists(voters, node->name)) {
        voters_.push_back(node);
        if (node->is("p") && title_seen_) chars_read_ += extent_of(*node).chars;
      } else if (node->is("div")) {
        next = gather_div(node);
      }
      node = next;
    }
  }

  bool is_byline(const Node& node) {
    if (!found_.byline.empty() || !metadata_.byline.empty() || node.attributes.empty()) return false;
    const bool named = node.attribute("rel") == "author" ||
                       node.attribute("itemprop").find("author") != std::string_view::npos ||
                       sounds_like_byline(names_of(node));
    const std::size_t chars = named ? extent_of(node).chars : 0;
    if (chars == 0 || chars >= byline_chars_max) return false;
    found_.byline = text_of(name_in(node));
    return true;
  }

  /// What a byline marks as the name; or, where a date or a count stands beside it, its only link to an author; else
  /// all of it.
  static const Node& name_in(const Node& byline) {
    const Node* linked = nullptr;
    bool several = false;
    for (const Node* each = following(&byline, &byline); each != nullptr; each = following(each, &byline)) {
      if (each->attribute("itemprop").find("name") != std::string_view::npos) return *each;
      const bool author =
          each->attribute("rel") == "author" || each->attribute("href").find("/author") != std::string_view::npos;
      if (!each->is("a") || !author || is_blank(*each)) continue;
      several = linked != nullptr;
      linked = each;
    }
    const bool digits = text_of(byline).find_first_of("0123456789") != std::string::npos;
    return linked != nullptr && !several && digits ? *linked : byline;
  }

  /// The first heading that repeats the title.
  bool is_title(const Node& node) {
    if (title_seen_ || (node.name != "h1" && node.name != "h2") || metadata_.title.empty()) return false;
    title_seen_ = similarity(feed::to_lower(metadata_.title), feed::to_lower(text_of(node))) > 0.75;
    if (title_seen_) titled_ = ancestor(node, "article", any_level);
    if (titled_ != nullptr && extent_of(*titled_).chars < enough_chars) titled_ = nullptr;
    return title_seen_;
  }

  /// An article beside the one that has the page's title, where that one is whole.
  bool is_another(const Node& node) const {
    if (titled_ == nullptr || !node.is("article")) return false;
    for (const Node* each = node.parent; each != nullptr; each = each->parent) {
      if (each == titled_) return false;
    }
    return true;
  }

  bool is_unlikely(const Node& node) const {
    if (node.attribute("aria-modal") == "true" && node.attribute("role") == "dialog") return true;
    if (!suspicions_.unlikely_names || node.attributes.empty()) return false;
    if (lists(unlikely_roles, node.attribute("role"))) return true;
    if (node.is("a")) return false;
    const std::string names = names_of(node);
    if (!sounds_unlikely(names) || sounds_possible(names)) return false;
    return ancestor(node, "table", 3) == nullptr && ancestor(node, "code", 3) == nullptr;
  }

  /// What stands below an article of the page's title that has enough text.
  bool is_reply(const Node& node) const {
    return suspicions_.unlikely_names && chars_read_ >= enough_chars && !node.attributes.empty() &&
           sounds_like_replies(names_of(node));
  }

  static bool is_bare(const Node& node) {
    if (!lists(empty_when_bare, node.name) || !is_blank(node)) return false;
    for (const Node* each = following(&node, &node); each != nullptr; each = following(each, &node)) {
      if (!each->is_text() && !each->is("br") && !each->is("hr")) return false;
    }
    return true;
  }

  /// A <div> may be a paragraph in all but name, or hold some between its blocks.
  Node* gather_div(Node* div) {
    wrap_lines(*div);
    Node* paragraph = only_paragraph(*div);
    if (paragraph != nullptr && link_density(*div) < 0.25) {
      paragraph->remove();
      div->replace_with(paragraph);
      voters_.push_back(paragraph);
      return following(paragraph, body_);
    }
    if (!contains_any(*div, block_children)) {
      div->name = "p";
      voters_.push_back(div);
    }
    return following(div, body_);
  }

  void wrap_lines(Node& div) {
    Node* paragraph = nullptr;
    for (Node* child = div.first; child != nullptr;) {
      Node* next = child->next;
      if (!is_phrasing(*child)) {
        end_line(paragraph);
        paragraph = nullptr;
      } else if (paragraph != nullptr) {
        child->remove();
        paragraph->append(child);
      } else if (!is_space(*child)) {
        paragraph = document_.make_element("p");
        child->replace_with(paragraph);
        paragraph->append(child);
      }
      child = next;
    }
    end_line(paragraph);
  }

  static bool is_space(const Node& node) { return node.is("br") || (node.is_text() && is_blank(node)); }

  static void end_line(Node* paragraph) {
    while (paragraph != nullptr && paragraph->last != nullptr && is_space(*paragraph->last)) paragraph->last->remove();
  }

  static Node* only_paragraph(const Node& div) {
    Node* found = nullptr;
    for (Node* child = div.first; child != nullptr; child = child->next) {
      if (child->is_text()) {
        if (!is_blank(*child)) return nullptr;
      } else if (found != nullptr || !child->is("p")) {
        return nullptr;
      } else {
        found = child;
      }
    }
    return found;
  }

  // Voting.

  double& points_of(Node& node) {
    if (node.slot < 0) {
      node.slot = static_cast<std::int32_t>(candidates_.size());
      candidates_.push_back({&node, first_points(node)});
    }
    return candidates_[static_cast<std::size_t>(node.slot)].points;
  }

  bool has_points(const Node& node) const { return node.slot >= 0; }

  double first_points(const Node& node) const {
    const double weight = suspicions_.weighed_names ? weight_of(node) : 0;
    const std::string_view name = node.name;
    if (name == "div") return weight + 5;
    if (name == "pre" || name == "td" || name == "blockquote") return weight + 3;
    if (name == "th" || lists(std::to_array<std::string_view>({"h1", "h2", "h3", "h4", "h5", "h6"}), name)) {
      return weight - 5;
    }
    constexpr auto listish = std::to_array<std::string_view>({"address", "ol", "ul", "dl", "dd", "dt", "li", "form"});
    return weight - (lists(listish, name) ? 3 : 0);
  }

  void vote() {
    for (Node* voter : voters_) {
      const Extent extent = extent_of(*voter);
      if (voter->parent == nullptr || extent.chars < paragraph_chars) continue;
      const double points =
          2 + static_cast<double>(extent.commas) + static_cast<double>(std::min<std::size_t>(extent.chars / 100, 3));
      int level = 0;
      for (Node* each = voter->parent; each != nullptr && each->parent != nullptr && level < voting_levels;
           each = each->parent, ++level) {
        points_of(*each) += points / (level == 0 ? 1 : level == 1 ? 2 : level * 3);
      }
    }
  }

  // Choosing.

  Node* choose() {
    std::vector<Candidate> best;
    for (Candidate& each : candidates_) {
      each.points *= 1 - link_density(*each.node);
      best.push_back(each);
    }
    std::ranges::sort(best, [](const Candidate& left, const Candidate& right) {
      return left.points > right.points || (left.points == right.points && left.node->slot < right.node->slot);
    });
    if (best.size() > candidates_kept) best.resize(candidates_kept);
    if (best.empty() || best[0].node == body_) return nullptr;
    Node* top = shared_ancestor(best);
    points_of(*top);
    return whole_of_parts(only_child_root(climb(top)));
  }

  /// Some lay an article out in parts, with advertisements between them: boxes of one shape side by side. Then the box
  /// that has the top counts, and collecting finds the others.
  Node* whole_of_parts(Node* top) {
    Node* found = top;
    Node* part = top;
    for (int level = 0; level < part_levels && part->parent != nullptr && part != body_; ++level, part = part->parent) {
      if (part->attribute("class").empty()) continue;
      std::size_t others = 0;
      for (const Node* each = part->parent->first; each != nullptr; each = each->next) {
        if (each != part && is_like(*each, *part)) others += prose_chars(*each);
      }
      if (others < paragraph_chars || others < prose_chars(*part) * part_share) continue;
      found = part;
      in_parts_ = true;
    }
    return found;
  }

  static bool is_like(const Node& left, const Node& right) {
    return !left.is_text() && left.name == right.name && left.attribute("class") == right.attribute("class");
  }

  /// Characters in paragraphs that are no lists of links.
  static std::size_t prose_chars(const Node& box) {
    std::size_t chars = 0;
    for (const Node* node = &box; node != nullptr;) {
      const bool paragraph = node->is("p");
      if (paragraph) {
        const std::size_t here = extent_of(*node).chars;
        if (here >= paragraph_chars && link_density(*node) < 0.5) chars += here;
      }
      node = following(node, &box, !paragraph);
    }
    return chars;
  }

  /// Where several good candidates have one ancestor, the article is spread over them.
  Node* shared_ancestor(const std::vector<Candidate>& best) {
    std::vector<const Node*> others;
    for (std::size_t i = 1; i < best.size(); ++i) {
      if (best[i].points / best[0].points >= 0.75) others.push_back(best[i].node);
    }
    if (others.size() < 3) return best[0].node;
    for (Node* each = best[0].node->parent; each != nullptr && each != body_; each = each->parent) {
      const auto holds = [&](const Node* other) {
        for (const Node* up = other->parent; up != nullptr; up = up->parent) {
          if (up == each) return true;
        }
        return false;
      };
      if (std::ranges::count_if(others, holds) >= 3) return each;
    }
    return best[0].node;
  }

  /// Points that rise again further up mean that there is more to the article.
  Node* climb(Node* top) {
    double last = points_of(*top);
    const double least = last / 3;
    for (Node* each = top->parent; each != nullptr && each != body_; each = each->parent) {
      if (!has_points(*each)) continue;
      const double points = points_of(*each);
      if (points < least) break;
      if (points > last) return each;
      last = points;
    }
    return top;
  }

  Node* only_child_root(Node* top) const {
    const auto elements = [](const Node& node) {
      int count = 0;
      for (const Node* child = node.first; child != nullptr; child = child->next) count += child->is_text() ? 0 : 1;
      return count;
    };
    Node* parent = top->parent;
    while (parent != nullptr && parent != body_ && elements(*parent) == 1) {
      top = parent;
      parent = top->parent;
    }
    return top;
  }

  // Collecting.

  Node* collect(Node* top) {
    Node* content = document_.make_element("div");
    if (top == nullptr) {
      while (body_->first != nullptr) {
        Node* child = body_->first;
        child->remove();
        content->append(child);
      }
      return content;
    }
    note_direction(*top);
    const double least = std::max(10.0, points_of(*top) * 0.2);
    Node* parent = top->parent;
    for (Node* child = parent->first; child != nullptr;) {
      Node* next = child->next;
      if (child == top || (!child->is_text() && belongs(*child, *top, least))) {
        child->remove();
        if (!lists(kept_as_siblings, child->name)) child->name = "div";
        content->append(child);
      }
      child = next;
    }
    return content;
  }

  bool belongs(Node& sibling, Node& top, double least) {
    const std::string_view names = top.attribute("class");
    const double bonus = !names.empty() && sibling.attribute("class") == names ? points_of(top) * 0.2 : 0;
    if (in_parts_ && is_like(sibling, top) && link_density(sibling) < 0.5) return true;
    if (has_points(sibling) && points_of(sibling) + bonus >= least) return true;
    if (!sibling.is("p")) return false;
    const std::size_t chars = extent_of(sibling).chars;
    const double density = link_density(sibling);
    if (chars > 80) return density < 0.25;
    const std::string text = chars > 0 && density == 0 ? text_of(sibling) : "";
    return text.ends_with('.') || text.find(". ") != std::string::npos;
  }

  void note_direction(const Node& top) {
    for (const Node* each = &top; each != nullptr; each = each->parent) {
      const std::string direction = feed::to_lower(each->attribute("dir"));
      if (!direction.empty()) {
        found_.direction = direction;
        return;
      }
    }
  }

  Document& document_;
  Node* body_;
  const Metadata& metadata_;
  Suspicions suspicions_;
  std::vector<Node*> voters_;
  std::vector<Candidate> candidates_;
  Found found_;
  bool title_seen_ = false;
  bool in_parts_ = false;       // the top has siblings of its shape that go on with it
  std::size_t chars_read_ = 0;  // of paragraphs after the title
  bool is_furniture_ = false;
  const Node* titled_ = nullptr;  // the <article> that has the title
};

}  // namespace

Found find_content(Document& document, const Metadata& metadata) {
  const Node* body = document.part("body");
  if (body == nullptr) return {};
  constexpr auto attempts =
      std::to_array<Suspicions>({{true, true, true}, {false, true, true}, {false, false, true}, {false, false, false}});
  Found best;
  std::size_t best_chars = 0;
  bool is_furniture = false;
  for (const Suspicions suspicions : attempts) {
    Node* root = document.make_element("html");
    Node* copy = document.clone(*body);
    root->append(copy);
    Attempt attempt(document, copy, metadata, suspicions);
    const Found found = attempt.run();
    const std::size_t chars = extent_of(*found.content).chars;
    if (chars > best_chars) {
      best = found;
      best_chars = chars;
      is_furniture = attempt.is_furniture();
    }
    if (chars >= enough_chars) return found;
  }
  const double least = best.content == nullptr || is_furniture ? 0 : substance_of(*best.content) * stated_ratio;
  Node* stated = stated_content(document, *body, metadata.title);
  if (stated != nullptr && substance_of(*stated) > least) best.content = stated;
  return best;
}

}  // namespace skypod::reader
