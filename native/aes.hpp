// The two things we do with AES-256: encrypt and authenticate (A256GCM, RFC 7518 section 5.3) and wrap a key (A256KW,
// section 4.4). No other key, nonce or tag size exists here, so a shortened tag or a weaker key has no way in.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"

namespace skypod::aes {

/// Octets of every key.
inline constexpr std::size_t key_octets = 32;
/// Octets of a GCM nonce. It must never be used twice with one key; random ones allow 2^32 messages for a key
/// (NIST SP 800-38D section 8.3).
inline constexpr std::size_t nonce_octets = 12;
/// Octets of a GCM tag.
inline constexpr std::size_t tag_octets = 16;

/// What GCM makes of a plaintext; the ciphertext is as long.
struct Sealed {
  Bytes ciphertext;
  Bytes tag;
};

/// Encrypts `plaintext` and authenticates it with `aad`, each shorter than 2^31 octets. Key and nonce must have their
/// sizes.
Sealed gcm_seal(BytesView key, BytesView nonce, BytesView aad, BytesView plaintext);

/// The plaintext; nothing if the tag does not fit, or if key, nonce or tag have another size.
std::optional<Bytes> gcm_open(BytesView key, BytesView nonce, BytesView aad, const Sealed& sealed);

/// `secret` under the key `kek`, 8 octets longer (RFC 3394 section 2.2.1); nothing if `secret` is not a multiple of 8
/// octets from 16 to 4096, or `kek` has another size.
std::optional<Bytes> wrap_key(BytesView kek, BytesView secret);

/// The reverse (section 2.2.2); nothing also if `wrapped` was not made with `kek`.
std::optional<Bytes> unwrap_key(BytesView kek, BytesView wrapped);

}  // namespace skypod::aes
