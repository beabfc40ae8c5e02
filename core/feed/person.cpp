#include "core/feed/person.hpp"

#include <string>

#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
         text.find_first_of(" \t@", at + 1) == text.npos && text.substr(0, at).find_first_of(" \t") == text.npos;
}

/// Splits "before(inside)" at the given brackets; false if the text does not end that way.
bool split_brackets(std::string_view text, char open, char close, std::string_view& before, std::string_view& inside) {
  const std::size_t at = text.find(open);
  if (at == std::string_view::npos || text.back() != close) return false;
  before = trim(text.substr(0, at));
  inside = trim(text.substr(at + 1, text.size() - at - 2));
  return true;
}

std::string_view without_mailto(std::string_view text) {
  return text.starts_with("mailto:") ? text.substr(7) : text;
}

}  // namespace

Person parse_person(std::string_view text) {
  const std::string collapsed = collapse_space(text);
  std::string_view before;
  std::string_view inside;
  Person person;
  const bool split =
      split_brackets(collapsed, '(', ')', before, inside) || split_brackets(collapsed, '<', '>', before, inside);
  before = without_mailto(before);
  inside = without_mailto(inside);
  if (split && is_email(before)) {
    person.email = before;
    person.name = inside;
  } else if (split && is_email(inside)) {
    person.email = inside;
    person.name = before;
  } else if (is_email(without_mailto(collapsed))) {
    person.email = without_mailto(collapsed);
  } else {
    person.name = collapsed;
  }
  return person;
}

}  // namespace skypod::feed
