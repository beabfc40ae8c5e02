#include "server/proxy/fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace skypod::server {
namespace {

constexpr std::int64_t seconds_max = std::int64_t{1} << 31;  // RFC 9111 section 1.2.2

std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string plain;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    plain += value[i];
  }
  return plain;
}

std::int64_t number_of(std::string_view text) {
  const bool is_number = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return 0;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error != std::errc() ? seconds_max : std::min(value, seconds_max);
}

/// A dictionary's key (RFC 8941 section 3.2).
bool is_key(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '*';
  });
}

/// A number, a string or a token (section 3.3), as far as it matters here.
bool is_item(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '"') return text.size() > 1 && text.back() == '"';
  return text.find_first_of(" \t\"(),;<=>?@[]{}\\") == std::string_view::npos;
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_named(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](char a, char b) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; };
    return small(a) == small(b);
  });
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
  return small;
}

std::optional<std::string> field(const HttpFields& fields, std::string_view name) {
  std::optional<std::string> joined;
  for (const auto& [field_name, value] : fields) {
    if (!is_named(field_name, name)) continue;
    joined = joined ? *joined + ", " + value : value;
  }
  return joined;
}

void remove_field(HttpFields& fields, std::string_view name) {
  std::erase_if(fields, [name](const auto& one) { return is_named(one.first, name); });
}

std::vector<std::string> list_of(std::string_view value) {
  std::vector<std::string> elements;
  std::string element;
  bool is_quoted = false;
  const auto end = [&] {
    if (const auto trimmed = trim(element); !trimmed.empty()) elements.emplace_back(trimmed);
    element.clear();
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char letter = value[i];
    if (letter == ',' && !is_quoted) {
      end();
      continue;
    }
    if (letter == '"') is_quoted = !is_quoted;
    element += letter;
    if (letter == '\\' && is_quoted && i + 1 < value.size()) element += value[++i];
  }
  end();
  return elements;
}

Directives directives_of(const HttpFields& fields) {
  Directives directives;
  for (const std::string& element : list_of(field(fields, "Cache-Control").value_or(""))) {
    const std::size_t equals = element.find('=');
    const std::string name = lower(element.substr(0, equals));
    const std::string value = equals == std::string::npos ? "" : unquoted(element.substr(equals + 1));
    const auto [place, is_new] = directives.try_emplace(name, value);
    if (!is_new && number_of(value) < number_of(place->second)) place->second = value;
  }
  return directives;
}

std::optional<Directives> targeted_directives_of(const HttpFields& fields) {
  const auto value = field(fields, "CDN-Cache-Control");
  if (!value) return std::nullopt;
  Directives directives;
  for (const std::string& element : list_of(*value)) {
    const std::size_t equals = element.find('=');
    const std::string name = element.substr(0, equals);
    const std::string text =
        equals == std::string::npos ? "" : element.substr(equals + 1, element.find(';') - equals - 1);
    if (!is_key(name) || (equals != std::string::npos && !is_item(text))) return std::nullopt;
    const bool is_number = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (name.ends_with("max-age") && (text.empty() || !is_number)) return std::nullopt;
    directives[name] = unquoted(text);
  }
  return directives.empty() ? std::nullopt : std::optional(directives);
}

std::optional<std::int64_t> seconds_of(const Directives& directives, std::string_view name) {
  const auto found = directives.find(name);
  return found == directives.end() ? std::nullopt : std::optional(number_of(found->second));
}

bool is_same_tag(std::string_view one, std::string_view other) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  return opaque(trim(one)) == opaque(trim(other));
}

std::optional<std::size_t> content_length(const HttpFields& fields) {
  const std::string text = field(fields, "Content-Length").value_or("");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(length) : std::nullopt;
}

HttpFields end_to_end(const HttpFields& fields) {
  std::vector<std::string> hop_by_hop{"connection",
                                      "keep-alive",
                                      "proxy-authenticate",
                                      "proxy-authorization",
                                      "proxy-authentication-info",
                                      "proxy-connection",
                                      "te",
                                      "trailer",
                                      "transfer-encoding",
                                      "upgrade"};
  for (const std::string& name : list_of(field(fields, "Connection").value_or(""))) hop_by_hop.push_back(lower(name));
  HttpFields kept;
  for (const auto& one : fields) {
    if (std::ranges::find(hop_by_hop, lower(one.first)) == hop_by_hop.end()) kept.push_back(one);
  }
  return kept;
}

}  // namespace skypod::server
