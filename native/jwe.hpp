// The two ways we encrypt, as compact JWE (RFC 7516), and no third: for the holder of a P-256 key with a header of
// exactly {"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{crv,kty,x,y}} (RFC 7518 section 4.6), and under a shared key
// with one of exactly {"alg":"dir","enc":"A256GCM","kid":…} (section 4.5). The caller says which of the two it
// expects; compact.hpp has the rules for headers.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/wire/error.hpp"
#include "native/p256.hpp"

namespace skypod {

/// Longest JWE read or made, in letters.
inline constexpr std::size_t jwe_max = 512 * 1024;
/// Longest plaintext, in octets: its JWE fits into jwe_max with any header.
inline constexpr std::size_t jwe_plaintext_max = 380 * 1024;
/// Longest key id, in letters; a key id is made of visible ASCII only (U+0021 to U+007E).
inline constexpr std::size_t jwe_kid_max = 256;

/// A text or octets; bad_input with the reason if the arguments cannot be used, bad_token if a JWE is not one of ours
/// or was not made for this key. The two causes of bad_token are told apart only by what everyone can see.
template <class T>
using JweResult = Result<T, wire::Error>;

/// Encrypts for the holder of `jwk`'s private key, with a fresh ephemeral key, content key and nonce.
JweResult<std::string> jwe_seal(const wire::Json& jwk, BytesView plaintext);

/// The plaintext of a JWE that jwe_seal made for `self`.
JweResult<Bytes> jwe_unseal(std::string_view jwe, const P256Key& self);

/// Encrypts under `key`, 32 octets, with a fresh nonce; `kid` goes into the protected header.
JweResult<std::string> jwe_encrypt(BytesView key, std::string_view kid, BytesView plaintext);

/// The plaintext of a JWE that jwe_encrypt made with `key`, whatever its key id.
JweResult<Bytes> jwe_decrypt(BytesView key, std::string_view jwe);

}  // namespace skypod
