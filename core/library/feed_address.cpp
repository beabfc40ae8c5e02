// What people paste as a feed's address.
#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"
#include "core/library/library.hpp"

namespace skypod::library {
namespace {

using feed::to_lower;

bool says_feed(std::string_view scheme) {
  constexpr std::array<std::string_view, 4> feed_schemes{"feed", "itpc", "pcast", "podcast"};
  return std::ranges::find(feed_schemes, to_lower(scheme)) != feed_schemes.end();
}

/// Where the scheme before "://" ends; 0 if there is none. "://" may stand in a query too.
std::size_t scheme_end(std::string_view address) {
  const std::size_t end = address.find("://");
  return end == std::string_view::npos || address.find_first_of("/?#.") < end ? 0 : end;
}

/// Puts https where there is no scheme or one that only says that it is a feed: example.org, feed://example.org,
/// feed:https://example.org. Scheme and host come in small letters; phones begin with a large one.
std::string normal_address(std::string_view typed) {
  const std::size_t colon = typed.find(':');
  if (colon < scheme_end(typed) && says_feed(typed.substr(0, colon))) typed.remove_prefix(colon + 1);
  const std::size_t end = scheme_end(typed);
  const std::string scheme = end == 0 || says_feed(typed.substr(0, end)) ? "https" : to_lower(typed.substr(0, end));
  const std::string_view rest = end == 0 ? typed : typed.substr(end + 3);
  const std::size_t host_end = std::min(rest.find_first_of("/?#"), rest.size());
  return scheme + "://" + to_lower(rest.substr(0, host_end)) + std::string(rest.substr(host_end));
}

/// Whether HOST or HOST:PORT follows the scheme. Whether it can be reached is the fetcher's to say.
bool has_host(std::string_view address) {
  address.remove_prefix(address.find("://") + 3);
  const std::string_view authority = address.substr(0, address.find_first_of("/?#"));
  const bool bracketed = authority.starts_with('[');
  const std::size_t colon = bracketed ? authority.find(':', authority.find(']')) : authority.find(':');
  const std::string_view host = authority.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? "" : authority.substr(colon + 1);
  const auto in_host = [bracketed](char letter) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '.' ||
                       letter == '-' || letter == '_';
    const bool foreign = static_cast<unsigned char>(letter) >= 0x80;
    return plain || foreign || (bracketed && (letter == '[' || letter == ']' || letter == ':'));
  };
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return !host.empty() && std::ranges::all_of(host, in_host) && std::ranges::all_of(port, is_digit);
}

}  // namespace

std::optional<std::string> feed_address(std::string_view typed) {
  const std::size_t first = typed.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string address = normal_address(typed.substr(first, typed.find_last_not_of(" \t\r\n") - first + 1));
  const bool web = address.starts_with("https://") || address.starts_with("http://");
  const bool odd = address.find_first_of(" \t\r\n\"<>\\") != std::string::npos;
  const bool good = web && !odd && address.size() <= url_max && has_host(address);
  return good ? std::optional(address) : std::nullopt;
}

}  // namespace skypod::library
