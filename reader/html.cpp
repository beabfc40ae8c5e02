#include "reader/html.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "core/feed/html_text.hpp"

namespace skypod::reader {
namespace {

// Elements that hold nothing, or whose end tag is usually left out: they do not make a page deep.
constexpr std::array<std::string_view, 33> shallow{
    "area", "base", "body", "br",     "col",   "colgroup", "dd",    "dt",       "embed",  "frame", "head",
    "hr",   "html", "img",  "input",  "link",  "li",       "meta",  "optgroup", "option", "p",     "param",
    "rb",   "rp",   "rt",   "source", "tbody", "td",       "tfoot", "th",       "thead",  "tr",    "wbr"};
constexpr std::array<std::string_view, 8> raw_text{"script", "style",  "textarea", "title",
                                                   "xmp",    "iframe", "noembed",  "noframes"};

bool is_letter(char octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

/// Elements that an end tag does not reach beyond (HTML 13.2.4.2, "scope").
bool is_boundary(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>({"applet", "marquee", "object", "table", "template"});
  return std::ranges::find(names, name) != names.end();
}

/// Cells and rows end what is open in the cell before them.
bool is_table_part(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"});
  return std::ranges::find(names, name) != names.end();
}

/// Finds where a page becomes too deep, or a tag too long, before the parser has to suffer it: its time grows with the
/// square of both. Follows what is open as the parser does, but never believes that less is open than is.
class Guard {
 public:
  explicit Guard(std::string_view html) : html_(html) {}

  std::size_t safe_octets() {
    while ((at_ = html_.find('<', at_)) != std::string_view::npos && at_ + 2 < html_.size()) {
      const std::size_t tag = at_++;
      if (html_[at_] == '!') {
        skip_comment();
      } else if (html_[at_] == '/' && is_letter(html_[at_ + 1])) {
        ++at_;
        close(read_name());
      } else if (is_letter(html_[at_]) && !open()) {
        return tag;
      }
    }
    return html_.size();
  }

 private:
  std::string read_name() {
    const std::size_t end = std::min(html_.find_first_of(" \t\r\n\f/>", at_), html_.size());
    const std::string name = feed::to_lower(html_.substr(at_, std::min<std::size_t>(end - at_, 32)));
    at_ = end;
    return name;
  }

  void skip_comment() {
    if (!html_.substr(at_).starts_with("!--")) return;
    const std::size_t end = html_.find("-->", at_);
    at_ = end == std::string_view::npos ? html_.size() : end;
  }

  bool open() {
    const std::string name = read_name();
    if (!skip_attributes()) return false;
    if (std::ranges::find(raw_text, name) != raw_text.end()) {
      skip_raw(name);
    } else if (is_table_part(name)) {
      close_cell();
    } else if (std::ranges::find(shallow, name) == shallow.end()) {
      ++count_[name];
      open_.push_back(name);
    }
    return open_.size() <= html_depth_max;
  }

  /// Goes to the end of the tag; false if there are too many attributes.
  bool skip_attributes() {
    std::size_t count = 0;
    char quote = 0;
    char before = ' ';
    for (; at_ < html_.size() && (quote != 0 || html_[at_] != '>'); ++at_) {
      const char octet = html_[at_];
      const bool space = static_cast<unsigned char>(octet) <= 0x20 || octet == '/';
      if (quote != 0) {
        quote = octet == quote ? '\0' : quote;
      } else if ((octet == '"' || octet == '\'') && before == '=') {
        quote = octet;
      } else if (space && ++count > html_attributes_max) {
        return false;
      }
      if (!space) before = octet;
    }
    return true;
  }

  void skip_raw(const std::string& name) {
    for (at_ = html_.find("</", at_); at_ < html_.size(); at_ = html_.find("</", at_ + 1)) {
      if (feed::to_lower(html_.substr(at_ + 2, name.size())) == name) return;
    }
    at_ = html_.size();
  }

  void close(const std::string& name) {
    if (is_table_part(name)) return close_cell();
    const auto known = count_.find(name);
    if (known == count_.end() || known->second == 0) return;
    for (std::size_t i = open_.size(); i > 0; --i) {
      if (open_[i - 1] == name) return pop_to(i - 1);
      if (is_boundary(open_[i - 1]) && !is_boundary(name)) return;
    }
  }

  void close_cell() {
    for (std::size_t i = open_.size(); i > 0; --i) {
      if (open_[i - 1] == "table") return pop_to(i);
    }
  }

  void pop_to(std::size_t size) {
    for (; open_.size() > size; open_.pop_back()) --count_[open_.back()];
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::map<std::string, std::size_t> count_;  // of open_, by name
};

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

std::string_view bounded(std::string_view html) {
  html = utf8_prefix(html, html_octets_max);
  return html.substr(0, Guard(html).safe_octets());
}

}  // namespace

std::unique_ptr<Document> parse_page(std::string_view html) {
  return parse(bounded(html));
}

std::unique_ptr<Document> parse_fragment(std::string_view html) {
  // A <body> that is there already cannot be turned into a <frameset> by what follows.
  std::string page = "<!DOCTYPE html><html><head></head><body>";
  page += bounded(html);
  return parse(page);
}

}  // namespace skypod::reader
