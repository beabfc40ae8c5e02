// When a device fetches the feeds that it has never fetched: at once, each once, and again after a failure.
#include <gtest/gtest.h>

#include "base/percent.hpp"
#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

constexpr TimeMs minute_ms = 60'000;

std::string address(int feed) {
  return "https://feeds.example/" + std::to_string(feed) + ".xml";
}

std::string path(int feed) {
  return "/api/feed?url=" + percent_encode(address(feed));
}

class Feeds : public testing::Test {
 protected:
  Feeds() : shared(4), a(shared, 0) {
    settle(1'000);
    a.command("realm.create");
    settle(10'000);
  }

  void settle(TimeMs ms) { shared.world.run(shared.world.now() + ms); }
  void publish(int feed) {
    shared.feeds[path(feed)] = {{"version", "https://jsonfeed.org/version/1.1"},
                                {"title", "Feed " + std::to_string(feed)},
                                {"items", {{{"id", "e"}, {"title", "The episode"}}}}};
  }
  void subscribe(int feed) {
    a.command("library.import", {{"subscriptions", {{{"feed", address(feed)}, {"title", "Feed"}, {"folder", ""}}}}});
  }
  /// Of all feeds, by what is stored here.
  std::int64_t episodes() {
    std::int64_t sum = 0;
    for (const Json& subscription : a.command("library.subscriptions")["subscriptions"]) {
      sum += subscription["episodes"].get<std::int64_t>();
    }
    return sum;
  }
  std::string problem() { return a.command("library.subscriptions")["subscriptions"][0]["problem"].get<std::string>(); }

  VirtualWorld shared;
  VirtualDevice a;
};

TEST_F(Feeds, ASubscriptionThatComesWhileAnotherIsFetchedIsFetchedToo) {
  publish(1);
  publish(2);
  shared.fetch_ms = 10'000;
  subscribe(1);
  settle(1'000);
  subscribe(2);
  settle(minute_ms);
  EXPECT_EQ(episodes(), 2);
  EXPECT_EQ(a.told("feeds.progress")["left"], 0);
}

TEST_F(Feeds, AFeedThatFailedIsFetchedAgainAfterTenMinutes) {
  subscribe(1);
  settle(minute_ms);
  EXPECT_TRUE(problem().starts_with("There is nothing at that address.")) << problem();
  publish(1);
  settle(8 * minute_ms);
  EXPECT_EQ(shared.fetched[path(1)], 1);
  settle(2 * minute_ms);
  EXPECT_EQ(episodes(), 1);
  EXPECT_EQ(problem(), "");
  settle(60 * minute_ms);
  EXPECT_EQ(shared.fetched[path(1)], 2);
}

TEST_F(Feeds, AfterARestartItIsStillFetchedAgain) {
  subscribe(1);
  settle(minute_ms);
  a.restart();
  publish(1);
  settle(8 * minute_ms);
  EXPECT_EQ(shared.fetched[path(1)], 1);
  settle(2 * minute_ms);
  EXPECT_EQ(episodes(), 1);
}

TEST_F(Feeds, AServerThatCannotBeReachedIsAskedAgainAfterAMinute) {
  publish(1);
  shared.reachable = false;
  subscribe(1);
  settle(minute_ms / 2);
  EXPECT_EQ(shared.fetched[path(1)], 1);
  EXPECT_NE(problem(), "");
  shared.reachable = true;
  settle(minute_ms);
  EXPECT_EQ(shared.fetched[path(1)], 2);
  EXPECT_EQ(episodes(), 1);
}

TEST_F(Feeds, ADocumentThatIsNoFeedIsAProblemToo) {
  shared.feeds[path(1)] = {{"title", "No items"}};
  subscribe(1);
  settle(minute_ms);
  EXPECT_TRUE(problem().starts_with("The feed's episodes cannot be read.")) << problem();
}

TEST_F(Feeds, AFullDiskIsNotFilledInALoop) {
  publish(1);
  subscribe(1);
  a.set_full_disk(true);
  settle(3 * minute_ms);
  EXPECT_LE(shared.fetched[path(1)], 4);
  a.set_full_disk(false);
  settle(2 * minute_ms);
  EXPECT_EQ(episodes(), 1);
}

TEST_F(Feeds, WhatIsBeingFetchedIsNotFetchedTwice) {
  publish(1);
  publish(2);
  shared.fetch_ms = 5'000;
  subscribe(1);
  settle(1'000);
  subscribe(2);
  a.command("library.refresh", {{"feed", nullptr}});
  settle(minute_ms);
  EXPECT_EQ(episodes(), 2);
  EXPECT_EQ(shared.fetched[path(1)], 1);
  EXPECT_EQ(shared.fetched[path(2)], 1);
  a.command("library.refresh", {{"feed", nullptr}});
  EXPECT_EQ(shared.fetched[path(1)], 2);
  EXPECT_EQ(shared.fetched[path(2)], 2);
}

}  // namespace
}  // namespace skypod::test
