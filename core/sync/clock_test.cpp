#include "core/sync/clock.hpp"

#include <gtest/gtest.h>

namespace skypod::sync {
namespace {

TEST(HybridClock, NeverRepeatsAndNeverGoesBack) {
  HybridClock clock;
  Stamp last;
  for (const TimeMs now : {5'000, 5'000, 4'000, 5'001, 0, 9'000}) {
    const Stamp stamp = clock.tick(now);
    EXPECT_GT(stamp, last);
    last = stamp;
  }
  EXPECT_EQ(last.ms(), 9'000);
}

TEST(HybridClock, CountsOnWhenTheWallClockStandsStill) {
  HybridClock clock;
  for (int i = 0; i < 70'000; ++i) clock.tick(1'000);
  EXPECT_EQ(clock.tick(1'000).ms(), 1'001);  // the counter has run over into the next millisecond
}

TEST(HybridClock, FollowsWhatItObserves) {
  HybridClock clock;
  clock.observe(Stamp::of(8'000, 3));
  EXPECT_EQ(clock.tick(1'000), Stamp::of(8'000, 4));
}

TEST(HybridClock, HoldsBackTheFuture) {
  EXPECT_TRUE(HybridClock::is_plausible(Stamp::of(future_max_ms, 0), 0));
  EXPECT_FALSE(HybridClock::is_plausible(Stamp::of(future_max_ms + 1, 0), 0));
  EXPECT_FALSE(HybridClock::is_plausible(Stamp{UINT64_MAX}, 1'700'000'000'000));
}

TEST(Stamp, SortsAsItsOctetsDo) {
  const Stamp early = Stamp::of(255, 65'535);
  const Stamp late = Stamp::of(256, 0);
  EXPECT_LT(early, late);
  EXPECT_LT(early.octets(), late.octets());
  EXPECT_EQ(Stamp::from_octets(late.octets()), late);
  EXPECT_FALSE(Stamp::from_octets("short"));
}

}  // namespace
}  // namespace skypod::sync
