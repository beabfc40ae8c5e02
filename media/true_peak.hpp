// The true peak (ITU-R BS.1770-4 annex 2): the largest value of the signal between its samples too, found by
// interpolating at four times the rate. Only what could be larger than the largest so far is interpolated, so the
// answer is the same as if all were, for any order and division of the work:
//
//   |interpolated| <= gain * (largest sample within reach), gain being the largest sum of the filter's |taps|
#pragma once

#include <cstddef>
#include <limits>

namespace skypod::media {

/// Samples are judged so many at a time.
inline constexpr std::size_t chunk_samples = 64;

/// Length of the interpolating filter.
inline constexpr std::size_t true_peak_taps = 32;

/// Samples that must be readable before those that are judged.
inline constexpr std::size_t true_peak_history = true_peak_taps - 1 + chunk_samples - 1;

/// One channel's true peak.
class TruePeak {
 public:
  /// `samples` points behind `true_peak_history` samples that came before, zeros if none did; `count` is at most
  /// `chunk_samples`, `peak` the largest absolute value among them.
  void take(const float* samples, std::size_t count, float peak);

  /// The largest absolute value so far, between samples or at one.
  float value() const { return largest_; }

 private:
  float largest_ = 0;
  float before_ = std::numeric_limits<float>::infinity();  // bounds the samples before: unknown at first
};

}  // namespace skypod::media
