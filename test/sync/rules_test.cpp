// The podcast rules: each is a complaint that somebody had about another app.
#include <gtest/gtest.h>

#include "test/sync/sides.hpp"

namespace skypod::test {
namespace {

using library::Filter;
using library::QueueEntry;

const std::string feed = "https://feeds.example/show.xml";
constexpr TimeMs minute = 60'000;
constexpr TimeMs hour = 60 * minute;

Json item(const std::string& guid, int number) {
  return {{"_skypod", {{"identity", guid}}},
          {"title", "Episode " + std::to_string(number)},
          {"summary", "About number " + std::to_string(number)},
          {"date_published", "2023-01-" + std::string(number < 10 ? "0" : "") + std::to_string(number) + "T08:00:00Z"},
          {"attachments",
           {{{"url", "https://feeds.example/" + std::to_string(number) + ".mp3"}, {"mime_type", "audio/mpeg"}}}}};
}

Json document(int episodes, const std::string& prefix = "guid:") {
  Json items = Json::array();
  for (int i = 1; i <= episodes; ++i) items.push_back(item(prefix + std::to_string(i), i));
  return {{"title", "The Show"}, {"items", std::move(items)}};
}

class Rules : public testing::Test {
 protected:
  Rules() : a(1), b(2) {
    for (Side* side : {&a, &b}) {
      side->get(side->library.subscribe(feed, "The Show"));
      side->get(side->library.store_feed(feed, document(5)));
      side->get(side->library.name_device(side == &a ? "Kitchen" : "Car"));
    }
    sync();
  }

  void sync() {
    meet(a, b);
    EXPECT_EQ(a.state(), b.state());
    EXPECT_EQ(a.derived(), b.derived());
  }
  void pass(TimeMs ms) {
    a.local.pass(ms);
    b.local.pass(ms);
  }
  static void listen(Side& side, const std::string& episode, double position_s, bool completed = false) {
    side.get(side.library.progress({feed, episode, position_s, {}, completed}));
  }
  static Json play(Side& side, const std::string& episode) {
    const Json page = side.get(side.library.episodes(feed, Filter::all, {0, 100}));
    for (const Json& entry : page["episodes"]) {
      if (entry["id"] == episode) return entry["play"];
    }
    return "no such episode";
  }
  static std::vector<std::string> queue(Side& side) {
    std::vector<std::string> ids;
    const Json list = side.get(side.library.queue());
    for (const Json& entry : list["queue"]) ids.push_back(entry["id"].get<std::string>());
    return ids;
  }

  Side a, b;
};

TEST_F(Rules, AChangedGuidKeepsThePosition) {
  listen(a, "guid:2", 90);
  sync();
  a.get(a.library.store_feed(feed, document(5, "urn:new:")));
  EXPECT_EQ(play(a, "urn:new:2")["positionS"], 90);
  EXPECT_EQ(a.get(a.library.episodes(feed, Filter::all, {0, 100}))["total"], 5);
  sync();
  // The other device has not seen the feed since, and listens under the old name.
  pass(minute);
  listen(b, "guid:2", 120);
  b.get(b.library.store_feed(feed, document(5, "urn:new:")));
  EXPECT_EQ(play(b, "urn:new:2")["positionS"], 120);
  EXPECT_EQ(b.get(b.library.episodes(feed, Filter::all, {0, 100}))["total"], 5);
  pass(minute);
  listen(a, "urn:new:2", 150);
  sync();
  for (Side* side : {&a, &b}) EXPECT_EQ(play(*side, "urn:new:2")["positionS"], 150);
  EXPECT_EQ(b.get(b.library.search("episode", {0, 10}))["total"], 5);
}

TEST_F(Rules, AGuidThatChangedOnlyElsewhereIsFoundUnderBothNames) {
  a.get(a.library.store_feed(feed, document(5, "urn:new:")));
  listen(a, "urn:new:3", 33);
  sync();
  EXPECT_EQ(play(b, "guid:3")["positionS"], 33);
}

TEST_F(Rules, AGuidThatASecondEpisodeTakesLeavesTheFirstItsPosition) {
  listen(a, "guid:2", 90);
  Json shared = document(5);
  shared["items"][1] = item("guid:2|enclosure:two", 2);
  shared["items"].push_back(item("guid:2|enclosure:six", 6));
  a.get(a.library.store_feed(feed, shared));
  EXPECT_EQ(play(a, "guid:2|enclosure:two")["positionS"], 90);
  EXPECT_EQ(play(a, "guid:2|enclosure:six"), nullptr);
  EXPECT_EQ(a.get(a.library.episodes(feed, Filter::all, {0, 100}))["total"], 6);
  sync();
  a.get(a.library.store_feed(feed, document(5)));  // the second one is gone
  EXPECT_EQ(play(a, "guid:2")["positionS"], 90);
}

TEST_F(Rules, TwoEpisodesThatLookAlikeAreNotConfused) {
  Json twins = {{"title", "The Show"}, {"items", {item("guid:x", 9), item("guid:y", 9)}}};
  a.get(a.library.store_feed(feed, twins));
  listen(a, "guid:x", 10);
  Json renamed = {{"title", "The Show"}, {"items", {item("urn:p", 9)}}};
  a.get(a.library.store_feed(feed, renamed));
  EXPECT_EQ(play(a, "urn:p"), nullptr);
}

TEST_F(Rules, AnOfflineDeviceDoesNotRewind) {
  listen(b, "guid:1", 100);  // offline, early
  pass(hour);
  listen(a, "guid:1", 900);
  pass(hour);
  sync();
  for (Side* side : {&a, &b}) EXPECT_EQ(play(*side, "guid:1")["positionS"], 900);
  const Json positions = b.get(b.library.positions(feed, "guid:1"))["positions"];
  ASSERT_EQ(positions.size(), 2U);
  EXPECT_EQ(positions[0]["name"], "Kitchen");
  EXPECT_EQ(positions[0]["device"], a.id);
  EXPECT_EQ(positions[1]["positionS"], 100);
}

TEST_F(Rules, ASlowClockDoesNotWinAndDoesNotLoseWhatCameAfter) {
  b.local.pass(-24 * hour);
  pass(minute);
  listen(b, "guid:1", 5);
  listen(a, "guid:1", 600);
  meet(a, b);
  EXPECT_EQ(play(a, "guid:1")["positionS"], 600);
  b.local.pass(24 * hour);
  sync();
  EXPECT_EQ(play(b, "guid:1")["positionS"], 600);
  // What is done after having seen the other's position is later, whatever the clock says.
  b.local.pass(-2 * minute);
  listen(b, "guid:1", 700);
  sync();
  EXPECT_EQ(play(a, "guid:1")["positionS"], 700);
}

TEST_F(Rules, AFastClockDoesNotPoisonAPosition) {
  b.local.pass(24 * hour);
  listen(b, "guid:1", 5);
  meet(a, b);
  listen(a, "guid:1", 600);
  EXPECT_EQ(play(a, "guid:1")["positionS"], 600);
  b.local.pass(-24 * hour);
  b.library.replica().trust_clock(0);
  sync();
  pass(minute);
  listen(a, "guid:1", 610);
  sync();
  EXPECT_EQ(play(b, "guid:1")["positionS"], 610);
  EXPECT_EQ(b.get(b.library.positions(feed, "guid:1"))["positions"][1]["positionS"], 5) << "nothing is lost";
}

TEST_F(Rules, TheQueueMergesAndNobodyWipesIt) {
  const auto add = [](Side& side, const std::string& episode, bool next = false) {
    side.get(side.library.queue_add({feed, episode}, next));
  };
  add(a, "guid:1");
  add(a, "guid:2");
  sync();
  add(a, "guid:3");
  add(b, "guid:4", true);
  b.get(b.library.queue_remove({feed, "guid:1"}));
  sync();
  EXPECT_EQ(queue(a), (std::vector<std::string>{"guid:4", "guid:2", "guid:3"}));
  EXPECT_EQ(queue(b), queue(a));
  a.get(a.library.queue_move({feed, "guid:3"}, std::nullopt));
  a.get(a.library.queue_move({feed, "guid:4"}, QueueEntry{feed, "guid:2"}));
  EXPECT_EQ(queue(a), (std::vector<std::string>{"guid:3", "guid:2", "guid:4"}));
}

TEST_F(Rules, AClearedQueueComesBackByUndoWithWhatOthersAddedMeanwhile) {
  for (int i = 1; i <= 4; ++i) a.get(a.library.queue_add({feed, "guid:" + std::to_string(i)}, false));
  sync();
  const auto before = queue(a);
  a.get(a.library.queue_clear());
  EXPECT_TRUE(queue(a).empty());
  b.get(b.library.queue_add({feed, "guid:5"}, false));
  sync();
  EXPECT_EQ(queue(b), std::vector<std::string>{"guid:5"});
  a.get(a.library.queue_undo());
  sync();
  auto expected = before;
  expected.push_back("guid:5");
  EXPECT_EQ(queue(b), expected);
  for (int i = 0; i < 4; ++i) a.get(a.library.queue_undo());
  EXPECT_FALSE(a.local.run(a.library.queue_undo()));
}

TEST_F(Rules, MarkingAllAgainstAConcurrentListen) {
  listen(b, "guid:2", 300);  // on the train, without a network
  pass(10 * minute);
  a.get(a.library.mark_all(feed));
  sync();
  for (Side* side : {&a, &b}) {
    EXPECT_EQ(play(*side, "guid:1")["completed"], true);
    EXPECT_EQ(play(*side, "guid:2")["completed"], false) << "who listens keeps the position";
    EXPECT_EQ(play(*side, "guid:2")["positionS"], 300);
    EXPECT_EQ(side->get(side->library.subscriptions())["subscriptions"][0]["played"], 4);
  }
  // Marking again, now that the position is known, is a decision.
  pass(minute);
  a.get(a.library.mark_all(feed));
  sync();
  EXPECT_EQ(play(b, "guid:2")["completed"], true);
  // Listening again begins again.
  pass(minute);
  listen(b, "guid:1", 15);
  sync();
  EXPECT_EQ(play(a, "guid:1")["completed"], false);
}

TEST_F(Rules, MarkingAllCostsOneDocumentAndSparesWhatComesLater) {
  EXPECT_EQ(a.get(a.library.mark_all(feed)).changes.size(), 1U);
  a.get(a.library.store_feed(feed, document(6)));
  EXPECT_EQ(play(a, "guid:5")["completed"], true);
  EXPECT_EQ(play(a, "guid:6"), nullptr);
}

TEST_F(Rules, AFeedThatOutlivesItsOriginKeepsItsEpisodesAndTheReason) {
  const auto problem = [this] {
    const Json known = a.get(a.library.subscriptions());
    EXPECT_EQ(known["subscriptions"][0]["episodes"], 5);
    return known["subscriptions"][0]["problem"].get<std::string>();
  };
  Json old = document(5);
  old["_skypod"] = {{"stale", true}, {"problem", "No such host."}};
  a.get(a.library.store_feed(feed, old));
  EXPECT_EQ(problem(), "No such host.");
  a.get(a.library.store_feed(feed, document(5)));
  EXPECT_EQ(problem(), "");
}

TEST_F(Rules, AMarkOnOneEpisodeThatKnewOfNothingYieldsToListening) {
  listen(b, "guid:4", 44);
  pass(minute);
  a.get(a.library.mark(feed, "guid:4", true));
  sync();
  EXPECT_EQ(play(a, "guid:4")["completed"], false);
  pass(minute);
  a.get(a.library.mark(feed, "guid:4", true));
  sync();
  EXPECT_EQ(play(b, "guid:4")["completed"], true);
}

TEST_F(Rules, ASubscriptionRemovedAndAddedAgainKeepsWhatWasPlayed) {
  listen(a, "guid:1", 60, true);
  a.get(a.library.unsubscribe(feed));
  sync();
  EXPECT_TRUE(b.get(b.library.subscriptions())["subscriptions"].empty());
  pass(minute);
  b.get(b.library.subscribe(feed, "The Show"));
  sync();
  for (Side* side : {&a, &b}) {
    EXPECT_EQ(side->get(side->library.subscriptions())["subscriptions"][0]["played"], 1);
    EXPECT_EQ(play(*side, "guid:1")["completed"], true);
  }
}

TEST_F(Rules, AStatusMayArriveBeforeItsEpisode) {
  a.get(a.library.store_feed(feed, document(7)));
  listen(a, "guid:7", 70);
  sync();
  EXPECT_EQ(play(b, "guid:7"), "no such episode");
  b.get(b.library.store_feed(feed, document(7)));
  EXPECT_EQ(play(b, "guid:7")["positionS"], 70);
}

TEST_F(Rules, AStatusOutlivesItsEpisode) {
  listen(a, "guid:1", 50);
  Side late(3);
  meet(a, late);
  late.get(late.library.subscribe(feed, "The Show"));
  late.get(late.library.store_feed(feed, {{"title", "The Show"}, {"items", {item("guid:5", 5)}}}));
  late.get(late.library.store_feed(feed, document(5)));
  EXPECT_EQ(play(late, "guid:1")["positionS"], 50);
}

TEST_F(Rules, ANewDeviceGetsThePlayedState) {
  for (int i = 1; i <= 5; ++i) listen(a, "guid:" + std::to_string(i), 1, true);
  Side fresh(3);
  meet(a, fresh);
  fresh.get(fresh.library.store_feed(feed, document(5)));
  EXPECT_EQ(fresh.get(fresh.library.subscriptions())["subscriptions"][0]["played"], 5);
}

TEST_F(Rules, SettingsAreOfAllDevicesOrOfOne) {
  a.get(a.library.set("speed", 1.5, true));
  a.get(a.library.set("skip", 30, false));
  sync();
  EXPECT_EQ(b.get(b.library.settings()), (Json{{"everywhere", {{"speed", 1.5}}}, {"here", Json::object()}}));
  EXPECT_EQ(a.get(a.library.settings())["here"]["skip"], 30);
  b.get(b.library.set("speed", nullptr, true));
  sync();
  EXPECT_TRUE(a.get(a.library.settings())["everywhere"].empty());
}

TEST_F(Rules, FoldersAndTagsAreShared) {
  a.get(a.library.organise(feed, "News", "daily\nshort"));
  sync();
  const Json shown = b.get(b.library.subscriptions())["subscriptions"][0];
  EXPECT_EQ(shown["folder"], "News");
  EXPECT_EQ(shown["tags"], (Json{"daily", "short"}));
}

TEST_F(Rules, SearchFindsWordsBeginningsAndAccentsAndIgnoresOperators) {
  Json feed_document = document(5);
  feed_document["items"][0]["title"] = "Übermut und \"Zitat\"";
  a.get(a.library.store_feed(feed, feed_document));
  const auto count = [&](const std::string& words) { return a.get(a.library.search(words, {0, 10}))["total"]; };
  EXPECT_EQ(count("ubermut"), 1);
  EXPECT_EQ(count("über"), 1);
  EXPECT_EQ(count("about number"), 5);
  EXPECT_EQ(count("episode 1"), 0);  // its title has changed
  EXPECT_EQ(count("\"zitat"), 1);
  EXPECT_EQ(count("NOT OR ) * ^"), 0);
  EXPECT_EQ(count("  "), 0);
}

TEST_F(Rules, ListsAreFilteredAndPaged) {
  listen(a, "guid:1", 10, true);
  listen(a, "guid:2", 20);
  const auto list = [&](Filter filter) { return a.get(a.library.inbox(filter, {}, {1, 2})); };
  EXPECT_EQ(list(Filter::all)["total"], 5);
  EXPECT_EQ(list(Filter::all)["episodes"][0]["id"], "guid:4");
  EXPECT_EQ(list(Filter::all)["episodes"].size(), 2U);
  EXPECT_EQ(list(Filter::unplayed)["total"], 4);
  EXPECT_EQ(list(Filter::started)["total"], 1);
  EXPECT_EQ(list(Filter::played)["total"], 1);
}

TEST_F(Rules, AnEpisodeIsShownWithWhatItsFeedSaysOfItAtLength) {
  Json said = document(5);
  said["items"][0]["content_html"] = "<p>At length.</p>";
  said["items"][0]["_skypod"]["minutes"] = 3;
  said["items"][0]["_podcast"] = {{"chapters", {{"url", "https://feeds.example/1.json"}}},
                                  {"transcripts", {{{"url", "https://feeds.example/1.vtt"}, {"type", "text/vtt"}}}}};
  said["items"][1]["content_html"] = std::string(library::html_max + 1, 'x');
  a.get(a.library.store_feed(feed, said));
  const Json content = a.get(a.library.content(feed, "guid:1"))["content"];
  EXPECT_EQ(content["html"], "<p>At length.</p>");
  EXPECT_EQ(content["minutes"], 3);
  EXPECT_EQ(content["chapters"]["url"], "https://feeds.example/1.json");
  EXPECT_EQ(content["transcripts"][0]["type"], "text/vtt");
  EXPECT_FALSE(a.get(a.library.content(feed, "guid:2"))["content"].contains("html")) << "too long";
  EXPECT_TRUE(a.get(a.library.content(feed, "guid:none"))["content"].is_null());
  said["items"][0]["content_html"] = "<p>Corrected.</p>";
  a.get(a.library.store_feed(feed, said));
  EXPECT_EQ(a.get(a.library.content(feed, "guid:1"))["content"]["html"], "<p>Corrected.</p>");
}

TEST_F(Rules, TheInboxCanBeOfOneFolderOrTag) {
  a.get(a.library.organise(feed, "News", "daily\nshort"));
  const auto total = [&](const std::string& folder, const std::string& tag) {
    return a.get(a.library.inbox(Filter::all, {folder, tag}, {0, 10}))["total"];
  };
  EXPECT_EQ(total("News", ""), 5);
  EXPECT_EQ(total("News", "short"), 5);
  EXPECT_EQ(total("", "daily"), 5);
  EXPECT_EQ(total("", "dai"), 0);
  EXPECT_EQ(total("Sport", ""), 0);
}

TEST_F(Rules, AnEpisodeIsFoundByItsIdentity) {
  EXPECT_EQ(a.get(a.library.find("", "guid:2"))["episodes"][0]["feed"], feed);
  EXPECT_EQ(a.get(a.library.find(feed, "guid:2"))["episodes"].size(), 1U);
  EXPECT_TRUE(a.get(a.library.find("https://other.example", "guid:2"))["episodes"].empty());
  EXPECT_TRUE(a.get(a.library.find(feed, "guid:99"))["episodes"].empty());
}

TEST_F(Rules, ASearchTakesTheLastWordAsABeginningUnlessItIsOneLetter) {
  EXPECT_EQ(a.get(a.library.search("epi", {0, 10}))["total"], 5);
  EXPECT_EQ(a.get(a.library.search("number 3", {0, 10}))["total"], 1);
  EXPECT_EQ(a.get(a.library.search("e", {0, 10}))["total"], 0);
  EXPECT_EQ(a.get(a.library.search("", {0, 10}))["total"], 0);
  const Json second = a.get(a.library.search("number", {2, 1}));
  EXPECT_EQ(second["total"], 5);
  EXPECT_EQ(second["episodes"][0]["id"], "guid:3");
}

TEST_F(Rules, ASearchThatFindsLittleHasTheBestFirstAndOneThatFindsMuchTheNewest) {
  const auto first = [&] { return a.get(a.library.search("lighthouse", {0, 2}))["episodes"]; };
  const auto publish = [&](int count) {
    Json said = document(count);
    for (int i = 0; i < count; ++i) {
      said["items"][i]["summary"] = "About a lighthouse and many other things.";
      said["items"][i]["date_published"] = std::to_string(1970 + i) + "-01-02T08:00:00Z";
    }
    said["items"][3]["title"] = "Lighthouse";
    a.get(a.library.store_feed(feed, said));
    const auto total = a.get(a.library.search("lighthouse", {0, 1}))["total"];
    EXPECT_EQ(total, count);
  };
  publish(library::search_ranked_max);
  EXPECT_EQ(first()[0]["title"], "Lighthouse");
  publish(library::search_ranked_max + 1);
  EXPECT_NE(first()[0]["title"], "Lighthouse");
  EXPECT_GT(first()[0]["publishedMs"], first()[1]["publishedMs"]);
  const Json second = a.get(a.library.search("lighthouse", {1, 1}))["episodes"];
  EXPECT_EQ(second[0], first()[1]);
}

}  // namespace
}  // namespace skypod::test
