#include "media/weighting.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

namespace skypod::media {
namespace {

// The analogue filters whose bilinear transforms at 48 kHz are the standard's two tables.
constexpr double shelf_hertz = 1681.974450955533;
constexpr double shelf_decibels = 3.999843853973347;
constexpr double shelf_quality = 0.7071752369554196;
constexpr double shelf_middle = 0.4996667741545416;  // the exponent of the middle coefficient's gain
constexpr double pass_hertz = 38.13547087602444;
constexpr double pass_quality = 0.5003270373238773;

constexpr double rest = 1e-18;  // of a signal that is as good as none: -360 dB

bool are_small(const std::array<Two, 2>& last) {
  return std::ranges::all_of(last, [](Two one) { return std::abs(one[0]) < rest && std::abs(one[1]) < rest; });
}

/// A filter's recursion y[n] = w[n] - a1 y[n-1] - a2 y[n-2], one step at a time or two: the second step is written in
/// terms of what was before both, so that it need not wait for the first.
struct Recursion {
  Recursion(double first, double second) : a1(first), a2(second), c1(a1 * a1 - a2), c2(a1 * a2) {}

  Two one(Two w, Two y1, Two y2) const { return (w - a2 * y2) - a1 * y1; }
  Two two(Two w, Two later_w, Two y1, Two y2) const { return ((later_w - a1 * w) + c2 * y2) + c1 * y1; }

  double a1, a2, c1, c2;
};

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
  const Recursion shelf(shelf_.a1, shelf_.a2);
  const Recursion pass(high_pass_.a1, high_pass_.a2);
  auto [x1, x2] = input_;
  auto [y1, y2] = between_;
  auto [z1, z2] = output_;
  Two sum{};
  const auto shelf_input = [&](Two x) { return shelf_.b0 * x + (shelf_.b1 * x1 + shelf_.b2 * x2); };
  std::size_t at = 0;
  for (; at + 1 < left.size(); at += 2) {
    const Two x = {left[at], right[at]};
    const Two next = {left[at + 1], right[at + 1]};
    const Two w = shelf_input(x);
    const Two y = shelf.one(w, y1, y2);
    const Two later_y = shelf.two(w, shelf_.b0 * next + (shelf_.b1 * x + shelf_.b2 * x1), y1, y2);
    const Two v = y - 2.0 * y1 + y2;
    const Two z = pass.one(v, z1, z2);
    const Two later_z = pass.two(v, later_y - 2.0 * y + y1, z1, z2);
    sum += z * z + later_z * later_z;
    std::tie(x1, x2, y1, y2, z1, z2) = std::tuple(next, x, later_y, y, later_z, z);
  }
  if (at < left.size()) {
    const Two x = {left[at], right[at]};
    const Two y = shelf.one(shelf_input(x), y1, y2);
    const Two z = pass.one(y - 2.0 * y1 + y2, z1, z2);
    sum += z * z;
    std::tie(x1, x2, y1, y2, z1, z2) = std::tuple(x, x1, y, y1, z, z1);
  }
  input_ = {x1, x2};
  between_ = {y1, y2};
  output_ = {z1, z2};
  return sum;
}

bool Weighting::is_at_rest() const {
  return are_small(input_) && are_small(between_) && are_small(output_);
}

}  // namespace skypod::media
