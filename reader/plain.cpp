#include "reader/plain.hpp"

#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"

namespace skypod::reader {
namespace {

constexpr auto blocks = std::to_array<std::string_view>(
    {"address", "article", "aside", "blockquote", "body",       "caption", "center", "dd",   "details", "dir",
     "div",     "dl",      "dt",    "fieldset",   "figcaption", "figure",  "footer", "form", "h1",      "h2",
     "h3",      "h4",      "h5",    "h6",         "header",     "hgroup",  "hr",     "html", "legend",  "li",
     "main",    "menu",    "nav",   "ol",         "optgroup",   "option",  "p",      "pre",  "section", "summary",
     "table",   "tbody",   "td",    "tfoot",      "th",         "thead",   "tr",     "ul"});
static_assert(std::ranges::is_sorted(blocks));

bool is_silent(const Node& node) {
  return node.marked || node.is("script") || node.is("style") || node.is("head") || node.is("template") ||
         node.is("noscript");
}

/// Collects words and the breaks that are due before the next one.
class Lines {
 public:
  void text(std::string_view text) {
    while (!text.empty()) {
      const std::size_t gap = std::min(text.find_first_of(" \t\r\n\f"), text.size());
      if (gap > 0) word(text.substr(0, gap));
      if (gap < text.size()) space_ = true;
      text.remove_prefix(std::min(gap + 1, text.size()));
    }
  }

  void line_end(int count) { breaks_ = std::max(breaks_, count); }

  std::string take() { return std::move(out_); }

 private:
  void word(std::string_view word) {
    if (!out_.empty() && breaks_ > 0) {
      out_.append(static_cast<std::size_t>(breaks_), '\n');
    } else if (!out_.empty() && space_) {
      out_ += ' ';
    }
    breaks_ = 0;
    space_ = false;
    out_ += word;
  }

  std::string out_;
  int breaks_ = 0;
  bool space_ = false;
};

int breaks_around(std::string_view name) {
  constexpr auto close = std::to_array<std::string_view>({"dd", "dt", "li", "td", "th", "tr"});
  if (name == "br" || std::ranges::find(close, name) != close.end()) return 1;
  return is_block(name) ? 2 : 0;
}

}  // namespace

bool is_block(std::string_view name) {
  return std::ranges::binary_search(blocks, name);
}

std::string plain_text_of(const Node& root) {
  Lines lines;
  const Node* node = &root;
  while (node != nullptr) {
    const bool silent = is_silent(*node);
    if (node->is_text()) {
      lines.text(node->text);
    } else {
      lines.line_end(breaks_around(node->name));
    }
    const Node* next = following(node, &root, !silent);
    // Everything that `next` is not inside of ends here.
    for (const Node* left = node; left != nullptr && left != &root && (next == nullptr || left != next->parent);
         left = left->parent) {
      if (!left->is_text()) lines.line_end(breaks_around(left->name));
    }
    node = next;
  }
  return lines.take();
}

}  // namespace skypod::reader
