#include "reader/html_guard.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "core/feed/html_text.hpp"
#include "reader/html.hpp"

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

}  // namespace

std::size_t safe_octets(std::string_view html) {
  return Guard(html).safe_octets();
}

}  // namespace skypod::reader
