#include "core/feed/privacy.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/ipv4.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/login.hpp"

namespace skypod::feed {
namespace {

constexpr std::array<std::string_view, 3> reach_names{"", "realm", "everyone"};

constexpr std::size_t key_octets_min = 6;
constexpr std::size_t random_octets_min = 24;

constexpr auto key_names = std::to_array<std::string_view>(
    {"access_token", "apikey",    "api_key",  "auth",       "auth_token", "authtoken", "credential", "hash",
     "jwt",          "key",       "password", "passwd",     "private",    "pwd",       "rss_token",  "secret",
     "sig",          "signature", "sid",      "subscriber", "tk",         "token",     "user_token", "userkey"});
constexpr auto private_parts = std::to_array<std::string_view>(
    {"private", "private-feed", "privatefeed", "premium", "members", "members-only", "subscriber", "subscribers"});

constexpr auto inside_suffixes = std::to_array<std::string_view>(
    {".localhost", ".local", ".lan", ".home", ".internal", ".intranet", ".corp", ".private", ".home.arpa"});

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

template <class Names>
bool lists(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == form.size() &&
         std::ranges::equal(text, form, [](char letter, char wanted) { return (letter == '-') == (wanted == '-'); });
}

/// Long, of letters and digits that alternate more than words and numbers do.
bool is_random(std::string_view text) {
  if (text.size() < random_octets_min || is_uuid(text)) return false;
  const auto is_token = [&](char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '-' ||
           letter == '_' || letter == '.';
  };
  std::size_t changes = 0;
  for (std::size_t i = 1; i < text.size(); ++i) changes += is_digit(text[i]) != is_digit(text[i - 1]) ? 1 : 0;
  return std::ranges::all_of(text, is_token) && changes >= text.size() / 6;
}

/// Calls `look` with each part between the separators, until it is true of one.
template <class Look>
bool any_part(std::string_view text, char separator, Look look) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (look(text.substr(0, end))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool is_key(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return is_random(parameter);
  const std::string name = to_lower(parameter.substr(0, equals));
  const std::string_view value = parameter.substr(equals + 1);
  const bool is_named = lists(key_names, name) && value.size() >= key_octets_min;
  return is_named || (!name.ends_with("id") && is_random(value));
}

/// An address taken apart; all empty where there is no "://".
struct Parts {
  std::string_view host, path, query;
};

Parts parts_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path_begin = std::min(rest.find_first_of("/?"), rest.size());
  const std::size_t query_begin = std::min(rest.find('?'), rest.size());
  Parts parts{.host = rest.substr(0, path_begin),
              .path = rest.substr(path_begin, query_begin - path_begin),
              .query = rest.substr(std::min(query_begin + 1, rest.size()))};
  parts.host.remove_prefix(parts.host.rfind('@') + 1);  // all of it where there is none
  const std::size_t bracket = parts.host.rfind(']');
  const std::size_t colon = parts.host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = parts.host.substr(0, colon);
  return parts;
}

bool has_login(std::string_view url) {
  return !take_login(url).login.empty();
}

bool is_public_v4(std::string_view host) {
  const auto address = parse_ipv4(host);
  return address && is_public_ipv4(*address);
}

/// In 2000::/3, which is all that has been given out.
bool is_public_v6(std::string_view bracketed) {
  return bracketed.size() > 5 && (bracketed[1] == '2' || bracketed[1] == '3') && bracketed.find(':') == 5;
}

/// Whether the host is an IP address to a browser, in whatever notation (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && (std::ranges::all_of(last, is_digit) || last.starts_with("0x"));
}

bool is_inside_host(std::string_view typed) {
  std::string host = to_lower(typed);
  if (host.ends_with('.')) host.pop_back();
  if (host.starts_with('[')) return !is_public_v6(host);
  if (ends_in_number(host)) return !is_public_v4(host);
  if (host.find('.') == std::string::npos) return true;
  return std::ranges::any_of(inside_suffixes, [&](std::string_view suffix) { return host.ends_with(suffix); });
}

}  // namespace

std::string_view name_of(Reach reach) {
  return reach_names[static_cast<std::size_t>(reach)];
}

std::optional<Reach> reach_named(std::string_view name) {
  const auto found = std::ranges::find(reach_names, name);
  return found == reach_names.end() ? std::nullopt : std::optional(static_cast<Reach>(found - reach_names.begin()));
}

bool looks_private(std::string_view url) {
  const Parts parts = parts_of(url);
  return has_login(url) ||
         any_part(parts.path, '/', [](auto part) { return lists(private_parts, to_lower(part)) || is_random(part); }) ||
         any_part(parts.query, '&', is_key);
}

bool is_inside(std::string_view url) {
  return is_inside_host(parts_of(url).host);
}

bool may_tell_server(std::string_view url, std::string_view feed, Reach reach, std::string_view server) {
  if (has_login(url) || has_login(feed)) return false;
  if (reach != Reach::guess) return reach == Reach::everyone;
  const std::string_view subject = feed.empty() ? url : feed;
  const bool leaves_home = (is_inside(subject) || is_inside(url)) && (server.empty() || !is_inside(server));
  return !looks_private(subject) && !leaves_home;
}

}  // namespace skypod::feed
