// Numbers of 64 bits as octets, the most significant first.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"

namespace skypod {

inline constexpr std::size_t number_octets = 8;

/// The 8 octets of a number.
inline std::array<char, number_octets> to_big_endian(std::uint64_t number) {
  if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
  return std::bit_cast<std::array<char, number_octets>>(number);
}

inline void append_big_endian(Bytes& out, std::uint64_t number) {
  const auto octets = to_big_endian(number);
  out.append(octets.data(), octets.size());
}

/// The number that 8 octets stand for.
inline std::uint64_t from_big_endian(const char* octets) {
  std::uint64_t number = 0;
  std::memcpy(&number, octets, number_octets);
  return std::endian::native == std::endian::little ? std::byteswap(number) : number;
}

}  // namespace skypod
