// Messages whose octets both ends can compute, so that only size and hash need to be compared. As pattern.mjs.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace skypod::interop {

/// `size` octets that differ by position and seed.
inline Bytes pattern(std::size_t size, unsigned seed) {
  Bytes out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<char>(seed + i * 31 + (i >> 8));
  }
  return out;
}

/// FNV-1a, 32 bits.
inline std::uint32_t hash_of(BytesView octets) {
  std::uint32_t hash = 2166136261;
  for (const char octet : octets) {
    hash = (hash ^ static_cast<unsigned char>(octet)) * 16777619;
  }
  return hash;
}

}  // namespace skypod::interop
