#include "reader/formulas.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "core/feed/html_text.hpp"

namespace skypod::reader {
namespace {

bool is_math(const Node& node) {
  return node.name == "math";
}

bool is_annotation(const Node& node) {
  return node.name == "annotation" || node.name == "annotation-xml";
}

/// The source that the formula carries, empty if it carries none.
std::string tex_of(const Node& math) {
  for (const Node* each = &math; each != nullptr; each = following(each, &math)) {
    if (each->name == "annotation" && each->attribute("encoding") == "application/x-tex") return text_of(*each);
  }
  return feed::collapse_space(math.attribute("alttext"));
}

/// What a line of text has between the parts of a fraction, a power or an index.
std::string_view mark_before(std::string_view parent) {
  if (parent == "mfrac") return "/";
  if (parent == "msup") return "^";
  return parent == "msub" ? "_" : "";
}

std::string symbols_of(const Node& math) {
  std::string symbols;
  for (const Node* each = &math; each != nullptr; each = following(each, &math, !is_annotation(*each))) {
    if (each->is_text()) {
      symbols += feed::collapse_space(each->text);
    } else if (each != &math && each->previous != nullptr) {
      symbols += mark_before(each->parent->name);
    }
  }
  return symbols;
}

Node* source_node(Document& document, const std::string& tex) {
  Node* code = document.make_element("code");
  code->append(document.make_text(document.keep(tex)));
  return code;
}

void replace_formula(Document& document, Node& node) {
  const std::string tex = tex_of(node);
  if (!tex.empty()) return node.replace_with(source_node(document, tex));
  node.replace_with(document.make_text(document.keep(symbols_of(node))));
}

}  // namespace

void replace_formulas(Document& document) {
  std::vector<Node*> found;
  for (Node* node = document.root(); node != nullptr;) {
    const bool formula = is_math(*node);
    if (formula) found.push_back(node);
    node = following(node, document.root(), !formula);
  }
  for (Node* node : found) replace_formula(document, *node);
}

}  // namespace skypod::reader
