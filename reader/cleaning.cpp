#include "reader/cleaning.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>
#include <vector>

#include "core/feed/html_text.hpp"
#include "reader/hints.hpp"
#include "reader/measure.hpp"

namespace skypod::reader {
namespace {

constexpr std::size_t commas_of_prose = 10;
constexpr std::size_t share_chars_max = 500;
constexpr int gutter_lines_min = 2;

constexpr auto removed = std::to_array<std::string_view>(
    {"object", "embed", "footer", "link", "aside", "iframe", "input", "textarea", "select", "button", "canvas"});
constexpr auto headings = std::to_array<std::string_view>({"h1", "h2", "h3", "h4", "h5", "h6"});
constexpr auto text_holders = std::to_array<std::string_view>(
    {"span", "li", "td", "blockquote", "dl", "div", "img", "ol", "p", "pre", "table", "ul"});
constexpr auto embeds = std::to_array<std::string_view>({"object", "embed", "iframe"});
constexpr auto pictures = std::to_array<std::string_view>({"img", "picture", "figure", "svg", "video", "audio"});

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

std::vector<Node*> all_below(Node& root, std::string_view name) {
  std::vector<Node*> found;
  for (Node* node = following(&root, &root); node != nullptr; node = following(node, &root)) {
    if (node->is(name)) found.push_back(node);
  }
  return found;
}

/// A table of data rather than of layout, by what its author took care of and by its size.
bool is_data_table(const Node& table) {
  const std::string_view role = table.attribute("role");
  if (role == "presentation" || table.attribute("datatable") == "0") return false;
  if (!table.attribute("summary").empty()) return true;
  constexpr auto careful = std::to_array<std::string_view>({"caption", "col", "colgroup", "tfoot", "thead", "th"});
  if (contains_any(table, careful)) return true;
  constexpr auto nested = std::to_array<std::string_view>({"table"});
  if (contains_any(table, nested)) return false;
  const std::size_t rows = count_below(table, "tr");
  const std::size_t columns = rows == 0 ? 0 : count_below(table, "td") / rows;
  if (rows <= 1 || columns <= 1) return false;
  return rows >= 10 || columns > 4 || rows * columns > 10;
}

bool is_inside(const Node& node, std::string_view name) {
  return ancestor(node, name, 1000) != nullptr;
}

/// Lines that stand for an advertisement or for something that is still to be loaded.
bool is_notice(const Node& node, std::size_t chars) {
  if (chars > 20) return false;
  const std::string text = feed::to_lower(text_of(node));
  constexpr auto notices = std::to_array<std::string_view>(
      {"ad",         "ads",        "advert",     "advertisement", "advertising", "anuncio", "anzeige",
       "pub",        "publicité",  "publicidad", "реклама",       "广告",        "loading", "loading…",
       "loading...", "chargement", "cargando",   "加载中",        "正在加载",    "laden",   "wird geladen"});
  return lists(notices, text);
}

/// The figures of one element, taken when they are needed.
class Judgement {
 public:
  Judgement(const Node& node, std::string_view tag, Suspicions suspicions)
      : node_(node), extent_(extent_of(node)), suspicions_(suspicions), is_list_(tag == "ul" || tag == "ol") {
    if (!is_list_) is_list_ = share_of(std::to_array<std::string_view>({"ul", "ol"})) > 0.9;
  }

  bool rejects() const {
    const int weight = suspicions_.weighed_names ? weight_of(node_) : 0;
    if (weight < 0) return true;
    if (extent_.commas >= commas_of_prose) return false;
    if (is_notice(node_, extent_.chars)) return true;
    const bool bad = looks_bad(weight);
    return bad && !(is_list_ && is_picture_list());
  }

 private:
  bool looks_bad(int weight) const {
    const std::size_t paragraphs = count_below(node_, "p");
    const std::size_t images = count_below(node_, "img");
    const auto items = static_cast<long>(count_below(node_, "li")) - 100;
    const std::size_t inputs = count_below(node_, "input");
    const bool in_figure = is_inside(node_, "figure");
    const double density = link_density(node_);
    if (!in_figure && images > 1 && static_cast<double>(paragraphs) / static_cast<double>(images) < 0.5) return true;
    if (!is_list_ && items > static_cast<long>(paragraphs)) return true;
    if (inputs > paragraphs / 3) return true;
    const bool short_text = extent_.chars < 25 && (images == 0 || images > 2) && density > 0;
    if (!is_list_ && !in_figure && share_of(headings) < 0.9 && short_text) return true;
    if (!is_list_ && weight < 25 && density > 0.2) return true;
    if (weight >= 25 && density > 0.5) return true;
    const std::size_t embedded = count_of_embeds();
    if ((embedded == 1 && extent_.chars < 75) || embedded > 1) return true;
    return images == 0 && share_of(text_holders) == 0;
  }

  /// The share of the text that stands in elements of these names.
  template <class List>
  double share_of(const List& names) const {
    if (extent_.chars == 0) return 0;
    std::size_t chars = 0;
    for (const Node* each = following(&node_, &node_); each != nullptr;) {
      const bool counts = !each->is_text() && lists(names, each->name);
      if (counts) chars += extent_of(*each).chars;
      each = following(each, &node_, !counts);
    }
    return static_cast<double>(chars) / static_cast<double>(extent_.chars);
  }

  std::size_t count_of_embeds() const {
    std::size_t count = 0;
    for (const std::string_view name : embeds) count += count_below(node_, name);
    return count;
  }

  /// One picture an item.
  bool is_picture_list() const {
    for (const Node* child = node_.first; child != nullptr; child = child->next) {
      if (!child->is_text() && child->first != child->last) return false;
    }
    return count_below(node_, "li") == count_below(node_, "img");
  }

  const Node& node_;
  Extent extent_;
  Suspicions suspicions_;
  bool is_list_;
};

bool has_data_table(const Node& node) {
  for (const Node* each = following(&node, &node); each != nullptr; each = following(each, &node)) {
    if (each->is("table") && each->marked) return true;
  }
  return false;
}

bool in_data_table(const Node& node) {
  for (const Node* table = ancestor(node, "table", 1000); table != nullptr; table = ancestor(*table, "table", 1000)) {
    if (table->marked) return true;
  }
  return false;
}

void clean_conditionally(Node& root, std::string_view tag, Suspicions suspicions) {
  if (!suspicions.conditionally) return;
  const auto nodes = all_below(root, tag);
  for (auto each = nodes.rbegin(); each != nodes.rend(); ++each) {
    Node& node = **each;
    if (node.parent == nullptr || is_inside(node, "code") || in_data_table(node)) continue;
    if (tag == "table" && node.marked) continue;
    if (has_data_table(node)) continue;
    if (Judgement(node, tag, suspicions).rejects()) node.remove();
  }
}

void remove_named(Node& root) {
  for (Node* node = following(&root, &root); node != nullptr;) {
    const bool goes = !node->is_text() && lists(removed, node->name);
    Node* next = following(node, &root, !goes);
    if (goes) node->remove();
    node = next;
  }
}

void remove_sharing(Node& content) {
  for (Node* node = following(&content, &content); node != nullptr;) {
    const bool names = !node->attributes.empty() && sounds_like_sharing(names_of(*node));
    const bool goes = names && extent_of(*node).chars < share_chars_max;
    Node* next = following(node, &content, !goes);
    if (goes) node->remove();
    node = next;
  }
}

void clean_headings(Node& content, const std::string& title) {
  for (const std::string_view name : {"h1", "h2"}) {
    for (Node* heading : all_below(content, name)) {
      if (weight_of(*heading) < 0 || similarity(feed::to_lower(title), feed::to_lower(text_of(*heading))) > 0.75)
        heading->remove();
    }
  }
  for (Node* heading : all_below(content, "h1")) heading->name = "h2";
}

void drop_empty_paragraphs(Node& content) {
  for (Node* paragraph : all_below(content, "p")) {
    if (is_blank(*paragraph) && !contains_any(*paragraph, pictures)) paragraph->remove();
  }
  for (Node* line : all_below(content, "br")) {
    const Node* next = line->next;
    while (next != nullptr && next->is_text() && is_blank(*next)) next = next->next;
    if (next != nullptr && next->is("p")) line->remove();
  }
}

Node* only_element(const Node& node, std::string_view name) {
  Node* found = nullptr;
  for (Node* child = node.first; child != nullptr; child = child->next) {
    if (child->is_text()) {
      if (!is_blank(*child)) return nullptr;
    } else if (found != nullptr || !child->is(name)) {
      return nullptr;
    } else {
      found = child;
    }
  }
  return found;
}

/// A table of one cell is a box.
void open_single_cells(Node& content) {
  for (Node* table : all_below(content, "table")) {
    Node* body = only_element(*table, "tbody");
    Node* row = only_element(body == nullptr ? *table : *body, "tr");
    Node* cell = row == nullptr ? nullptr : only_element(*row, "td");
    if (cell == nullptr) continue;
    bool line = true;
    for (const Node* child = cell->first; child != nullptr; child = child->next) line = line && is_phrasing(*child);
    cell->name = line ? "p" : "div";
    cell->remove();
    table->replace_with(cell);
  }
}

/// Numbers one after the other, one a line: the gutter of a listing.
bool is_gutter(const Node& node) {
  std::string text;
  append_text(node, text);
  int lines = 0;
  long last = 0;
  for (std::size_t at = text.find_first_not_of(" \t\r\n"); at != std::string::npos;) {
    long number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + at, end, number);
    if (error != std::errc() || number < 0 || (lines > 0 && number - last != 1)) return false;
    at = text.find_first_not_of(" \t\r\n", static_cast<std::size_t>(rest - text.data()));
    last = number;
    ++lines;
  }
  return lines >= gutter_lines_min;
}

void drop_gutters(Node& content) {
  for (Node* pre : all_below(content, "pre")) {
    if (!is_gutter(*pre)) continue;
    Node* cell = pre;
    while (cell->parent != nullptr && !cell->is("td") && is_alone(*cell)) cell = cell->parent;
    (cell->is("td") ? cell : pre)->remove();
  }
}

}  // namespace

void clean_content(Node& content, const std::string& title, Suspicions suspicions) {
  drop_gutters(content);
  for (Node* table : all_below(content, "table")) table->marked = is_data_table(*table);
  clean_conditionally(content, "form", suspicions);
  clean_conditionally(content, "fieldset", suspicions);
  remove_named(content);
  remove_sharing(content);
  clean_headings(content, title);
  clean_conditionally(content, "table", suspicions);
  clean_conditionally(content, "ul", suspicions);
  clean_conditionally(content, "div", suspicions);
  drop_empty_paragraphs(content);
  open_single_cells(content);
}

}  // namespace skypod::reader
