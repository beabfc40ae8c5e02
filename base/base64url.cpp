#include "base/base64url.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace skypod {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t foreign = 255;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(foreign);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr auto values = make_values();

}  // namespace

std::string base64url_encode(BytesView bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  int held_bits = 0;
  for (const char octet : bytes) {
    held = (held << 8) | static_cast<unsigned char>(octet);
    held_bits += 8;
    while (held_bits >= 6) {
      held_bits -= 6;
      out += alphabet[(held >> held_bits) & 63];
    }
  }
  if (held_bits > 0) {
    out += alphabet[(held << (6 - held_bits)) & 63];
  }
  return out;
}

std::string base64_encode(BytesView bytes) {
  std::string out = base64url_encode(bytes);
  std::ranges::replace(out, '-', '+');
  std::ranges::replace(out, '_', '/');
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<Bytes> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1) {
    return std::nullopt;
  }
  Bytes out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int held_bits = 0;
  for (const char letter : text) {
    const std::uint8_t value = values[static_cast<unsigned char>(letter)];
    if (value == foreign) {
      return std::nullopt;
    }
    held = (held << 6) | value;
    held_bits += 6;
    if (held_bits >= 8) {
      held_bits -= 8;
      out += static_cast<char>((held >> held_bits) & 255);
    }
  }
  const bool unused_bits_set = (held & ((1U << held_bits) - 1)) != 0;
  if (unused_bits_set) {
    return std::nullopt;
  }
  return out;
}

}  // namespace skypod
