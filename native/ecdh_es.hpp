// ECDH-ES+A256KW (RFC 7518 section 4.6): a content key, wrapped for the holder of a P-256 key.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "core/wire/json.hpp"
#include "native/p256.hpp"

namespace skypod::ecdh_es {

/// A wrapped content key, and the ephemeral public key that the recipient needs with it.
struct Wrapped {
  wire::Json epk;
  Bytes encrypted_key;
};

/// Wraps with a fresh ephemeral key; nothing if `jwk` is no P-256 public key on the curve.
std::optional<Wrapped> wrap(const wire::Json& jwk, BytesView content_key);

/// The key that a content key was wrapped with for `self` (open it with aes::unwrap_key); nothing if `epk` is no P-256
/// public key on the curve.
std::optional<Bytes> wrapping_key(const P256Key& self, const wire::Json& epk);

/// The algorithm's name in headers.
inline constexpr std::string_view name = "ECDH-ES+A256KW";

}  // namespace skypod::ecdh_es
