// Compact JWS tokens (RFC 7515) and what we put into them (RFC 7519 claims around an envelope). Signing and verifying
// are the host's work; here stands what a token must look like before a host is asked, and what its claims mean after.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/envelope.hpp"

namespace skypod::wire {

/// Milliseconds since 1970-01-01T00:00:00Z, as the host's clock tells it.
using TimeMs = std::int64_t;

/// Longest token accepted anywhere.
inline constexpr std::size_t token_max = 96 * 1024;
/// How far a clock may be ahead of ours.
inline constexpr TimeMs clock_skew_max_ms = 60'000;

/// What a token says. `aud` is the realm, `iss` the signer's identity, `sub` the identity it is about or meant for.
struct Claims {
  std::string iss;
  std::string aud;
  std::string sub;
  std::string nonce;  // the challenge that it answers; "" elsewhere
  std::string jti;
  TimeMs issued_ms = 0;
  TimeMs expires_ms = 0;
  Envelope message;
};

/// True if the text has the shape of a compact JWS: three non-empty parts of base64url.
bool looks_like_token(std::string_view text);

/// The claims of a token whose signature has NOT been checked: only for finding out whose key to check it with. Refuses
/// every header but {"alg":"ES256"} with an optional "typ":"JWT", so no header can choose a key or an algorithm.
Result<Claims, Error> peek_token(std::string_view token);

/// The claims in a payload, or what is wrong with them.
Result<Claims, Error> read_claims(const Json& payload);

/// The payload for a host to sign. Times are written in whole seconds, as RFC 7519 has them, rounded away from the
/// present.
Json claims_to_payload(const Claims& claims);

/// Whether the token is valid at `now`, give or take a clock_skew_max_ms for its beginning.
bool is_current(const Claims& claims, TimeMs now);

/// True for an identity's id: 43 characters of base64url (RFC 7638 thumbprint with SHA-256).
bool is_identity(std::string_view text);

/// True for a realm's id: 22 to 64 characters of base64url, so 128 bits or more.
bool is_realm(std::string_view text);

/// A P-256 public key as a JWK with exactly the members crv, kty, x, y; nothing if it is not one. Printed with to_json
/// it is the canonical form of RFC 7638, of which the identity's id is the SHA-256.
std::optional<Json> read_public_key(const Json& jwk);

}  // namespace skypod::wire
