#include "core/realm/relay.hpp"

#include <gtest/gtest.h>

namespace skypod::realm {
namespace {

TEST(RelayLog, TakesEachMessageOnceAndInOrder) {
  RelayLog log;
  EXPECT_TRUE(log.note("a", "s1", 1, 1000));
  EXPECT_FALSE(log.note("a", "s1", 1, 1000)) << "repeated";
  EXPECT_TRUE(log.note("a", "s1", 3, 1001)) << "one that was not for us lies between";
  EXPECT_FALSE(log.note("a", "s1", 2, 1001)) << "held back and late";
  EXPECT_TRUE(log.note("b", "s1", 1, 10)) << "another sender";
}

TEST(RelayLog, ANewSessionBeginsLaterThanAllThatWasHeard) {
  RelayLog log;
  EXPECT_TRUE(log.note("a", "s1", 7, 1000));
  EXPECT_TRUE(log.note("a", "s2", 1, 1001));
  EXPECT_FALSE(log.note("a", "s1", 8, 1000)) << "an earlier life";
  EXPECT_FALSE(log.note("a", "s3", 1, 1001)) << "as old as what was heard";
}

TEST(RelayLog, TakesWhatWasOvertakenWhileItsKeyWasAwaitedButOnce) {
  RelayLog log;
  EXPECT_TRUE(log.note("a", "s1", 2, 1001));
  EXPECT_TRUE(log.note("a", "s1", 5, 1004));
  EXPECT_TRUE(log.note_overtaken("a", "s1", 1, 1000));
  EXPECT_FALSE(log.note_overtaken("a", "s1", 1, 1000)) << "repeated";
  EXPECT_FALSE(log.note_overtaken("a", "s1", 2, 1001)) << "heard in its turn";
  EXPECT_TRUE(log.note_overtaken("a", "s1", 4, 1003));
  EXPECT_TRUE(log.note_overtaken("a", "s1", 6, 1005)) << "not overtaken after all";
  EXPECT_FALSE(log.note_overtaken("a", "s1", 5, 1004));
  EXPECT_FALSE(log.note_overtaken("a", "s0", 3, 1002)) << "an earlier life";
  EXPECT_TRUE(log.note("a", "s1", 6 + RelayLog::overtaking_max, 1006));
  EXPECT_FALSE(log.note_overtaken("a", "s1", 5, 1004)) << "too long ago to tell";
  RelayLog later = RelayLog::from_json(log.to_json());
  EXPECT_FALSE(later.note_overtaken("a", "s1", 6, 1005));
  EXPECT_TRUE(later.note_overtaken("a", "s1", 7, 1005));
}

TEST(RelayLog, RemembersAcrossRestarts) {
  RelayLog log;
  log.note("a", "s1", 7, 1000);
  RelayLog later = RelayLog::from_json(log.to_json());
  EXPECT_FALSE(later.note("a", "s1", 7, 1000));
  EXPECT_FALSE(later.note("a", "s0", 1, 1000));
  EXPECT_TRUE(later.note("a", "s1", 8, 1000));
  EXPECT_TRUE(RelayLog::from_json(Json{{"a", 1}, {"b", {{"n", "x"}}}}).note("a", "s1", 1, 0));
  EXPECT_TRUE(RelayLog::from_json(Json("x")).note("a", "s1", 1, 0));
}

}  // namespace
}  // namespace skypod::realm
