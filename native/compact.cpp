#include "native/compact.hpp"

#include "base/base64url.hpp"

namespace skypod {

std::optional<wire::Json> read_protected(std::string_view part) {
  constexpr std::size_t letters_max = (header_max * 4 + 2) / 3;
  const auto octets = part.size() <= letters_max ? base64url_decode(part) : std::nullopt;
  const bool begins = octets && octets->starts_with('{');  // a byte order mark would pass the parser
  auto header = begins ? wire::parse_json(*octets) : std::nullopt;
  return header && header->is_object() ? header : std::nullopt;
}

}  // namespace skypod
