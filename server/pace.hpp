// How fast one member is read. What counts is what it makes the server read and write: a frame for sixty costs sixty
// times as much. Whoever asks for little is served at once; whoever asks for much waits until the others have been
// served; and whoever asks for more than the rate is not read for a while, so that its own network holds it back and
// nothing of it is lost.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace skypod::server {

/// Octets that a member may cost each second, and how many at once after a silence: several first synchronisations over
/// the relay.
inline constexpr std::size_t pace_octets_per_second = 1U << 20U;
inline constexpr std::size_t pace_burst_octets = 8U << 20U;
/// From here on a member costs much: the largest frame.
inline constexpr std::size_t pace_light_octets = 256U << 10U;

/// A debt that is paid off steadily.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Counts octets that were read or written for it.
  void charge(std::size_t octets, Time now) {
    debt_octets_ = debt_at(now) + octets;
    at_ = now;
  }

  /// Whether it is served after the others.
  bool is_heavy(Time now) const { return debt_at(now) > pace_light_octets; }

  /// For how long it is not to be read; 0 if it may be.
  std::chrono::milliseconds wait(Time now) const {
    const std::size_t debt = debt_at(now);
    const std::size_t excess = debt - std::min(debt, pace_burst_octets);
    return std::chrono::milliseconds((excess * 1'000 + pace_octets_per_second - 1) / pace_octets_per_second);
  }

 private:
  std::size_t debt_at(Time now) const {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - at_).count();
    const auto paid = static_cast<std::size_t>(std::clamp<std::chrono::milliseconds::rep>(passed, 0, 100'000)) *
                      pace_octets_per_second / 1'000;
    return debt_octets_ - std::min(debt_octets_, paid);
  }

  std::size_t debt_octets_ = 0;
  Time at_;
};

}  // namespace skypod::server
