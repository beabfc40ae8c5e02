#include "tools/tidy/functions.hpp"

#include <algorithm>
#include <utility>

#include "tools/tidy/head.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

/// Blanks preprocessor lines with their continuations; their braces need not match.
std::string without_directives(std::string code) {
  bool directive = false;
  for (std::size_t begin = 0; begin < code.size();) {
    const std::size_t end = std::min(code.find('\n', begin), code.size());
    const std::string_view line = std::string_view(code).substr(begin, end - begin);
    directive = directive || trim(line).starts_with('#');
    const bool continued = directive && line.ends_with('\\');
    if (directive) {
      std::fill(code.begin() + static_cast<std::ptrdiff_t>(begin), code.begin() + static_cast<std::ptrdiff_t>(end),
                ' ');
    }
    directive = continued;
    begin = end + 1;
  }
  return code;
}

/// One open bracket that matters, and how far its contents have been read.
struct Scope {
  Opens opens = Opens::scope;
  char closer = '}';
  bool head_goes_on = false;  // after the bracket the statement around it continues
  std::size_t head = 0;       // where the current statement within began
  int parens = 0;             // ( and [ open within
  Function function{};
};

class Walker {
 public:
  Walker(std::string code, Language language) : code_(std::move(code)), language_(language) {
    scopes_.push_back({.closer = '\0'});
  }

  std::vector<Function> walk() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      step(code_[at_]);
    }
    return std::move(found_);
  }

 private:
  Scope& top() { return scopes_.back(); }

  void step(char letter) {
    if (letter == '{') {
      open();
    } else if (letter == top().closer && (letter == '}' || top().parens == 0)) {
      close();
    } else if (letter == '(' && is_arrow_expression()) {
      open_arrow_expression();
    } else if (letter == '(' || letter == '[') {
      ++top().parens;
    } else if (letter == ')' || letter == ']') {
      top().parens -= top().parens > 0 ? 1 : 0;
    } else if (letter == ';' && top().parens == 0) {
      top().head = at_ + 1;
    }
  }

  std::string_view head() {
    skip_labels();
    return std::string_view(code_).substr(top().head, at_ - top().head);
  }

  /// Moves the head past blanks and access specifiers.
  void skip_labels() {
    const std::string_view code(code_);
    top().head = std::min(skip_space(code, top().head), at_);
    for (const std::string_view label : {"public:", "protected:", "private:"}) {
      if (code.substr(top().head).starts_with(label)) {
        top().head += label.size();
        return skip_labels();
      }
    }
  }

  bool in_function() { return top().opens == Opens::function; }

  void open() {
    if (in_function()) {
      push({Opens::function, {}}, '}', false);
      return;
    }
    const bool nested = top().parens > 0 || (top().opens == Opens::expression && language_ == Language::cpp);
    const std::string_view text = head();
    push(language_ == Language::cpp ? judge_cpp_head(text, nested) : judge_typescript_head(text, nested), '}', nested);
  }

  /// `=> (` with what an arrow function answers, often a page of JSX.
  bool is_arrow_expression() {
    const std::string_view before = trim(std::string_view(code_).substr(0, at_));
    return language_ == Language::typescript && !in_function() && before.ends_with("=>");
  }

  void open_arrow_expression() {
    const bool nested = top().parens > 0;
    push(judge_typescript_head(head(), nested), ')', true);
  }

  void push(Opening opening, char closer, bool nested) {
    Scope scope{.opens = opening.opens, .closer = closer, .head = at_ + 1};
    scope.head_goes_on = nested || opening.opens == Opens::expression;
    if (opening.opens == Opens::function && !in_function()) {
      scope.function = {std::move(opening.name), signature_line(), 1};
    }
    scopes_.push_back(std::move(scope));
  }

  std::size_t signature_line() {
    const std::string_view text = head();
    const std::size_t close = text.rfind(')');
    const bool by_parameters = language_ == Language::typescript && close != std::string_view::npos;
    const std::size_t open = by_parameters ? matching_open(text, close) : 0;
    return line_of(code_, top().head + (open == std::string_view::npos ? 0 : open));
  }

  void close() {
    if (scopes_.size() == 1) {
      return;
    }
    Scope closed = std::move(top());
    scopes_.pop_back();
    if (closed.opens == Opens::function && !in_function()) {
      closed.function.lines = line_of(code_, at_) - closed.function.line + 1;
      found_.push_back(std::move(closed.function));
    }
    if (!closed.head_goes_on) {
      top().head = at_ + 1;
    }
  }

  std::string code_;
  Language language_;
  std::size_t at_ = 0;
  std::vector<Scope> scopes_;
  std::vector<Function> found_;
};

}  // namespace

std::vector<Function> find_functions(const Source& source, Language language) {
  if (language == Language::other) {
    return {};
  }
  const bool cpp = language == Language::cpp;
  return Walker(cpp ? without_directives(source.code) : source.code, language).walk();
}

}  // namespace skypod::tidy
