#include "reader/stated.hpp"

#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"
#include "reader/cleaning.hpp"
#include "reader/hints.hpp"
#include "reader/measure.hpp"

namespace skypod::reader {
namespace {

constexpr double weight_of_links = 0.25;
constexpr double chars_of_picture = 100;
constexpr double title_likeness = 0.75;

bool is_furniture(const Node& node) {
  constexpr auto names = std::to_array<std::string_view>({"nav", "footer", "aside", "form", "dialog"});
  constexpr auto roles =
      std::to_array<std::string_view>({"navigation", "contentinfo", "complementary", "banner", "search", "dialog"});
  return std::ranges::find(names, node.name) != names.end() ||
         std::ranges::find(roles, node.attribute("role")) != roles.end();
}

/// Pictures that lead nowhere: one in a link belongs to what it leads to.
std::size_t pictures_in(const Node& node) {
  std::size_t count = 0;
  for (const Node* each = &node; each != nullptr; each = following(each, &node, !each->is("a"))) {
    count += each->is("img") ? 1 : 0;
  }
  return count;
}

bool is_content(const Node& node) {
  return node.is("article") || node.is("main") || node.attribute("role") == "main";
}

void drop_furniture(Node& body) {
  constexpr auto headings = std::to_array<std::string_view>({"h1"});
  for (Node* node = following(&body, &body); node != nullptr;) {
    const std::string names = node->is_text() || node->attributes.empty() ? "" : names_of(*node);
    const bool named = sounds_unlikely(names) && !sounds_possible(names) && !is_content(*node);
    const bool head = node->is("header") && node->parent == &body;
    const bool goes = !node->is_text() && (is_furniture(*node) || ((named || head) && !contains_any(*node, headings)));
    Node* next = following(node, &body, !goes);
    if (goes) node->remove();
    node = next;
  }
}

/// The main heading: the one that has the title, or else the first.
Node* main_heading(Node& body, const std::string& title) {
  Node* first = nullptr;
  for (Node* node = following(&body, &body); node != nullptr; node = following(node, &body)) {
    if (!node->is("h1")) continue;
    if (similarity(feed::to_lower(title), feed::to_lower(text_of(*node))) > title_likeness) return node;
    if (first == nullptr) first = node;
  }
  return first;
}

/// The nearest element around the heading that has more to it.
Node* around(Node& heading, Node& body) {
  const double own = substance_of(heading);
  for (Node* each = heading.parent; each != nullptr && each != &body; each = each->parent) {
    if (substance_of(*each) > 2 * own + 1) return each;
  }
  return &body;
}

template <class Test>
Node* largest(Node& body, Test counts) {
  Node* found = nullptr;
  double most = -1;
  for (Node* node = following(&body, &body); node != nullptr; node = following(node, &body)) {
    const double substance = counts(*node) ? substance_of(*node) : -1;
    if (substance <= most) continue;
    found = node;
    most = substance;
  }
  return found;
}

Node* content_in(Node& body, const std::string& title) {
  Node* heading = main_heading(body, title);
  for (Node* each = heading; each != nullptr && each != &body; each = each->parent) {
    if (each->is("article")) return each;
  }
  Node* main = largest(body, [](const Node& node) { return node.is("main") || node.attribute("role") == "main"; });
  if (main != nullptr) return main;
  if (heading != nullptr) return around(*heading, body);
  Node* article = largest(body, [](const Node& node) { return node.is("article"); });
  return article == nullptr ? &body : article;
}

}  // namespace

bool stands_in_furniture(const Node& node) {
  for (const Node* each = &node; each != nullptr; each = each->parent) {
    if (is_furniture(*each)) return true;
  }
  return false;
}

double substance_of(const Node& node) {
  const auto chars = static_cast<double>(extent_of(node).chars);
  const double links = chars * link_density(node);
  return chars - links * (1 - weight_of_links) + chars_of_picture * static_cast<double>(pictures_in(node));
}

Node* stated_content(Document& document, const Node& body, const std::string& title) {
  Node* copy = document.clone(body);
  drop_furniture(*copy);
  Node* found = content_in(*copy, title);
  Node* content = document.make_element("div");
  found->remove();
  content->append(found);
  if (found->is("body")) found->unwrap();
  clean_content(*content, title, {false, false, false});
  return substance_of(*content) > 0 ? content : nullptr;
}

}  // namespace skypod::reader
