#include "media/loudness.hpp"

#include <cmath>
#include <vector>

namespace skypod::media {
namespace {

constexpr std::size_t cells_per_block = 4;
constexpr double block_seconds = 0.4;
constexpr double offset = -0.691;        // so that a sine of 997 Hz at 0 dBFS in one channel is at -3.01 LUFS
constexpr double absolute_gate = -70.0;  // LUFS
constexpr double relative_gate = -10.0;  // LU below the loudness of what passes the absolute gate

double power_at(double lufs) {
  return std::pow(10.0, (lufs - offset) / 10.0);
}

/// The mean of the powers above the gate; nothing if none is.
std::optional<double> mean_above(const std::vector<double>& powers, double gate) {
  double sum = 0;
  std::size_t count = 0;
  for (const double power : powers) {
    if (power <= gate) continue;
    sum += power;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

}  // namespace

std::optional<double> integrated_loudness(std::span<const Cell> cells, bool complete) {
  if (!complete && !cells.empty()) cells = cells.first(cells.size() - 1);
  std::vector<double> powers;
  for (std::size_t at = cells_per_block; at <= cells.size(); ++at) {
    double energy = 0;
    for (const Cell& cell : cells.subspan(at - cells_per_block, cells_per_block)) energy += cell.energy;
    powers.push_back(energy / block_seconds);
  }
  const double absolute = power_at(absolute_gate);
  const auto first = mean_above(powers, absolute);
  if (!first) return std::nullopt;
  const double relative = *first * std::pow(10.0, relative_gate / 10.0);
  const auto second = mean_above(powers, std::max(absolute, relative));
  return second ? std::optional(offset + 10.0 * std::log10(*second)) : std::nullopt;
}

}  // namespace skypod::media
