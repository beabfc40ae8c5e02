#include "server/feeds/schedule.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

constexpr ScheduleOptions options{.least_ms = 10, .first_ms = 60, .most_ms = 1'000, .asked_ms = 100'000};

std::int64_t wait_of(const Schedule& schedule) {
  return due_ms(schedule, 0, options).value() - schedule.looked_ms;
}

TEST(ScheduleTest, FollowsHowOftenAFeedChanges) {
  Schedule schedule;
  note_found(schedule, true, 0, 1'000, options);
  EXPECT_EQ(wait_of(schedule), 60);
  note_found(schedule, true, 0, 2'000, options);
  EXPECT_EQ(wait_of(schedule), 30);
  note_found(schedule, false, 0, 3'000, options);
  EXPECT_EQ(wait_of(schedule), 45);
}

TEST(ScheduleTest, KeepsWithinItsBounds) {
  Schedule schedule;
  for (int i = 1; i <= 20; ++i) note_found(schedule, true, 0, i, options);
  EXPECT_EQ(wait_of(schedule), 10);
  for (int i = 1; i <= 40; ++i) note_found(schedule, false, 0, i, options);
  EXPECT_EQ(wait_of(schedule), 1'000);
}

TEST(ScheduleTest, LooksNoMoreOftenThanTheFeedSays) {
  Schedule schedule;
  note_found(schedule, true, 500, 1'000, options);
  EXPECT_EQ(wait_of(schedule), 500);
  note_found(schedule, true, 1'000'000, 2'000, options);  // but once in a day all the same
  EXPECT_EQ(wait_of(schedule), 1'000);
  note_found(schedule, true, 0, 3'000, options);
  EXPECT_EQ(wait_of(schedule), 15);
}

TEST(ScheduleTest, BacksOffWhileItFails) {
  Schedule schedule;
  note_found(schedule, true, 0, 1'000, options);
  for (const std::int64_t expected : {120, 240, 480, 960, 1'000, 1'000}) {
    note_failure(schedule, 0, 2'000);
    EXPECT_EQ(wait_of(schedule), expected);
  }
  for (int i = 0; i < 100; ++i) note_failure(schedule, 0, 2'000);
  EXPECT_EQ(wait_of(schedule), 1'000);
  note_found(schedule, false, 0, 3'000, options);
  EXPECT_EQ(wait_of(schedule), 90);
}

TEST(ScheduleTest, AFailureMaySayWhenToComeBack) {
  Schedule schedule;
  note_found(schedule, true, 0, 1'000, options);
  note_failure(schedule, 400, 2'000);
  EXPECT_EQ(wait_of(schedule), 400);
}

TEST(ScheduleTest, ChanceMovesItByUpToATenth) {
  Schedule schedule;
  note_found(schedule, true, 100, 1'000, options);
  EXPECT_EQ(due_ms(schedule, 0.5, options), 1'105);
  EXPECT_EQ(due_ms(schedule, 1, options), 1'110);
}

TEST(ScheduleTest, EndsWithWhatNobodyWants) {
  Schedule schedule;
  note_found(schedule, true, 0, 100'000, options);
  EXPECT_FALSE(due_ms(schedule, 0, options));
  schedule.asked_ms = 100'000;
  EXPECT_TRUE(due_ms(schedule, 0, options));
}

TEST(ScheduleTest, AHubMakesLookingRare) {
  Schedule schedule;
  note_found(schedule, true, 0, 1'000, options);
  schedule.is_told = true;
  EXPECT_EQ(wait_of(schedule), 1'000);
}

}  // namespace
}  // namespace skypod::server
