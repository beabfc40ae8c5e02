// Small documents that become large, for tests of what stops them.
#pragma once

#include <array>
#include <fstream>
#include <iterator>
#include <string>

namespace skypod::test {

/// Packs bits into octets, the lowest bit first, as DEFLATE has them (RFC 1951 section 3.1.1).
class Bits {
 public:
  /// The lowest `count` bits of a Huffman code, the highest of them first.
  void code(unsigned bits, int count) {
    while (count-- > 0) push((bits >> count) & 1U);
  }

  /// A number, its lowest bit first.
  void number(unsigned value, int count) {
    for (int i = 0; i < count; ++i) push((value >> i) & 1U);
  }

  std::string take() { return out_ + static_cast<char>(octet_); }

 private:
  void push(unsigned bit) {
    octet_ |= bit << filled_;
    if (++filled_ < 8) return;
    out_ += static_cast<char>(octet_);
    octet_ = 0;
    filled_ = 0;
  }

  std::string out_;
  unsigned octet_ = 0;
  int filled_ = 0;
};

/// A gzip stream that unpacks to at least this many zeros, 1,032 for each of its own octets: one literal zero, then
/// copies of 258 octets from distance 1, each in two bits (RFC 1951 section 3.2.7). Its checksum is missing.
inline std::string gzip_bomb(std::size_t octets) {
  Bits bits;
  bits.code(0b101, 3);  // the last block, with codes of its own
  bits.number(29, 5);   // 286 literals and lengths
  bits.number(0, 5);    // 1 distance
  bits.number(14, 4);   // lengths of 18 of the codes that lengths are written in:
  constexpr std::array<unsigned, 18> lengths{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2};  // 18, 2 and 1
  for (const unsigned length : lengths) bits.number(length, 3);
  const auto zeros = [&bits](unsigned count) {
    bits.code(0b0, 1);
    bits.number(count - 11, 7);
  };
  bits.code(0b11, 2);  // literal 0: two bits
  zeros(138);
  zeros(117);
  bits.code(0b11, 2);  // the end: two bits
  zeros(28);
  bits.code(0b10, 2);  // length 258: one bit
  bits.code(0b10, 2);  // distance 1: one bit
  bits.code(0b10, 2);
  for (std::size_t done = 1; done < octets; done += 258) bits.code(0b00, 2);
  bits.code(0b11, 2);
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + bits.take();
}

/// A file of native/fixtures: gigabyte-of-zeros.br.
inline std::string bomb_fixture(const std::string& name) {
  std::ifstream file(std::string(SKYPOD_SOURCE_DIR "/native/fixtures/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace skypod::test
