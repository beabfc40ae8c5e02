#include "reader/html_guard.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
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
constexpr std::array<std::string_view, 2> escapable{"textarea", "title"};
constexpr std::array<std::string_view, 5> silent{"style", "xmp", "iframe", "noembed", "noframes"};

bool is_space(char octet) {
  return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n' || octet == '\f';
}

bool is_letter(char octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool is_raw(std::string_view name) {
  return name == "script" || lists(silent, name) || lists(escapable, name);
}

/// Elements that an end tag does not reach beyond (HTML 13.2.4.2, "scope").
bool is_boundary(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>({"applet", "marquee", "object", "table", "template"});
  return lists(names, name);
}

/// Cells and rows end what is open in the cell before them.
bool is_table_part(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"});
  return lists(names, name);
}

/// Finds where a page becomes too deep, or a tag too long, before the parser has to suffer it: its time grows with the
/// square of both. Follows what is open as the parser does, but never believes that less is open than is; and what it
/// does not look into, the parser does not get to see.
class Guard {
 public:
  explicit Guard(std::string_view html) : html_(html) { out_.reserve(html.size()); }

  std::string take() {
    for (;;) {
      const std::size_t tag = std::min(html_.find('<', at_), html_.size());
      at_ = tag + 1;
      if (at_ >= html_.size()) return write_to(html_.size());
      if (!take_tag(tag)) return write_to(tag);
    }
  }

 private:
  char octet() const { return at_ < html_.size() ? html_[at_] : '\0'; }

  /// False if the page ends here.
  bool take_tag(std::size_t tag) {
    if (is_letter(octet())) return open(tag);
    if (octet() == '!' || octet() == '?') {
      skip_comment(tag);
    } else if (octet() == '/') {
      ++at_;
      if (is_letter(octet())) return close();
      skip_comment(tag);
    }
    return true;
  }

  // What is written. All up to written_ is, or was left out.

  std::string write_to(std::size_t end) {
    out_.append(html_.substr(written_, end - written_));
    return std::move(out_);
  }

  void replace(std::size_t begin, std::size_t end, std::string_view other) {
    out_.append(html_.substr(written_, begin - written_)).append(other);
    written_ = end;
  }

  void leave_out(std::size_t end) { replace(std::exchange(at_, end), end, ""); }

  /// Goes there, with something else for each `<`.
  void escape(std::size_t end, std::string_view written) {
    const std::size_t begin = std::exchange(at_, end);
    for (std::size_t at = html_.find('<', begin); at < end; at = html_.find('<', at + 1)) replace(at, at + 1, written);
  }

  // The tokenizer (HTML 13.2.5), as far as it matters where a tag ends.

  std::string read_name() {
    const std::size_t begin = at_;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '/' && html_[at_] != '>') ++at_;
    return feed::to_lower(html_.substr(begin, std::min<std::size_t>(at_ - begin, 32)));
  }

  /// Leaves a comment out, also one that is one by mistake; the document's type stays.
  void skip_comment(std::size_t tag) {
    const std::string_view rest = html_.substr(at_);
    const bool is_real = rest.starts_with("!--");
    std::size_t end = html_.find('>', at_);
    if (is_real && !rest.starts_with("!-->") && !rest.starts_with("!--->")) {
      end = std::min(html_.find("-->", at_ + 3), html_.find("--!>", at_ + 3));
      if (end != std::string_view::npos) end = html_.find('>', end);
    }
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
    if (is_real || feed::to_lower(rest.substr(0, 8)) != "!doctype") replace(tag, at_, "");
  }

  void skip_space() {
    while (is_space(octet())) ++at_;
  }

  /// Goes behind the end of the tag; false if there are too many attributes.
  bool skip_attributes() {
    for (std::size_t count = 0;; ++count) {
      while (is_space(octet()) || octet() == '/') ++at_;
      if (at_ >= html_.size() || octet() == '>') break;
      if (count == html_attributes_max) return false;
      skip_attribute();
    }
    at_ = std::min(at_ + 1, html_.size());
    return true;
  }

  void skip_attribute() {
    const auto in_name = [this] { return !is_space(octet()) && octet() != '/' && octet() != '>' && octet() != '='; };
    for (++at_; at_ < html_.size() && in_name();) ++at_;  // which may begin with "="
    skip_space();
    if (octet() != '=') return;
    ++at_;
    skip_space();
    if (octet() == '"' || octet() == '\'') {
      at_ = html_.find(octet(), at_ + 1);
      at_ = at_ == std::string_view::npos ? html_.size() : at_ + 1;
    } else {
      while (at_ < html_.size() && !is_space(octet()) && octet() != '>') ++at_;
    }
  }

  /// Whether a tag of this name begins at that `<` or `</`.
  bool is_tag(std::size_t at, std::string_view begin, std::string_view name) const {
    const std::string_view rest = html_.substr(at);
    if (!rest.starts_with(begin) || feed::to_lower(rest.substr(begin.size(), name.size())) != name) return false;
    const std::string_view after = rest.substr(begin.size() + name.size(), 1);
    return !after.empty() && (is_space(after[0]) || after[0] == '/' || after[0] == '>');
  }

  /// Where the end tag stands, or the page ends.
  std::size_t end_of_raw(std::string_view name) const {
    std::size_t at = html_.find("</", at_);
    while (at != std::string_view::npos && !is_tag(at, "</", name)) at = html_.find("</", at + 2);
    return std::min(at, html_.size());
  }

  /// The same for a script, which ends later if a comment in it has a script in it (13.2.5.17 to .31).
  std::size_t end_of_script() const {
    const std::size_t first = end_of_raw("script");
    if (!html_.substr(at_, first - at_).contains("<!--")) return first;
    bool in_comment = false;
    bool in_script = false;
    for (std::size_t at = at_; (at = html_.find_first_of("<-", at)) != std::string_view::npos; ++at) {
      const std::string_view rest = html_.substr(at);
      if (rest.starts_with("-->")) {
        in_comment = in_script = false;
      } else if (rest.starts_with("<!--")) {
        in_comment = true;
        ++at;  // the dashes may be those of the end as well
      } else if (is_tag(at, "</", "script")) {
        if (!in_script) return at;
        in_script = false;
      } else if (in_comment && is_tag(at, "<", "script")) {
        in_script = true;
      }
    }
    return html_.size();
  }

  // What is open.

  bool open(std::size_t tag) {
    const std::string name = read_name();
    const std::size_t attributes = at_;
    if (!skip_attributes()) return false;
    if (is_raw(name)) {
      take_raw(name, tag, html_.substr(attributes, at_ - attributes));
    } else if (is_table_part(name)) {
      close_cell();
    } else if (!lists(shallow, name)) {
      ++count_[name];
      open_.push_back(name);
    }
    return open_.size() <= html_depth_max;
  }

  /// Takes what no tag can be in, up to the end tag.
  void take_raw(std::string_view name, std::size_t tag, std::string_view attributes) {
    if (attributes.ends_with("/>") && (is_open("svg") || is_open("math")))
      return replace(tag, at_, "");  // and is empty
    if (name != "script") {
      lists(silent, name) ? leave_out(end_of_raw(name)) : escape(end_of_raw(name), "&lt;");
    } else {
      const bool is_json = feed::to_lower(attributes).contains("json");
      is_json ? escape(end_of_script(), "\\u003c") : leave_out(end_of_script());
    }
  }

  bool is_open(const std::string& name) const {
    const auto known = count_.find(name);
    return known != count_.end() && known->second > 0;
  }

  bool close() {
    const std::string name = read_name();
    if (!skip_attributes()) return false;
    if (is_table_part(name)) {
      close_cell();
    } else if (is_open(name)) {
      close_named(name);
    }
    return true;
  }

  void close_named(const std::string& name) {
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
  std::size_t written_ = 0;
  std::string out_;
  std::vector<std::string> open_;
  std::map<std::string, std::size_t> count_;  // of open_, by name
};

}  // namespace

std::string guarded(std::string_view html) {
  return Guard(html).take();
}

}  // namespace skypod::reader
