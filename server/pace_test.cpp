#include "server/pace.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(PaceTest, LittleIsLightAndNeverWaits) {
  Pace pace;
  Pace::Time now{};
  for (int i = 0; i < 1'000; ++i) {
    pace.charge(pace_octets_per_second / 100, now);
    EXPECT_FALSE(pace.is_heavy(now));
    EXPECT_EQ(pace.wait(now).count(), 0);
    now += milliseconds(10);
  }
}

TEST(PaceTest, ABurstIsHeavyButDoesNotWait) {
  Pace pace;
  const Pace::Time now{};
  pace.charge(pace_burst_octets, now);
  EXPECT_TRUE(pace.is_heavy(now));
  EXPECT_EQ(pace.wait(now).count(), 0);
  EXPECT_FALSE(pace.is_heavy(now + seconds(60)));
}

TEST(PaceTest, MoreThanThatWaitsUntilItIsPaid) {
  Pace pace;
  const Pace::Time now{};
  pace.charge(pace_burst_octets + pace_octets_per_second, now);
  EXPECT_EQ(pace.wait(now), seconds(1));
  EXPECT_EQ(pace.wait(now + milliseconds(500)), milliseconds(500));
  EXPECT_EQ(pace.wait(now + seconds(1)).count(), 0);
  EXPECT_EQ(pace.wait(now - seconds(1)), seconds(1)) << "a clock that steps back pays nothing";
}

}  // namespace
}  // namespace skypod::server
