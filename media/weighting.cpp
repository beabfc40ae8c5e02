#include "media/weighting.hpp"

#include <cmath>
#include <numbers>

namespace skypod::media {
namespace {

// The analogue filters whose bilinear transforms at 48 kHz are the standard's two tables.
constexpr double shelf_hertz = 1681.974450955533;
constexpr double shelf_decibels = 3.999843853973347;
constexpr double shelf_quality = 0.7071752369554196;
constexpr double shelf_middle = 0.4996667741545416;  // the exponent of the middle coefficient's gain
constexpr double pass_hertz = 38.13547087602444;
constexpr double pass_quality = 0.5003270373238773;

constexpr double rest = 1e-18;  // of a state that is as good as none: -360 dB

bool is_small(Two state) {
  return std::abs(state[0]) < rest && std::abs(state[1]) < rest;
}

}  // namespace

Weighting::Weighting(int rate) {
  const double k = std::tan(std::numbers::pi * shelf_hertz / rate);
  const double high = std::pow(10.0, shelf_decibels / 20.0);
  const double middle = std::pow(high, shelf_middle);
  const double scale = 1.0 + k / shelf_quality + k * k;
  shelf_ = {.b0 = (high + middle * k / shelf_quality + k * k) / scale,
            .b1 = 2.0 * (k * k - high) / scale,
            .b2 = (high - middle * k / shelf_quality + k * k) / scale,
            .a1 = 2.0 * (k * k - 1.0) / scale,
            .a2 = (1.0 - k / shelf_quality + k * k) / scale};
  const double p = std::tan(std::numbers::pi * pass_hertz / rate);
  const double divisor = 1.0 + p / pass_quality + p * p;
  high_pass_ = {.b0 = 1.0,
                .b1 = -2.0,
                .b2 = 1.0,
                .a1 = 2.0 * (p * p - 1.0) / divisor,
                .a2 = (1.0 - p / pass_quality + p * p) / divisor};
}

Two Weighting::power(std::span<const float> left, std::span<const float> right) {
  const Stage shelf = shelf_;
  const Stage pass = high_pass_;
  auto [s1, s2] = shelf_state_;
  auto [p1, p2] = pass_state_;
  Two sum{};
  for (std::size_t at = 0; at < left.size(); ++at) {
    const Two x = {left[at], right[at]};
    const Two y = shelf.b0 * x + s1;
    s1 = (shelf.b1 * x + s2) - shelf.a1 * y;
    s2 = shelf.b2 * x - shelf.a2 * y;
    const Two z = y + p1;
    p1 = (p2 - 2.0 * y) - pass.a1 * z;
    p2 = y - pass.a2 * z;
    sum += z * z;
  }
  shelf_state_ = {s1, s2};
  pass_state_ = {p1, p2};
  return sum;
}

bool Weighting::is_at_rest() const {
  return is_small(shelf_state_[0]) && is_small(shelf_state_[1]) && is_small(pass_state_[0]) && is_small(pass_state_[1]);
}

}  // namespace skypod::media
