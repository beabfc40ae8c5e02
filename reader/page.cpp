#include "reader/page.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/feed/html_text.hpp"
#include "reader/embeds.hpp"
#include "reader/formulas.hpp"
#include "reader/measure.hpp"

namespace skypod::reader {
namespace {

constexpr auto silent = std::to_array<std::string_view>({"script", "style", "link", "meta", "template", "base"});
constexpr auto lazy_sources = std::to_array<std::string_view>(
    {"data-src", "data-original", "data-lazy-src", "data-url", "data-image", "data-hi-res-src", "data-lazy"});
constexpr auto lazy_sets = std::to_array<std::string_view>({"data-srcset", "data-lazy-srcset", "data-original-set"});

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

/// A style that says so, with any spacing.
bool style_hides(std::string_view style) {
  std::string tight = feed::to_lower(style);
  std::erase_if(tight, [](char octet) { return static_cast<unsigned char>(octet) <= 0x20; });
  const std::size_t display = tight.find("display:none");
  const bool gone = display != std::string::npos && (display == 0 || tight[display - 1] == ';');
  return gone || tight.find("visibility:hidden") != std::string::npos;
}

bool is_image_only(const Node& node) {
  return node.is("img") || (is_blank(node) && count_below(node, "img") == 1);
}

Node* previous_element(Node* node) {
  do node = node->previous;
  while (node != nullptr && node->is_text() && is_blank(*node));
  return node;
}

/// A <noscript> with a picture holds the real one; the one before it is a placeholder.
void open_noscript(Node* node) {
  constexpr auto picture = std::to_array<std::string_view>({"img"});
  if (!is_blank(*node) || !contains_any(*node, picture)) return node->remove();
  Node* before = previous_element(node);
  if (before != nullptr && is_image_only(*before)) before->remove();
  node->unwrap();
}

std::string_view first_of(const Node& node, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    const std::string_view value = node.attribute(name);
    if (!value.empty() && !value.starts_with('{')) return value;
  }
  return {};
}

void set(Document& document, Node& node, std::string_view name, std::string_view value) {
  for (Attribute& each : node.attributes) {
    if (each.name == name) {
      each.value = value;
      return;
    }
  }
  const auto grown = document.make_attributes(node.attributes.size() + 1);
  std::ranges::copy(node.attributes, grown.begin());
  grown.back() = {name, value};
  node.attributes = grown;
}

/// Gives a picture the address that a script would have given it.
void wake_image(Document& document, Node& node) {
  const std::string_view source = node.attribute("src");
  const std::string_view lazy = first_of(node, lazy_sources);
  if (!lazy.empty() && (source.empty() || source.starts_with("data:") || source.find("lazy") != source.npos ||
                        source.find("placeholder") != source.npos || source.find("blank") != source.npos)) {
    set(document, node, "src", lazy);
  }
  const std::string_view lazy_set = first_of(node, lazy_sets);
  if (!lazy_set.empty() && node.attribute("srcset").empty()) set(document, node, "srcset", lazy_set);
}

Node* next_after_space(Node* node) {
  while (node != nullptr && node->is_text() && is_blank(*node)) node = node->next;
  return node;
}

/// Two or more <br> in a row end a paragraph: what follows, up to the next such row, becomes one.
void break_paragraph(Document& document, Node* first_break) {
  bool several = false;
  Node* next = first_break->next;
  for (Node* found = next_after_space(next); found != nullptr && found->is("br"); found = next_after_space(next)) {
    several = true;
    next = found->next;
    found->remove();
  }
  if (!several) return;
  Node* paragraph = document.make_element("p");
  first_break->replace_with(paragraph);
  while (next != nullptr) {
    if (next->is("br")) {
      const Node* after = next_after_space(next->next);
      if (after != nullptr && after->is("br")) break;
    }
    if (!is_phrasing(*next)) break;
    Node* sibling = next->next;
    next->remove();
    paragraph->append(next);
    next = sibling;
  }
  while (paragraph->last != nullptr && (paragraph->last->is("br") || is_blank(*paragraph->last)) &&
         paragraph->last->first == nullptr && !paragraph->last->is("img")) {
    paragraph->last->remove();
  }
  if (paragraph->parent->is("p")) paragraph->parent->name = "div";
}

void drop_unseen(Document& document) {
  for (Node* node = document.root(); node != nullptr;) {
    const bool unseen =
        !node->is_text() && node != document.root() && (lists(silent, node->name) || !is_visible(*node));
    Node* next = following(node, document.root(), !unseen && !node->is("noscript"));
    if (unseen) {
      node->remove();
    } else if (node->is("noscript")) {
      Node* inner = node->first;
      open_noscript(node);
      if (inner != nullptr && inner->parent != nullptr && inner->parent != node) next = inner;
    } else if (node->is("img")) {
      wake_image(document, *node);
    } else if (node->is("font")) {
      node->name = "span";
    }
    node = next;
  }
}

/// React sends what it renders late in hidden boxes of this name, which a script then puts in their place.
bool is_streamed(const Node& node) {
  return node.is("div") && node.attribute("id").starts_with("S:");
}

}  // namespace

bool is_visible(const Node& node) {
  if (node.attributes.empty()) return true;
  const std::string_view style = node.attribute("style");
  if (!style.empty() && style_hides(style)) return false;
  if (node.has("hidden") && !is_streamed(node)) return false;
  const bool fallback = node.attribute("class").find("fallback-image") != std::string_view::npos;
  return node.attribute("aria-hidden") != "true" || fallback;
}

void prepare_page(Document& document) {
  replace_embeds(document);
  replace_formulas(document);
  drop_unseen(document);
  Node* body = document.part("body");
  if (body == nullptr) return;
  for (Node* node = body; node != nullptr;) {
    Node* next = following(node, body);
    if (node->is("br")) {
      Node* parent = node->parent;
      Node* before = node->previous;
      break_paragraph(document, node);
      Node* here = before == nullptr ? parent->first : before->next;
      next = here == nullptr ? following(parent, body, false) : following(here, body, !here->is("br"));
    }
    node = next;
  }
}

}  // namespace skypod::reader
