// SHA-256 and octets nobody can guess, from OpenSSL: what identities, nonces and keys are made of.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"

namespace skypod {

/// SHA-256 (FIPS 180-4).
Bytes sha256(BytesView octets);

/// `count` octets, at most 2^31 - 1, from the system's cryptographic source. Ends the process if that fails: nothing
/// may go on without.
Bytes random_octets(std::size_t count);

}  // namespace skypod
