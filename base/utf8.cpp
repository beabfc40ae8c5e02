#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace skypod {
namespace {

struct Lead {
  std::size_t length;   // octets in the sequence, 0 if this octet cannot begin one
  std::uint32_t bits;   // the code point's bits that it carries
  std::uint32_t least;  // the smallest code point that needs this length
};

Lead read_lead(unsigned char octet) {
  if (octet < 0x80) return {1, octet, 0};
  if ((octet & 0xe0) == 0xc0) return {2, octet & 0x1fU, 0x80};
  if ((octet & 0xf0) == 0xe0) return {3, octet & 0x0fU, 0x800};
  if ((octet & 0xf8) == 0xf0) return {4, octet & 0x07U, 0x10000};
  return {0, 0, 0};
}

bool is_continuation(char octet) {
  return (static_cast<unsigned char>(octet) & 0xc0) == 0x80;
}

/// Where the text that begins at `at` may stop being ASCII: looks at eight octets at a time.
std::size_t pass_ascii(std::string_view text, std::size_t at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while ((at = pass_ascii(text, at)) < text.size()) {
    const Lead lead = read_lead(static_cast<unsigned char>(text[at]));
    if (lead.length == 0 || at + lead.length > text.size()) {
      return false;
    }
    std::uint32_t point = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
      if (!is_continuation(text[at + i])) {
        return false;
      }
      point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3f);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < lead.least || point > 0x10ffff || surrogate) {
      return false;
    }
    at += lead.length;
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max) {
  if (text.size() <= max) {
    return text;
  }
  while (max > 0 && is_continuation(text[max])) {
    --max;
  }
  return text.substr(0, max);
}

}  // namespace skypod
