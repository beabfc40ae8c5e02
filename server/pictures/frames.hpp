// What the server and its picture program say to each other over a socket: one request, one answer, little-endian.
//
//   request  u32 width · u8 type · u32 octets · the picture
//   answer   u8 outcome · u32 octets · the thumbnail
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace skypod::server::pictures {

/// What a thumbnail is encoded as.
enum class Type : std::uint8_t { jpeg, webp };

/// What became of a picture.
enum class Outcome : std::uint8_t {
  done,
  unknown,    // neither JPEG, PNG, GIF nor WebP
  too_large,  // more than pixels_max
  broken,     // cannot be decoded
};

/// Octets of a picture, pixels of it before it is made small, octets of a thumbnail.
inline constexpr std::size_t octets_max = 20U << 20U;
inline constexpr std::uint64_t pixels_max = 36'000'000;
inline constexpr std::size_t thumbnail_octets_max = 8U << 20U;

inline constexpr std::size_t request_head_octets = 9;
inline constexpr std::size_t answer_head_octets = 5;

inline void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xffU);
}

inline std::uint32_t read_u32(const char* octets) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(static_cast<unsigned char>(octets[i])) << (8 * i);
  return value;
}

}  // namespace skypod::server::pictures
