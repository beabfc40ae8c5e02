#include "core/feed/login.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"

namespace skypod::feed {
namespace {

/// Where the authority begins and ends, as browsers read it (WHATWG URL): a backslash ends it too.
struct Span {
  std::size_t begin, end;
};

Span authority_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const bool has_scheme = scheme != std::string_view::npos && url.find_first_of("/?#\\") == scheme + 1;
  const std::size_t begin = has_scheme ? scheme + 3 : 0;
  return {begin, std::min(url.find_first_of("/?#\\", begin), url.size())};
}

struct Credentials {
  std::string name, password;
};

Credentials credentials_of(std::string_view login) {
  const std::size_t colon = std::min(login.find(':'), login.size());
  return {percent_decode(login.substr(0, colon)), percent_decode(login.substr(std::min(colon + 1, login.size())))};
}

bool is_control(char octet) {
  return static_cast<unsigned char>(octet) < 0x20 || octet == 0x7f;
}

}  // namespace

Located take_login(std::string_view url) {
  const Span authority = authority_of(url);
  const std::size_t at = url.substr(0, authority.end).rfind('@');
  if (at == std::string_view::npos || at < authority.begin) return {std::string(url), ""};
  return {std::string(url.substr(0, authority.begin)) + std::string(url.substr(at + 1)),
          std::string(url.substr(authority.begin, at - authority.begin))};
}

std::string put_login(std::string_view url, std::string_view login) {
  if (login.empty()) return std::string(url);
  const std::size_t begin = authority_of(url).begin;
  return std::string(url.substr(0, begin)) + std::string(login) + "@" + std::string(url.substr(begin));
}

bool is_login(std::string_view login) {
  const auto [name, password] = credentials_of(login);
  return !login.empty() && login.size() <= login_max && name.find(':') == std::string::npos && is_utf8(name) &&
         is_utf8(password) && std::ranges::none_of(name + password, is_control);
}

std::string login_name(std::string_view login) {
  return credentials_of(login).name;
}

std::string basic_authorization(std::string_view login) {
  const auto [name, password] = credentials_of(login);
  return "Basic " + base64_encode(name + ":" + password);
}

}  // namespace skypod::feed
