#include "native/http_field.hpp"

#include <algorithm>

namespace skypod {
namespace {

bool is_space(char octet) {
  return octet == ' ' || octet == '\t';
}

bool is_token_octet(char octet) {
  const bool is_letter = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
  return is_letter || (octet >= '0' && octet <= '9') || std::string_view("!#$%&'*+-.^_`|~").contains(octet);
}

bool is_control(char octet) {
  return (static_cast<unsigned char>(octet) < 0x20 && octet != '\t') || octet == 0x7f;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_octet);
}

bool is_folded(std::string_view line) {
  return !line.empty() && is_space(line.front());
}

void blank_controls(std::string& octets, std::size_t begin) {
  std::replace_if(octets.begin() + static_cast<std::ptrdiff_t>(begin), octets.end(), is_control, ' ');
}

std::string field_value(std::string_view octets) {
  std::string value(octets);
  blank_controls(value);
  const std::size_t begin = value.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return value.substr(begin, value.find_last_not_of(" \t") - begin + 1);
}

std::optional<std::pair<std::string, std::string>> read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view name = line.substr(0, colon);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  if (!is_token(name)) return std::nullopt;
  return std::pair(std::string(name), field_value(line.substr(colon + 1)));
}

}  // namespace skypod
