#include "media/loudness.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "media/weighting.hpp"

namespace skypod::media {
namespace {

struct Tone {
  double decibels = 0;  // of its peak
  double seconds = 0;
};

/// Cells of a sine in both channels, as the meter would make them.
std::vector<Cell> cells_of(int rate, double hertz, const std::vector<Tone>& tones) {
  Weighting weighting(rate);
  std::vector<Cell> cells;
  int at = 0;
  for (const Tone& tone : tones) {
    const double amplitude = std::pow(10.0, tone.decibels / 20);
    for (int cell = 0; cell < std::lround(tone.seconds * 10); ++cell) {
      std::vector<float> samples;
      for (int frame = 0; frame < rate / 10; ++frame, ++at) {
        samples.push_back(static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hertz * at / rate)));
      }
      const Two sums = weighting.power(samples, samples);
      cells.push_back({.energy = (sums[0] + sums[1]) / rate});
    }
  }
  return cells;
}

// The signals of EBU Tech 3341, table 1.
TEST(Loudness, OfStereoSinesIsTheirLevel) {
  for (const int rate : {8'000, 22'050, 44'100, 48'000, 96'000, 192'000}) {
    const auto cells = cells_of(rate, 1'000, {{-23, 20}});
    EXPECT_NEAR(integrated_loudness(cells, true).value(), -23.0, 0.1) << rate;
  }
  EXPECT_NEAR(integrated_loudness(cells_of(48'000, 1'000, {{-33, 20}}), true).value(), -33.0, 0.1);
}

TEST(Loudness, PassesOverWhatIsQuiet) {
  const auto case3 = cells_of(48'000, 1'000, {{-36, 10}, {-23, 60}, {-36, 10}});
  EXPECT_NEAR(integrated_loudness(case3, true).value(), -23.0, 0.1);
  const auto case4 = cells_of(48'000, 1'000, {{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}});
  EXPECT_NEAR(integrated_loudness(case4, true).value(), -23.0, 0.1);
  const auto case5 = cells_of(48'000, 1'000, {{-26, 20}, {-20, 20.1}, {-26, 20}});
  EXPECT_NEAR(integrated_loudness(case5, true).value(), -23.0, 0.1);
}

TEST(Loudness, IsUnknownForSilenceAndForTooLittle) {
  EXPECT_FALSE(integrated_loudness(cells_of(48'000, 1'000, {{-90, 2}}), true));
  EXPECT_FALSE(integrated_loudness(cells_of(48'000, 1'000, {{-20, 0.3}}), true));
  EXPECT_FALSE(integrated_loudness(cells_of(48'000, 1'000, {{-20, 0.4}}), false));
  EXPECT_TRUE(integrated_loudness(cells_of(48'000, 1'000, {{-20, 0.4}}), true));
  EXPECT_FALSE(integrated_loudness({}, false));
}

TEST(Weighting, ComesToRestInSilence) {
  Weighting weighting(48'000);
  const std::vector<float> loud(4'800, 0.5F);
  const std::vector<float> nothing(480'000, 0.0F);
  weighting.power(loud, nothing);
  EXPECT_FALSE(weighting.is_at_rest());
  weighting.power(nothing, nothing);
  EXPECT_TRUE(weighting.is_at_rest());
}

TEST(Weighting, KeepsTheChannelsApart) {
  Weighting both(44'100);
  Weighting one(44'100);
  std::vector<float> left;
  std::vector<float> right;
  for (int at = 0; at < 1'000; ++at) {
    left.push_back(std::sin(static_cast<float>(at) * 0.1F));
    right.push_back(std::sin(static_cast<float>(at) * 0.37F));
  }
  const Two sums = both.power(left, right);
  EXPECT_EQ(sums[1], one.power(right, left)[0]);
}

}  // namespace
}  // namespace skypod::media
