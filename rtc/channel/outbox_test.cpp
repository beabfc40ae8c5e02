#include "rtc/channel/outbox.hpp"

#include <gtest/gtest.h>

namespace skypod::rtc::channel {
namespace {

TEST(Outbox, CountsWhatWaitsAndSaysOnceThatItHasDrained) {
  const Buffered buffered = std::make_shared<std::atomic<std::size_t>>(0);
  Outbox outbox(buffered, 10);
  const auto push = [&](std::size_t size) {
    buffered->fetch_add(size);
    outbox.push(Bytes(size, 'x'));
  };
  push(10);
  EXPECT_FALSE(outbox.drained());  // was never above
  push(1);
  EXPECT_FALSE(outbox.drained());
  EXPECT_EQ(outbox.waiting(), 11u);
  outbox.pop();
  EXPECT_TRUE(outbox.drained());
  EXPECT_FALSE(outbox.drained());
  outbox.pop();
  EXPECT_FALSE(outbox.drained());
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(buffered->load(), 0u);
}

TEST(Outbox, SaysThatItHasDrainedWhenThatIsExpected) {
  const Buffered buffered = std::make_shared<std::atomic<std::size_t>>(5);
  Outbox outbox(buffered, 10);
  outbox.push("12345");
  outbox.expect_drained();
  EXPECT_TRUE(outbox.drained());
  EXPECT_FALSE(outbox.drained());
}

}  // namespace
}  // namespace skypod::rtc::channel
