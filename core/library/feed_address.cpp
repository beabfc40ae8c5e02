// What people paste as a feed's address.
#include <algorithm>

#include "core/library/library.hpp"

namespace skypod::library {
namespace {

/// Whether HOST or HOST:PORT follows the scheme. Whether it can be reached is the fetcher's to say.
bool has_host(std::string_view address) {
  address.remove_prefix(address.find("://") + 3);
  const std::string_view authority = address.substr(0, address.find_first_of("/?#"));
  const bool bracketed = authority.starts_with('[');
  const std::size_t colon = bracketed ? authority.find(':', authority.find(']')) : authority.find(':');
  const std::string_view host = authority.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? "" : authority.substr(colon + 1);
  const auto in_host = [bracketed](char letter) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
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
  typed = typed.substr(first, typed.find_last_not_of(" \t\r\n") - first + 1);
  std::string address(typed);
  if (address.find("://") == std::string::npos) {
    address = "https://" + address;
  }
  const bool web = address.starts_with("https://") || address.starts_with("http://");
  const bool odd = address.find_first_of(" \t\r\n\"<>\\") != std::string::npos;
  const bool good = web && !odd && address.size() <= url_max && has_host(address);
  return good ? std::optional(address) : std::nullopt;
}

}  // namespace skypod::library
