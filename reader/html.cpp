#include "reader/html.hpp"

#include <gumbo.h>

#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "core/feed/html_text.hpp"
#include "reader/html_guard.hpp"

namespace skypod::reader {
namespace {

void* allocate(void* document, std::size_t octets) {
  return static_cast<Document*>(document)->allocate(octets);
}

void release(void*, void*) {}  // with the document

/// Turns gumbo's tree into ours, without recursion. Strings stay where gumbo put them, which is our arena.
class Conversion {
 public:
  explicit Conversion(Document& document) : document_(document) {}

  Node* convert(const GumboNode* root) {
    Node* top = element(root->v.element);
    open_.push_back({&root->v.element.children, 0, top});
    while (!open_.empty()) {
      Open& innermost = open_.back();
      if (innermost.index == innermost.children->length) {
        open_.pop_back();
      } else {
        take(static_cast<const GumboNode*>(innermost.children->data[innermost.index++]), innermost.node);
      }
    }
    return top;
  }

 private:
  struct Open {
    const GumboVector* children;
    unsigned index;
    Node* node;
  };

  void take(const GumboNode* source, Node* parent) {
    switch (source->type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_CDATA:
      case GUMBO_NODE_WHITESPACE:
        parent->append(document_.make_text(source->v.text.text));
        return;
      case GUMBO_NODE_ELEMENT: {
        Node* node = element(source->v.element);
        parent->append(node);
        open_.push_back({&source->v.element.children, 0, node});
        return;
      }
      default:  // comments; templates, whose content is no part of the page
        return;
    }
  }

  Node* element(const GumboElement& source) {
    Node* node = document_.make_element(name_of(source));
    node->space = source.tag_namespace == GUMBO_NAMESPACE_HTML  ? Space::html
                  : source.tag_namespace == GUMBO_NAMESPACE_SVG ? Space::svg
                                                                : Space::mathml;
    node->attributes = document_.make_attributes(source.attributes.length);
    for (unsigned i = 0; i < source.attributes.length; ++i) {
      const auto* attribute = static_cast<const GumboAttribute*>(source.attributes.data[i]);
      node->attributes[i] = {attribute->name, attribute->value};
    }
    return node;
  }

  std::string_view name_of(const GumboElement& source) {
    if (source.tag != GUMBO_TAG_UNKNOWN) return gumbo_normalized_tagname(source.tag);
    GumboStringPiece piece = source.original_tag;
    gumbo_tag_from_original_text(&piece);
    const std::string_view name(piece.data == nullptr ? "" : piece.data, piece.data == nullptr ? 0 : piece.length);
    return name.empty() ? "unknown" : document_.keep(feed::to_lower(name));
  }

  Document& document_;
  std::vector<Open> open_;
};

std::unique_ptr<Document> parse(std::string_view html) {
  auto document = std::make_unique<Document>();
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = release;
  options.userdata = document.get();
  options.max_errors = 0;
  const GumboOutput* output = gumbo_parse_with_options(&options, html.data(), html.size());
  document->set_root(Conversion(*document).convert(output->root));
  return document;
}

std::string bounded(std::string_view html) {
  return guarded(utf8_prefix(html, html_octets_max));
}

}  // namespace

std::unique_ptr<Document> parse_page(std::string_view html) {
  return parse(bounded(html));
}

std::unique_ptr<Document> parse_fragment(std::string_view html) {
  // A <body> that is there already cannot be turned into a <frameset> by what follows.
  return parse("<!DOCTYPE html><html><head></head><body>" + bounded(html));
}

}  // namespace skypod::reader
