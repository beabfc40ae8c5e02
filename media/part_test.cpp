#include "media/part.hpp"

#include <gtest/gtest.h>

namespace skypod::media {
namespace {

constexpr Ticks second = ticks_per_second;

Part part(Ticks begin, Ticks end, std::vector<Span> silences) {
  Part made;
  made.span = {begin, end};
  made.silences = std::move(silences);
  made.first_cell = begin / cell_ticks;
  made.cells.resize(static_cast<std::size_t>((end - begin) / cell_ticks), Cell{.energy = 1, .peak = 0.5F});
  return made;
}

TEST(Part, JoinsSilencesThatGoOn) {
  const Part whole = join({part(0, 10 * second, {{2 * second, 3 * second}, {9 * second, 10 * second}}),
                           part(10 * second, 20 * second, {{10 * second, 20 * second}}),
                           part(20 * second, 30 * second, {{20 * second, 21 * second}, {29 * second, 30 * second}})},
                          second / 2);
  const std::vector<Span> expected{{2 * second, 3 * second}, {9 * second, 21 * second}, {29 * second, 30 * second}};
  EXPECT_EQ(whole.silences, expected);
  EXPECT_EQ(whole.span, (Span{0, 30 * second}));
}

TEST(Part, DropsWhatIsShortOnlyOnceItIsJoined) {
  const Part whole = join({part(0, second, {{second * 8 / 10, second}}),
                           part(second, 2 * second, {{second, second * 13 / 10}, {second * 19 / 10, 2 * second}})},
                          second * 4 / 10);
  EXPECT_EQ(whole.silences, (std::vector<Span>{{second * 8 / 10, second * 13 / 10}}));
}

TEST(Part, DoesNotJoinAcrossWhatIsMissing) {
  const Part whole =
      join({part(0, second, {{0, second}}), part(2 * second, 3 * second, {{2 * second, 3 * second}})}, 1);
  EXPECT_EQ(whole.silences.size(), 2U);
  EXPECT_EQ(whole.cells.size(), 30U);
}

TEST(Part, AddsSharedCells) {
  Part left = part(0, second, {});
  Part right = part(second - cell_ticks, 2 * second, {});
  right.cells[0].peak = 0.75F;
  right.true_peak = 0.9F;
  const Part whole = join({left, right}, second);
  ASSERT_EQ(whole.cells.size(), 20U);
  EXPECT_EQ(whole.cells[9].energy, 2);
  EXPECT_EQ(whole.cells[9].peak, 0.75F);
  EXPECT_EQ(whole.cells[10].energy, 1);
  EXPECT_EQ(whole.true_peak, 0.9F);
}

TEST(Part, PassesOverEmptyOnes) {
  Part broken;
  broken.broken = 3;
  const Part whole = join({broken, part(second, 2 * second, {}), broken}, second);
  EXPECT_EQ(whole.broken, 6U);
  EXPECT_EQ(whole.span, (Span{second, 2 * second}));
  EXPECT_TRUE(join({}, second).is_empty());
}

TEST(Ticks, HoldWholeSamples) {
  for (const int rate : {8'000, 11'025, 12'000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000, 96'000, 192'000}) {
    EXPECT_EQ(ticks_of(rate, rate), ticks_per_second);
    EXPECT_EQ(ticks_of(1, rate) * rate, ticks_per_second) << rate;
  }
  EXPECT_EQ(ticks_of(std::int64_t{48'001} * 86'400, 48'001), 86'400 * ticks_per_second);
}

}  // namespace
}  // namespace skypod::media
