// Percent-encoding (RFC 3986 section 2) of one component of an address.
#pragma once

#include <string>
#include <string_view>

namespace skypod {

/// Encodes every octet but the unreserved ones: A-Z a-z 0-9 - . _ ~
inline std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char letter : text) {
    const bool unreserved = (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
                            (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' ||
                            letter == '~';
    if (unreserved) {
      out += letter;
    } else {
      const auto octet = static_cast<unsigned char>(letter);
      out += '%';
      out += digits[octet >> 4];
      out += digits[octet & 15];
    }
  }
  return out;
}

}  // namespace skypod
