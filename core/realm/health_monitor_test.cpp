#include "core/realm/health_monitor.hpp"

#include <gtest/gtest.h>

namespace skypod::realm {
namespace {

TEST(ConnectionHealthMonitor, PingsAtOnceAndThenEveryThirtySeconds) {
  ConnectionHealthMonitor monitor(1000);
  EXPECT_EQ(monitor.due_ping(1000), 1);
  EXPECT_EQ(monitor.due_ping(1001), std::nullopt);
  monitor.ponged(1, 1042);
  EXPECT_EQ(monitor.rtt_ms(), 42);
  EXPECT_EQ(monitor.next_deadline(), 31'000);
  EXPECT_EQ(monitor.due_ping(31'000), 2);
}

TEST(ConnectionHealthMonitor, IsDeadWhenNothingAnswers) {
  ConnectionHealthMonitor monitor(0);
  ASSERT_TRUE(monitor.due_ping(0));
  EXPECT_FALSE(monitor.is_dead(9'999));
  EXPECT_TRUE(monitor.is_dead(10'000));
  EXPECT_EQ(monitor.next_deadline(), 10'000);
}

TEST(ConnectionHealthMonitor, AnyTrafficIsASignOfLife) {
  ConnectionHealthMonitor monitor(0);
  ASSERT_TRUE(monitor.due_ping(0));
  monitor.heard(5'000);
  EXPECT_FALSE(monitor.is_dead(10'000));
  EXPECT_EQ(monitor.rtt_ms(), std::nullopt);
}

TEST(ConnectionHealthMonitor, AnOldAnswerMeasuresNothing) {
  ConnectionHealthMonitor monitor(0);
  ASSERT_TRUE(monitor.due_ping(0));
  ASSERT_TRUE(monitor.due_ping(30'000));
  monitor.ponged(1, 30'001);
  EXPECT_EQ(monitor.rtt_ms(), std::nullopt);
}

}  // namespace
}  // namespace skypod::realm
