// SHA-256 and octets nobody can guess, from OpenSSL: what identities, nonces and keys are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace skypod {

/// SHA-256 (FIPS 180-4).
Bytes sha256(BytesView octets);

/// Most rounds that pbkdf2_sha256 is asked for.
inline constexpr std::uint32_t stretch_rounds_max = 1U << 22U;

/// 32 octets of PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2).
Bytes pbkdf2_sha256(BytesView secret, BytesView salt, std::uint32_t rounds);

/// `count` octets, at most 2^31 - 1, from the system's cryptographic source. Ends the process if that fails: nothing
/// may go on without.
Bytes random_octets(std::size_t count);

}  // namespace skypod
