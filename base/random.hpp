// Repeatable random numbers: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
// 2018). For ids, jitter and simulation, where the same seed must give the same run on every platform. Never for keys:
// those come from the host's cryptographic source.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace skypod {

/// A generator of 64-bit numbers; a value, so copying it copies the future.
class Random {
 public:
  /// Expands a 64-bit seed with splitmix64, as the authors recommend.
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }

  /// Takes up to 32 octets of host entropy; fewer leave the remaining state as for seed 0.
  static Random from_entropy(BytesView entropy) {
    Random random(0);
    for (std::size_t i = 0; i < entropy.size(); ++i) {
      random.state_[(i / 8) % 4] ^= std::uint64_t{static_cast<unsigned char>(entropy[i])} << (8 * (i % 8));
    }
    return random;
  }

  /// The next number, uniform over all 64-bit values.
  std::uint64_t next() {
    const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate_left(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound); bound must not be 0. The bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  /// True in `percent` of 100 cases.
  bool chance(unsigned percent) { return below(100) < percent; }

  /// `count` random octets.
  Bytes bytes(std::size_t count) {
    Bytes out;
    out.reserve(count);
    while (out.size() < count) {
      const std::uint64_t word = next();
      for (int shift = 0; shift < 64 && out.size() < count; shift += 8) {
        out += static_cast<char>((word >> shift) & 255);
      }
    }
    return out;
  }

 private:
  static std::uint64_t rotate_left(std::uint64_t value, int count) {
    return (value << count) | (value >> (64 - count));
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace skypod
