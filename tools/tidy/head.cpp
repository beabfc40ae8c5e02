#include "tools/tidy/head.hpp"

#include <algorithm>
#include <array>

#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

constexpr std::array<std::string_view, 4> type_words = {"class", "struct", "union", "enum"};
constexpr std::array<std::string_view, 6> typescript_scopes = {"class",     "interface", "enum",
                                                               "namespace", "module",    "type"};
constexpr std::array<std::string_view, 6> control_words = {"if", "for", "while", "switch", "catch", "with"};
constexpr std::array<std::string_view, 7> body_suffixes = {"const",    "volatile", "override", "final",
                                                           "noexcept", "mutable",  "try"};
constexpr std::array<std::string_view, 6> not_names = {"requires", "decltype", "noexcept",
                                                       "alignas",  "explicit", "__attribute__"};

bool holds(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::string_view first_word(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_word) - text.begin();
  return text.substr(0, static_cast<std::size_t>(end));
}

/// The head with what stands inside brackets left out: `f(int a) : b_{a}` becomes `f() : b_{}`.
class Skeleton {
 public:
  Skeleton(std::string_view head, bool angles) : head_(head), angles_(angles) {
    while (at_ < head_.size()) {
      step();
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void step() {
    const char next = head_[at_];
    const std::string_view two = head_.substr(at_, 2);
    if (angles_ && find_word(head_.substr(at_), "operator") == 0) {
      operator_name();
    } else if (two == "->" || two == "=>" || two == ">=" || two == "<=") {
      add(two);
    } else if (opens(next)) {
      depth_ += 1;
      add_bracket(next, depth_ == 1);
    } else if (closes(next)) {
      depth_ -= depth_ > 0 ? 1 : 0;
      add_bracket(next, depth_ == 0);
    } else {
      add(head_.substr(at_, 1));
    }
  }

  bool opens(char c) const { return c == '(' || c == '[' || c == '{' || (angles_ && c == '<'); }
  bool closes(char c) const { return c == ')' || c == ']' || c == '}' || (angles_ && c == '>'); }

  void add(std::string_view text) {
    out_ += depth_ == 0 ? text : "";
    at_ += text.size();
  }

  void add_bracket(char bracket, bool shown) {
    const bool angle = bracket == '<' || bracket == '>';
    if (shown && !angle) {
      out_ += bracket;
    }
    ++at_;
  }

  /// `operator<`, `operator()` and their like: symbols that would pass for brackets become part of the name.
  void operator_name() {
    add("operator");
    const bool call = head_.substr(at_).starts_with("()");
    at_ += call ? 2 : 0;
    while (at_ < head_.size() && !is_word(head_[at_]) && !is_space(head_[at_]) && head_[at_] != '(') {
      ++at_;
    }
  }

  std::string_view head_;
  bool angles_;
  int depth_ = 0;
  std::size_t at_ = 0;
  std::string out_;
};

std::string skeleton_of(std::string_view head, bool angles) {
  return Skeleton(head, angles).take();
}

/// Cuts `template <...>` and `[[...]]` off the front.
std::string_view without_prefixes(std::string_view head) {
  for (;;) {
    head = trim(head);
    const bool is_template = first_word(head) == "template";
    const std::size_t open = is_template ? head.find('<') : head.starts_with("[[") ? 0 : std::string_view::npos;
    if (open == std::string_view::npos) {
      return head;
    }
    int depth = 0;
    std::size_t at = open;
    do {
      depth += head[at] == '<' || head[at] == '[' ? 1 : 0;
      depth -= head[at] == '>' || head[at] == ']' ? 1 : 0;
      ++at;
    } while (depth > 0 && at < head.size());
    head.remove_prefix(at);
  }
}

bool is_cpp_scope(std::string_view head) {
  const bool linkage = first_word(head) == "extern" && head.ends_with('"');
  const bool constrained = first_word(head) == "requires" && std::ranges::any_of(type_words, [&](auto word) {
                             return find_word(head, word) != std::string_view::npos;
                           });
  const bool type = (constrained || holds(type_words, first_word(head))) && !head.ends_with(')');
  return linkage || type || find_word(head, "namespace") != std::string_view::npos || head.empty();
}

/// A capture list right before the brace, or before the parameters in front of it.
bool is_lambda(std::string_view head) {
  const std::string bones = skeleton_of(head, true);
  const std::size_t capture = bones.rfind("[]");
  if (capture == std::string::npos) {
    return false;
  }
  const std::string_view before = trim(std::string_view(bones).substr(0, capture));
  const std::string_view after = trim(std::string_view(bones).substr(capture + 2));
  const bool indexes =
      !before.empty() && (is_word(before.back()) || before.back() == ')') && !before.ends_with("return");
  return !indexes && (after.empty() || after.starts_with('(') || after.starts_with("mutable"));
}

/// The part of a head that is still inside an open bracket, or all of it.
std::string_view innermost(std::string_view head) {
  int depth = 0;
  for (std::size_t at = head.size(); at > 0; --at) {
    const char letter = head[at - 1];
    depth += letter == ')' || letter == ']' || letter == '}' ? 1 : 0;
    depth -= letter == '(' || letter == '[' || letter == '{' ? 1 : 0;
    if (depth < 0) {
      return head.substr(at);
    }
  }
  return head;
}

/// Takes `const`, `noexcept(...)`, `&` and the like off the end.
std::string_view without_suffixes(std::string_view bones) {
  for (;;) {
    bones = trim(bones);
    const std::string_view word = word_before(bones, bones.size());
    const bool conditional = bones.ends_with("noexcept()");
    if (!conditional && !holds(body_suffixes, word) && !bones.ends_with('&')) {
      return bones;
    }
    bones.remove_suffix(conditional ? 10 : word.empty() ? 1 : word.size());
  }
}

/// Where the initialisers of a constructor begin: a single colon after the parameters; npos if there are none.
std::size_t initialisers_of(std::string_view bones) {
  for (std::size_t at = bones.find(')'); at < bones.size(); ++at) {
    const bool twin = bones.substr(at, 2) == "::" || (at > 0 && bones[at - 1] == ':');
    if (bones[at] == ':' && !twin) {
      return at;
    }
  }
  return std::string_view::npos;
}

bool is_cpp_body(std::string_view bones) {
  if (initialisers_of(bones) != std::string_view::npos) {
    return bones.ends_with(')') || bones.ends_with('}') || bones.ends_with("...");
  }
  const std::size_t requirement = find_word(bones, "requires");
  if (requirement != std::string_view::npos) {
    if (bones.ends_with("requires") || bones.ends_with("requires()") || bones.ends_with("requires ()")) {
      return false;
    }
    const bool trails = bones.substr(0, requirement).find(')') != std::string_view::npos;
    return trails || without_suffixes(bones).ends_with(')');
  }
  const std::size_t result = bones.find("->");
  return without_suffixes(bones.substr(0, result)).ends_with(')');
}

/// The text between the first parentheses of a GoogleTest macro, as `Suite.Case`.
std::string test_name(std::string_view head) {
  const std::size_t open = head.find('(');
  std::string name;
  for (const char letter : head.substr(open + 1, head.rfind(')') - open - 1)) {
    name += letter == ',' ? "." : is_space(letter) ? "" : std::string(1, letter);
  }
  return name;
}

std::string cpp_name(std::string_view head, std::string_view bones) {
  const std::string_view macro = first_word(head);
  if (macro == "TEST" || macro == "TEST_F" || macro == "TEST_P" || macro == "TYPED_TEST") {
    return test_name(head);
  }
  for (std::size_t open = bones.find('('); open != std::string_view::npos; open = bones.find('(', open + 1)) {
    const std::size_t end = trim(bones.substr(0, open)).size();
    std::size_t begin = end;
    while (begin > 0 && (is_word(bones[begin - 1]) || bones[begin - 1] == ':' || bones[begin - 1] == '~')) {
      --begin;
    }
    const std::string_view name = bones.substr(begin, end - begin);
    if (!name.empty() && !holds(not_names, name)) {
      return std::string(name);
    }
  }
  return "lambda";
}

/// The variable that a lambda or an arrow function is assigned to; empty if it is not.
std::string assigned_name(std::string_view bones) {
  std::size_t sign = bones.find('=');
  while (sign != std::string_view::npos && bones.substr(sign, 2) == "=>") {
    sign = bones.find('=', sign + 2);
  }
  if (sign == std::string_view::npos) {
    return {};
  }
  std::string_view left = trim(bones.substr(0, sign));
  const std::size_t type = left.find(':');
  left = trim(left.substr(0, type));
  return std::string(word_before(left, left.size()));
}

Opening arrow(std::string_view head, std::string_view bones) {
  const std::string callee(first_word(head));
  if (callee == "describe" || callee == "suite") {
    return {Opens::scope};
  }
  const std::string name = assigned_name(bones);
  return {Opens::function, !name.empty() ? name : callee.empty() ? "lambda" : callee + ":callback"};
}

/// What follows the last parentheses: nothing, or perhaps `: Type`.
std::string_view after_parameters(std::string_view bones) {
  return trim(bones.substr(bones.rfind(')') + 1));
}

/// `f(): {` or `f(): Promise<{`: the brace belongs to the type of the result, and the body is still to come.
bool is_result_type(std::string_view bones) {
  const std::string_view after = after_parameters(bones);
  const bool unfinished = !after.empty() && std::string_view(":<|&,").find(after.back()) != std::string_view::npos;
  return bones.find(')') != std::string_view::npos && after.starts_with(':') && unfinished;
}

/// The name before the parameters that end right before the brace or before `: Type`.
std::string_view typescript_callee(std::string_view bones) {
  const std::string_view after = after_parameters(bones);
  const bool typed = after.starts_with(':') && after.find('=') == std::string_view::npos;
  if (bones.find("()") == std::string_view::npos || (!after.empty() && !typed)) {
    return {};
  }
  std::string_view before = trim(bones.substr(0, bones.rfind("()")));
  if (before.ends_with('>')) {  // type parameters
    before = trim(before.substr(0, before.find('<')));
  }
  return word_before(before, before.size());
}

}  // namespace

std::size_t matching_open(std::string_view code, std::size_t close) {
  int depth = 0;
  for (std::size_t at = close + 1; at > 0; --at) {
    const char letter = code[at - 1];
    depth += letter == ')' || letter == ']' || letter == '}' ? 1 : 0;
    depth -= letter == '(' || letter == '[' || letter == '{' ? 1 : 0;
    if (depth == 0) {
      return at - 1;
    }
  }
  return std::string_view::npos;
}

Opening judge_cpp_head(std::string_view head, bool nested) {
  head = without_prefixes(head);
  if (nested) {
    return is_lambda(innermost(head)) ? Opening{Opens::function, "lambda"} : Opening{Opens::expression};
  }
  if (is_cpp_scope(head)) {
    return {Opens::scope};
  }
  const std::string bones(trim(skeleton_of(head, true)));
  const std::size_t sign = find_word(bones, "operator") == std::string::npos ? bones.find('=') : std::string::npos;
  if (sign != std::string::npos) {
    const bool lambda = is_lambda(bones.substr(sign + 1));
    return lambda ? Opening{Opens::function, assigned_name(bones)} : Opening{Opens::expression};
  }
  return is_cpp_body(bones) ? Opening{Opens::function, cpp_name(head, bones)} : Opening{Opens::expression};
}

Opening judge_typescript_head(std::string_view head, bool nested) {
  head = trim(head);
  const std::string bones(trim(skeleton_of(head, false)));
  if (head.ends_with("=>")) {
    return arrow(head, bones);
  }
  const std::string_view inner = trim(innermost(head));
  if (nested && find_word(inner, "function") == std::string_view::npos) {
    return {Opens::expression};
  }
  const std::string inner_bones(trim(skeleton_of(inner, false)));
  for (const std::string_view word : typescript_scopes) {
    if (find_word(inner_bones, word) != std::string::npos && !inner_bones.ends_with(')')) {
      return {Opens::scope};
    }
  }
  if (is_result_type(inner_bones)) {
    return {Opens::expression};
  }
  const std::string_view callee = typescript_callee(inner_bones);
  if (callee.empty() || holds(control_words, callee)) {
    return {Opens::scope};
  }
  return {Opens::function, callee == "function" ? "lambda" : std::string(callee)};
}

}  // namespace skypod::tidy
