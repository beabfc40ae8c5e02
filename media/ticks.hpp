// Time within a file, exact for every sample rate in use: 705,600,000 ticks a second ("flicks") hold a whole number of
// samples at 8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48, 64, 88.2, 96 and 192 kHz.
#pragma once

#include <cstdint>

namespace skypod::media {

/// A time or a duration. 64 bits hold 400 years.
using Ticks = std::int64_t;

inline constexpr Ticks ticks_per_second = 705'600'000;

constexpr double seconds_of(Ticks time) {
  return static_cast<double>(time) / static_cast<double>(ticks_per_second);
}

constexpr Ticks ticks_of(double seconds) {
  return static_cast<Ticks>(seconds * static_cast<double>(ticks_per_second) + (seconds < 0 ? -0.5 : 0.5));
}

/// How long that many samples last, to the nearest tick. `rate` is above 0.
constexpr Ticks ticks_of(std::int64_t samples, int rate) {
  return ticks_per_second % rate == 0
             ? samples * (ticks_per_second / rate)
             : static_cast<Ticks>((static_cast<__int128>(samples) * ticks_per_second + rate / 2) / rate);
}

/// Pieces that belong together may be this far apart: containers round their times to milliseconds.
inline constexpr Ticks join_tolerance = ticks_of(0.005);

/// A piece of time, [begin, end).
struct Span {
  Ticks begin = 0;
  Ticks end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace skypod::media
