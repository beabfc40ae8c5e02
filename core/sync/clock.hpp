// Hybrid logical clock (Kulkarni, Demirbas et al., "Logical Physical Clocks", 2014): stamps that never repeat, never go
// back, and stay close to the wall clock, so that "last writer wins" means what people expect of it.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>

#include "base/big_endian.hpp"
#include "core/wire/token.hpp"

namespace skypod::sync {

using wire::TimeMs;

/// A moment: 48 bits of milliseconds, 16 bits of counter. As octets it is 8 big-endian ones, which sort as the stamps
/// do.
struct Stamp {
  std::uint64_t value = 0;

  static constexpr std::size_t octets_size = 8;
  static Stamp of(TimeMs ms, std::uint16_t counter) { return {(static_cast<std::uint64_t>(ms) << 16) | counter}; }
  TimeMs ms() const { return static_cast<TimeMs>(value >> 16); }
  Bytes octets() const {
    Bytes out;
    append_big_endian(out, value);
    return out;
  }
  static std::optional<Stamp> from_octets(BytesView octets) {
    if (octets.size() != octets_size) return std::nullopt;
    return Stamp{from_big_endian(octets.data())};
  }

  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

/// Stamps more than this ahead of the receiver's clock are held back, so that a wrong clock cannot win every race.
inline constexpr TimeMs future_max_ms = 5 * 60'000;

/// One device's clock.
class HybridClock {
 public:
  /// A stamp later than every stamp given or observed so far.
  Stamp tick(TimeMs now) {
    const Stamp wall = Stamp::of(std::max<TimeMs>(now, 0), 0);
    last_ = std::max(wall, Stamp{last_.value + 1});
    return last_;
  }

  /// A stamp has been seen; later ones will be greater.
  void observe(Stamp stamp) { last_ = std::max(last_, stamp); }

  /// Whether a stamp from elsewhere may be taken now.
  static bool is_plausible(Stamp stamp, TimeMs now) { return stamp.ms() <= now + future_max_ms; }

 private:
  Stamp last_;
};

}  // namespace skypod::sync
