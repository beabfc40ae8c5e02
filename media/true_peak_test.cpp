#include "media/true_peak.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "media/test_sound.hpp"

namespace skypod::media {
namespace {

/// The true peak in decibels, with the samples taken so many at a time.
double measure(const std::vector<float>& samples, std::size_t step = chunk_samples) {
  std::vector<float> row(true_peak_history, 0.0F);
  row.insert(row.end(), samples.begin(), samples.end());
  TruePeak peak;
  for (std::size_t at = true_peak_history; at < row.size(); at += step) {
    const std::size_t count = std::min(step, row.size() - at);
    float largest = 0;
    for (std::size_t one = at; one < at + count; ++one) largest = std::max(largest, std::abs(row[one]));
    peak.take(row.data() + at, count, largest);
  }
  return 20 * std::log10(static_cast<double>(peak.value()));
}

/// A sine that comes and goes slowly, so that its beginning makes no peaks of its own.
std::vector<float> tone(double part_of_rate, double degrees) {
  auto sound = test::sine(48'000, 48'000 * part_of_rate, 0.5, 0.1, degrees * std::numbers::pi / 180);
  for (std::size_t at = 0; at < 480; ++at) {
    const auto gain = static_cast<float>(at) / 480;
    sound.samples[at] *= gain;
    sound.samples[sound.samples.size() - 1 - at] *= gain;
  }
  return sound.samples;
}

// The signals of EBU Tech 3341, cases 15 to 19, and its tolerance.
TEST(TruePeak, IsFoundBetweenSamples) {
  for (const auto& [part, degrees] :
       {std::pair(1 / 4.0, 0.0), std::pair(1 / 4.0, 45.0), std::pair(1 / 6.0, 60.0), std::pair(1 / 8.0, 67.5)}) {
    const double decibels = measure(tone(part, degrees));
    EXPECT_LT(decibels, -6.0 + 0.2) << part << " " << degrees;
    EXPECT_GT(decibels, -6.0 - 0.4) << part << " " << degrees;
  }
}

TEST(TruePeak, DoesNotDependOnHowTheSamplesCome) {
  auto sound = test::speech_like(44'100, 1, 2).samples;
  const double whole = measure(sound);
  for (const std::size_t step : {1U, 7U, 33U, 63U}) EXPECT_EQ(measure(sound, step), whole) << step;
}

TEST(TruePeak, MissesNothingByPassingOver) {
  // Loud first, so that later chunks are passed over; then a peak between samples that is louder, though its samples
  // are not.
  auto sound = tone(1 / 8.0, 0);
  const double before = measure(sound);
  for (const float sample : tone(1 / 4.0, 45)) sound.push_back(sample * 1.1F);
  EXPECT_GT(measure(sound), before + 0.5);
}

TEST(TruePeak, IsNeverBelowTheSamples) {
  std::vector<float> clicks(1'000, 0.0F);
  clicks[500] = -0.7F;
  EXPECT_GE(measure(clicks), 20 * std::log10(0.7F) - 1e-6);
}

}  // namespace
}  // namespace skypod::media
