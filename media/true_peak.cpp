#include "media/true_peak.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace skypod::media {
namespace {

constexpr std::size_t taps = true_peak_taps;
constexpr std::size_t phases = 3;  // a quarter, a half and three quarters of the way to the next sample
constexpr double kaiser_beta = 9.0;

using Filter = std::array<std::array<float, taps>, phases>;

/// The modified Bessel function of the first kind and order 0, by its series.
double bessel(double x) {
  double sum = 1;
  double term = 1;
  for (int n = 1; term > sum * 1e-17; ++n) {
    term *= (x / 2 / n) * (x / 2 / n);
    sum += term;
  }
  return sum;
}

/// A windowed sinc per phase, each scaled to pass a constant unchanged.
Filter make_filter() {
  Filter filter{};
  for (std::size_t phase = 0; phase < phases; ++phase) {
    std::array<double, taps> exact{};
    double sum = 0;
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const double fraction = static_cast<double>(phase + 1) / (phases + 1);
      const double distance = static_cast<double>(tap) - (taps / 2.0 - 1) - fraction;
      const double place = distance / (taps / 2.0);
      const double window = bessel(kaiser_beta * std::sqrt(std::max(0.0, 1 - place * place))) / bessel(kaiser_beta);
      exact[tap] = window * std::sin(std::numbers::pi * distance) / (std::numbers::pi * distance);
      sum += exact[tap];
    }
    for (std::size_t tap = 0; tap < taps; ++tap) filter[phase][tap] = static_cast<float>(exact[tap] / sum);
  }
  return filter;
}

const Filter& filter() {
  static const Filter made = make_filter();
  return made;
}

float largest_gain() {
  double gain = 0;
  for (const auto& phase : filter()) {
    double sum = 0;
    for (const float tap : phase) sum += std::abs(tap);
    gain = std::max(gain, sum);
  }
  return static_cast<float>(gain * 1.0001);  // room for rounding
}

/// The largest absolute value of all phases over a whole chunk. `first` points at the oldest sample that is needed.
float interpolate(const float* first) {
  float largest = 0;
  for (const auto& phase : filter()) {
    std::array<float, chunk_samples> sums{};
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const float weight = phase[tap];
      const float* sample = first + tap;
      for (std::size_t at = 0; at < sums.size(); ++at) sums[at] += weight * sample[at];
    }
    for (const float sum : sums) largest = std::max(largest, std::abs(sum));
  }
  return largest;
}

}  // namespace

void TruePeak::take(const float* samples, std::size_t count, float peak) {
  static const float gain = largest_gain();
  largest_ = std::max(largest_, peak);
  const bool matters = std::max(peak, before_) * gain > largest_;
  before_ = count == chunk_samples ? peak : std::max(peak, before_);
  if (matters) largest_ = std::max(largest_, interpolate(samples + count - chunk_samples - (taps - 1)));
}

}  // namespace skypod::media
