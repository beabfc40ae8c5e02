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
