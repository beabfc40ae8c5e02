// SHA-256, HMAC and octets nobody can guess, from OpenSSL: what identities, nonces, keys and credentials are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace skypod {

/// SHA-256 (FIPS 180-4).
Bytes sha256(BytesView octets);

/// HMAC (RFC 2104) with SHA-1, 20 octets: only for protocols that leave no choice, such as TURN's.
Bytes hmac_sha1(BytesView key, BytesView octets);

/// HMAC with SHA-256, 32 octets.
Bytes hmac_sha256(BytesView key, BytesView octets);

/// Most rounds that pbkdf2_sha256 is asked for.
inline constexpr std::uint32_t stretch_rounds_max = 1U << 22U;

/// 32 octets of PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2).
Bytes pbkdf2_sha256(BytesView secret, BytesView salt, std::uint32_t rounds);

/// `count` octets, at most 2^31 - 1, from the system's cryptographic source. Ends the process if that fails: nothing
/// may go on without.
Bytes random_octets(std::size_t count);

}  // namespace skypod
