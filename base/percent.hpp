// Percent-encoding (RFC 3986 section 2) of one component of an address.
#pragma once

#include <optional>
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

/// The value of one hexadecimal digit.
inline std::optional<int> hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return std::nullopt;
}

/// The octet that the triplet at `at` stands for; nothing if none begins there.
inline std::optional<char> percent_triplet(std::string_view text, std::size_t at) {
  if (text.size() < at + 3 || text[at] != '%') return std::nullopt;
  const auto high = hex_digit(text[at + 1]);
  const auto low = hex_digit(text[at + 2]);
  return high && low ? std::optional(static_cast<char>(*high * 16 + *low)) : std::nullopt;
}

/// Decodes as browsers do (WHATWG URL): a "%" that begins no triplet stands for itself.
inline std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = percent_triplet(text, i);
    out += octet.value_or(text[i]);
    if (octet) i += 2;
  }
  return out;
}

}  // namespace skypod
