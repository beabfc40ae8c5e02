#include "reader/dom.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"

namespace skypod::reader {

std::string_view Node::attribute(std::string_view wanted) const {
  for (const Attribute& each : attributes) {
    if (each.name == wanted) return each.value;
  }
  return {};
}

bool Node::has(std::string_view wanted) const {
  return std::ranges::find(attributes, wanted, &Attribute::name) != attributes.end();
}

void Node::append(Node* child) {
  child->parent = this;
  child->previous = last;
  child->next = nullptr;
  (last == nullptr ? first : last->next) = child;
  last = child;
}

void Node::remove() {
  if (parent == nullptr) return;
  (previous == nullptr ? parent->first : previous->next) = next;
  (next == nullptr ? parent->last : next->previous) = previous;
  parent = next = previous = nullptr;
}

void Node::replace_with(Node* other) {
  other->parent = parent;
  other->previous = previous;
  other->next = next;
  (previous == nullptr ? parent->first : previous->next) = other;
  (next == nullptr ? parent->last : next->previous) = other;
  parent = next = previous = nullptr;
}

void Node::unwrap() {
  if (first == nullptr) return remove();
  for (Node* child = first; child != nullptr; child = child->next) child->parent = parent;
  first->previous = previous;
  last->next = next;
  (previous == nullptr ? parent->first : previous->next) = first;
  (next == nullptr ? parent->last : next->previous) = last;
  parent = first = last = next = previous = nullptr;
}

Node* following(const Node* node, const Node* root, bool enter) {
  if (enter && node->first != nullptr) return node->first;
  while (node != root && node->next == nullptr) node = node->parent;
  return node == root ? nullptr : node->next;
}

void append_text(const Node& node, std::string& out) {
  for (const Node* each = &node; each != nullptr; each = following(each, &node)) {
    if (each->is_text()) out += each->text;
    if (each->is("br")) out += '\n';
  }
}

std::string text_of(const Node& node) {
  std::string text;
  append_text(node, text);
  return feed::collapse_space(text);
}

Node* Document::part(std::string_view name) const {
  for (Node* child = root_ == nullptr ? nullptr : root_->first; child != nullptr; child = child->next) {
    if (child->is(name)) return child;
  }
  return nullptr;
}

std::string Document::base_url(std::string_view page) const {
  for (const Node* node = root_; node != nullptr; node = following(node, root_)) {
    if (!node->is("base") || node->attribute("href").empty()) continue;
    const std::string base = feed::resolve_url(page, node->attribute("href"));
    return base.empty() ? std::string(page) : base;
  }
  return std::string(page);
}

void* Document::allocate(std::size_t octets) {
  return arena_.allocate(octets, alignof(std::max_align_t));
}

Node* Document::make_element(std::string_view name) {
  Node* node = new (arena_.allocate(sizeof(Node), alignof(Node))) Node;
  node->name = name;
  return node;
}

Node* Document::make_text(std::string_view text) {
  Node* node = make_element({});
  node->text = text;
  return node;
}

Node* Document::clone(const Node& source) {
  const auto copy_of = [&](const Node& node) {
    Node* copy = make_element(node.name);
    *copy = node;
    copy->parent = copy->next = copy->previous = copy->first = copy->last = nullptr;
    copy->slot = -1;
    return copy;
  };
  Node* top = copy_of(source);
  std::vector<std::pair<const Node*, Node*>> open{{source.first, top}};
  while (!open.empty()) {
    auto& [from, to] = open.back();
    if (from == nullptr) {
      open.pop_back();
      continue;
    }
    Node* copy = copy_of(*from);
    to->append(copy);
    const Node* child = from->first;
    from = from->next;
    if (child != nullptr) open.emplace_back(child, copy);
  }
  return top;
}

std::string_view Document::keep(std::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(arena_.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

std::span<Attribute> Document::make_attributes(std::size_t count) {
  if (count == 0) return {};
  auto* first = static_cast<Attribute*>(arena_.allocate(count * sizeof(Attribute), alignof(Attribute)));
  std::uninitialized_default_construct_n(first, count);
  return {first, count};
}

}  // namespace skypod::reader
