#include "tools/tidy/source.hpp"

#include <algorithm>
#include <array>

#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

enum class Kind : char { code, comment, literal };

constexpr std::array<std::string_view, 5> raw_prefixes = {"R", "LR", "uR", "UR", "u8R"};

/// Words after which a slash begins a regular expression, not a division.
constexpr std::array<std::string_view, 7> before_regex = {"return", "typeof", "case", "of", "in", "await", "yield"};

class Scanner {
 public:
  Scanner(std::string_view text, Language language)
      : text_(text), typescript_(language == Language::typescript), kinds_(text.size(), Kind::code) {}

  Source scan() {
    while (at_ < text_.size()) {
      step();
    }
    return {view(Kind::comment, Kind::literal), view(Kind::comment, Kind::comment), view(Kind::literal, Kind::literal)};
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char next = peek();
    if (next == '/' && peek(1) == '/') {
      mark(Kind::comment, at_, std::min(text_.find('\n', at_), text_.size()));
    } else if (next == '/' && peek(1) == '*') {
      block_comment();
    } else if (is_word(next)) {
      word();
    } else if (next == '"' || next == '\'') {
      quoted(next);
    } else if (typescript_ && next == '`') {
      mark_inside(at_, template_end(at_));
    } else if (typescript_ && next == '/' && regex_may_begin()) {
      regex();
    } else {
      ++at_;
    }
  }

  void block_comment() {
    const std::size_t close = text_.find("*/", at_ + 2);
    mark(Kind::comment, at_, close == std::string_view::npos ? text_.size() : close + 2);
  }

  /// A name or a number; a raw string hangs on its prefix, and 1'000 is one number.
  void word() {
    const std::size_t begin = at_;
    const bool number = text_[at_] >= '0' && text_[at_] <= '9';
    while (is_word(peek()) || (number && !typescript_ && peek() == '\'' && is_word(peek(1)))) {
      ++at_;
    }
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (!typescript_ && peek() == '"' && std::ranges::find(raw_prefixes, name) != raw_prefixes.end()) {
      raw_string();
    }
  }

  void raw_string() {
    const std::size_t open = std::min(text_.find('(', at_), text_.size());
    const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const std::size_t end = text_.find(close, open);
    mark_inside(at_, end == std::string_view::npos ? text_.size() : end + close.size());
  }

  void quoted(char quote) {
    for (std::size_t end = at_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
      if (text_[end] == quote) {
        mark_inside(at_, end + 1);
        return;
      }
      end += text_[end] == '\\' ? 1 : 0;
    }
    ++at_;
  }

  /// One past the backtick that closes the template at `begin`; substitutions may hold further templates.
  std::size_t template_end(std::size_t begin) const {
    std::size_t at = begin + 1;
    while (at < text_.size() && text_[at] != '`') {
      if (text_[at] == '\\') {
        at += 2;
      } else if (text_.substr(at, 2) == "${") {
        at = substitution_end(at + 2);
      } else {
        ++at;
      }
    }
    return std::min(at + 1, text_.size());
  }

  std::size_t substitution_end(std::size_t at) const {
    int depth = 1;
    while (at < text_.size()) {
      if (text_[at] == '`') {
        at = template_end(at);
        continue;
      }
      depth += text_[at] == '{' ? 1 : 0;
      depth -= text_[at] == '}' ? 1 : 0;
      ++at;
      if (depth == 0) {
        break;
      }
    }
    return at;
  }

  bool regex_may_begin() const {
    const std::string_view before = trim(text_.substr(0, at_));
    if (peek(1) == '>' || before.empty()) {
      return before.empty();
    }
    const std::string_view word = word_before(before, before.size());
    if (!word.empty()) {
      return std::ranges::find(before_regex, word) != before_regex.end();
    }
    return std::string_view("(,=:[!&|?{};>+-*%^~").find(before.back()) != std::string_view::npos;
  }

  void regex() {
    bool in_class = false;
    for (std::size_t end = at_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '[' || text_[end] == ']') {
        in_class = text_[end] == '[';
      } else if (text_[end] == '/' && !in_class) {
        mark_inside(at_, end + 1);
        return;
      }
    }
    ++at_;
  }

  void mark(Kind kind, std::size_t begin, std::size_t end) {
    std::fill(kinds_.begin() + static_cast<std::ptrdiff_t>(begin), kinds_.begin() + static_cast<std::ptrdiff_t>(end),
              kind);
    at_ = end;
  }

  /// Everything but the two delimiters is literal.
  void mark_inside(std::size_t begin, std::size_t end) {
    mark(Kind::literal, begin + 1, std::max(begin + 1, end - 1));
    at_ = end;
  }

  std::string view(Kind blank, Kind blank_too) const {
    std::string out(text_);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if ((kinds_[i] == blank || kinds_[i] == blank_too) && out[i] != '\n') {
        out[i] = ' ';
      }
    }
    return out;
  }

  std::string_view text_;
  bool typescript_;
  std::vector<Kind> kinds_;
  std::size_t at_ = 0;
};

}  // namespace

Source read_source(std::string_view text, Language language) {
  if (language == Language::other) {
    return {std::string(text), std::string(text), std::string(text)};
  }
  return Scanner(text, language).scan();
}

}  // namespace skypod::tidy
