// A short name for a long text, for when nobody gains by forging one: the 64-bit FNV-1a hash (Fowler, Noll, Vo;
// draft-eastlake-fnv).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace skypod {

/// 16 lower-case hexadecimal digits.
inline std::string fnv1a_hex(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char octet : text) {
    hash = (hash ^ static_cast<unsigned char>(octet)) * 0x100000001b3;
  }
  Bytes octets;
  for (int shift = 56; shift >= 0; shift -= 8) {
    octets += static_cast<char>(hash >> shift);
  }
  return to_hex(octets);
}

}  // namespace skypod
