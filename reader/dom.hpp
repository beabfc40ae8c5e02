// A page as a tree that can be taken apart: what the HTML parser makes, the article finder prunes and the sanitiser
// writes out. Nodes and their strings live in their document's arena: they cost no allocation each, are never freed one
// by one, and must not outlive the document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

namespace skypod::reader {

/// One attribute, its name in lower case, its value with references resolved.
struct Attribute {
  std::string_view name;
  std::string_view value;
};

/// Which language an element belongs to; everything but HTML is foreign to an article.
enum class Space : std::uint8_t { html, svg, mathml };

/// An element, or a text if `name` is empty. Children are a list without an array, so that moving one is cheap.
struct Node {
  std::string_view name;  // in lower case
  std::string_view text;  // of texts only
  std::span<Attribute> attributes;
  Node* parent = nullptr;
  Node* first = nullptr;
  Node* last = nullptr;
  Node* next = nullptr;
  Node* previous = nullptr;
  Space space = Space::html;
  bool marked = false;     // for whoever works on the tree
  std::int32_t slot = -1;  // the same: a row in a table beside the tree

  bool is_text() const { return name.empty(); }
  bool is(std::string_view tag) const { return name == tag && space == Space::html; }

  /// The value, or "" if there is none.
  std::string_view attribute(std::string_view wanted) const;
  bool has(std::string_view wanted) const;

  /// Makes `child` the last one here; it must not have a parent.
  void append(Node* child);

  /// Takes this node out of its parent, with everything below it.
  void remove();

  /// Puts `other`, which must not have a parent, where this node was.
  void replace_with(Node* other);

  /// Puts the children where this node was.
  void unwrap();
};

/// The node after `node` in document order, not leaving `root`; nullptr at the end. `enter` false skips what is below.
Node* following(const Node* node, const Node* root, bool enter = true);

/// Appends all text below a node as it stands, a line end for each <br>.
void append_text(const Node& node, std::string& out);

/// All text below a node, runs of space collapsed to one.
std::string text_of(const Node& node);

/// A tree and the memory it lives in.
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// <html>, which every document has.
  Node* root() const { return root_; }
  void set_root(Node* root) { root_ = root; }

  /// The first child of the root by that name ("head", "body"), or nullptr.
  Node* part(std::string_view name) const;

  /// Where the page's relative addresses start from: <base href>, seen from the page's own address.
  std::string base_url(std::string_view page) const;

  Node* make_element(std::string_view name);
  Node* make_text(std::string_view text);

  /// A node of this document and all below it once more, without a parent and without slots.
  Node* clone(const Node& source);
  std::string_view keep(std::string_view text);
  std::span<Attribute> make_attributes(std::size_t count);
  void* allocate(std::size_t octets);

 private:
  static constexpr std::size_t first_block_octets = 256 * 1024;

  std::pmr::monotonic_buffer_resource arena_{first_block_octets};
  Node* root_ = nullptr;
};

}  // namespace skypod::reader
