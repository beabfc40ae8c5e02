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

/// Of another host each.
std::string elsewhere(int feed) {
  return "https://" + std::to_string(feed) + ".example/feed.xml";
}

std::string path_of(const std::string& url) {
  return "/api/feed?url=" + percent_encode(url);
}

std::string path(int feed) {
  return path_of(address(feed));
}

class Feeds : public testing::Test {
 protected:
  Feeds() : shared(4), a(shared, 0) {
    settle(1'000);
    a.command("realm.create");
    settle(10'000);
  }

  void settle(TimeMs ms) { shared.world.run(shared.world.now() + ms); }
  void publish(int feed) { publish_at(feed, address(feed)); }
  void publish_at(int feed, const std::string& url) {
    shared.feeds[path_of(url)] = {{"version", "https://jsonfeed.org/version/1.1"},
                                  {"title", "Feed " + std::to_string(feed)},
                                  {"items", {{{"id", "e"}, {"title", "The episode"}}}}};
  }
  void subscribe(int feed) {
    a.command("library.import", {{"subscriptions", {{{"feed", address(feed)}, {"title", "Feed"}, {"folder", ""}}}}});
  }
  void subscribe_to(const std::vector<std::string>& urls) {
    Json list = Json::array();
    for (const std::string& url : urls) list.push_back({{"feed", url}, {"title", "Feed"}, {"folder", ""}});
    a.command("library.import", {{"subscriptions", std::move(list)}});
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

/// Three feeds of a host that takes 20 seconds for each, before forty of others.
class SlowHost : public Feeds {
 protected:
  SlowHost() {
    for (int i = 0; i < 3; ++i) {
      urls.push_back(address(i));
      shared.slow[path(i)] = 20'000;
    }
    for (int i = 3; i < 43; ++i) urls.push_back(elsewhere(i));
    for (int i = 0; i < 43; ++i) publish_at(i, urls[static_cast<std::size_t>(i)]);
    shared.fetch_ms = 100;
  }

  std::vector<std::string> urls;
};

TEST_F(SlowHost, HoldsUpNobodyElse) {
  subscribe_to(urls);
  settle(5'000);
  EXPECT_EQ(episodes(), 40);
  EXPECT_EQ(a.told("feeds.progress"), Json({{"done", 40}, {"left", 3}}));
  settle(20'000);
  EXPECT_EQ(episodes(), 42);
  settle(20'000);
  EXPECT_EQ(episodes(), 43);
  EXPECT_EQ(a.told("feeds.progress"), Json({{"done", 43}, {"left", 0}}));
}

TEST_F(SlowHost, HoldsUpNobodyElseWhenAllAreRefreshed) {
  subscribe_to(urls);
  settle(minute_ms);
  for (int i = 3; i < 43; ++i) {
    shared.feeds[path_of(elsewhere(i))]["items"].push_back({{"id", "new"}, {"title", "The next"}});
  }
  a.begin("library.refresh", {{"feed", nullptr}});
  settle(5'000);
  EXPECT_EQ(episodes(), 83);
  EXPECT_EQ(a.told("feeds.progress"), Json({{"done", 40}, {"left", 3}}));
  a.command("library.refresh", {{"feed", elsewhere(7)}});  // one by itself does not wait for the others
  EXPECT_EQ(a.told("feeds.progress"), Json({{"done", 40}, {"left", 3}}));
}

TEST_F(Feeds, SixAreFetchedAtOnce) {
  std::vector<std::string> urls;
  for (int i = 0; i < 12; ++i) {
    urls.push_back(elsewhere(i));
    publish_at(i, urls.back());
  }
  shared.fetch_ms = 10'000;
  subscribe_to(urls);
  settle(5'000);
  int asked = 0;
  for (const std::string& url : urls) asked += shared.fetched[path_of(url)];
  EXPECT_EQ(asked, 6);
  settle(20'000);
  EXPECT_EQ(episodes(), 12);
}

TEST_F(SlowHost, WhatFailsIsSaidAndTheRestIsFetched) {
  shared.feeds.erase(path_of(elsewhere(3)));
  subscribe_to(urls);
  settle(minute_ms);
  EXPECT_EQ(a.refused_command("library.refresh", {{"feed", nullptr}})["code"], "feed_failed");
  EXPECT_EQ(episodes(), 42);
}

}  // namespace
}  // namespace skypod::test
