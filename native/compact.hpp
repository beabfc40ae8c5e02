// What compact JWS (RFC 7515 section 7.1) and JWE (RFC 7516 section 7.1) have in common: base64url parts between dots,
// the first a protected header.
//
// Two hosts read these texts, this one and web/src/host/jose.ts, and a text that means one thing to one of them and
// another, or nothing, to the other is a way to split a realm. So both follow the same rules:
// - base64url without padding, foreign letters, blanks or stray bits (RFC 7515 section 2, RFC 4648 section 3.5);
// - a header of at most header_max octets, one JSON object that begins at its first octet, without duplicate members
//   (RFC 7515 section 4), with exactly the members that the algorithm of the caller's choice needs. Whatever else a
//   header could hold (zip, crit, jwk, jku, x5u, x5c, apu, apv, p2c, another alg or enc) is refused before any key is
//   touched, so no header ever chooses an algorithm, a key, an address or an amount of work.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "core/wire/json.hpp"

namespace skypod {

/// Longest protected header, in octets; ours need about 220.
inline constexpr std::size_t header_max = 1024;

/// The `Count` parts between the dots, some perhaps empty; nothing if there are more or fewer.
template <std::size_t Count>
std::optional<std::array<std::string_view, Count>> split_compact(std::string_view text) {
  std::array<std::string_view, Count> parts;
  for (std::size_t i = 0; i + 1 < Count; ++i) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) {
      return std::nullopt;
    }
    parts[i] = text.substr(0, dot);
    text.remove_prefix(dot + 1);
  }
  parts.back() = text;
  return text.contains('.') ? std::nullopt : std::optional(parts);
}

/// The object in a protected header part, or nothing if it breaks a rule above. Which members it has is the caller's
/// to check.
std::optional<wire::Json> read_protected(std::string_view part);

}  // namespace skypod
