// Byte strings. One owned type for text and binary alike, because every codec and library here takes char ranges.
#pragma once

#include <string>
#include <string_view>

namespace skypod {

/// An owned string of octets; not necessarily UTF-8.
using Bytes = std::string;

/// A borrowed one; valid only as long as its owner.
using BytesView = std::string_view;

/// Lower-case hexadecimal, two digits an octet.
inline std::string to_hex(BytesView bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char octet : bytes) {
    const auto value = static_cast<unsigned char>(octet);
    out += digits[value >> 4];
    out += digits[value & 15];
  }
  return out;
}

}  // namespace skypod
