// Whole devices, from command to command: what people do, over real SQLite and the virtual world's network.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/percent.hpp"
#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

const std::string feed_url = "https://feeds.example/show.xml";

Json sample_feed(int episodes) {
  Json items = Json::array();
  for (int i = 0; i < episodes; ++i) {
    items.push_back(
        {{"id", "e" + std::to_string(i)},
         {"title", "Episode " + std::to_string(i)},
         {"date_published", "2024-01-" + std::string(i < 9 ? "0" : "") + std::to_string(i + 1) + "T08:00:00Z"},
         {"_skypod", {{"identity", "guid:e" + std::to_string(i)}}},
         {"attachments",
          {{{"url", "https://feeds.example/" + std::to_string(i) + ".mp3"},
            {"mime_type", "audio/mpeg"},
            {"duration_in_seconds", 1800}}}}});
  }
  return {{"version", "https://jsonfeed.org/version/1.1"}, {"title", "The Show"}, {"items", items}};
}

/// Two devices of one realm, connected.
class Pair : public testing::Test {
 protected:
  Pair() : shared(1), a(shared, 0), b(shared, 1) {
    shared.feeds["/api/feed?url=" + percent_encode(feed_url)] = sample_feed(12);
    settle(1'000);
  }

  void settle(wire::TimeMs ms) { shared.world.run(shared.world.now() + ms); }

  void pair() {
    a.command("realm.create");
    const Json registration = b.command("pairing.register");
    const Json invitee = a.command("pairing.inspect", registration);
    EXPECT_EQ(invitee["id"], b.id());
    EXPECT_EQ(invitee["name"], "device 1");
    const Json invitation = a.command("pairing.invite", registration);
    b.command("pairing.join", {{"invitation", invitation["invitation"]}});
    settle(10'000);
  }

  static std::string state_of(const VirtualDevice& device, const std::string& peer) {
    for (const Json& entry : device.told("peers")["peers"]) {
      if (entry["id"] == peer) return entry["state"].get<std::string>();
    }
    return "unknown";
  }

  static Json first_episode(VirtualDevice& device) {
    return device.command("library.episodes", {{"feed", feed_url}, {"offset", 0}, {"limit", 1}})["episodes"][0];
  }

  VirtualWorld shared;
  VirtualDevice a, b;
};

TEST_F(Pair, ConnectsAndKnowsNamesAndInviters) {
  pair();
  EXPECT_EQ(state_of(a, b.id()), "connected");
  EXPECT_EQ(state_of(b, a.id()), "connected");
  const Json peers = b.told("peers")["peers"];
  ASSERT_EQ(peers.size(), 2U);
  for (const Json& peer : peers) {
    const bool is_a = peer["id"] == a.id();
    EXPECT_EQ(peer["name"], is_a ? "device 0" : "device 1");
    EXPECT_EQ(peer["invitedBy"], is_a ? Json() : Json(a.id()));
  }
}

TEST_F(Pair, AFeedThatIsAddedAtOnceWaitsForTheServerToKnowTheRealm) {
  a.command("realm.create");
  EXPECT_EQ(a.told("device")["link"], "connecting");
  a.command("library.add", {{"url", feed_url}});
  EXPECT_EQ(a.told("device")["link"], "online");
}

TEST_F(Pair, WithoutAServerNothingWaitsForever) {
  a.command("realm.create");
  shared.cloud.break_one();
  EXPECT_EQ(a.command("library.add", {{"url", feed_url}})["title"], "The Show");
  const std::vector<Json> told = a.all_told("device");
  EXPECT_TRUE(std::ranges::any_of(told, [](const Json& device) { return device["link"] == "offline"; }));
}

TEST_F(Pair, MessagesGoEitherWayByEitherMode) {
  pair();
  EXPECT_EQ(a.command("message.send", {{"text", "direct"}, {"to", nullptr}, {"mode", "p2p"}})["recipients"], 1);
  EXPECT_EQ(b.command("message.send", {{"text", "relayed"}, {"to", a.id()}, {"mode", "relay"}})["recipients"], 1);
  settle(2'000);
  EXPECT_EQ(b.told("message")["text"], "direct");
  EXPECT_EQ(b.told("message")["mode"], "p2p");
  EXPECT_EQ(a.told("message")["text"], "relayed");
  EXPECT_EQ(a.told("message")["from"], b.id());
}

TEST_F(Pair, ASubscriptionAndAPositionAppearOnTheOtherDevice) {
  pair();
  EXPECT_EQ(a.command("library.add", {{"url", " " + feed_url + "\n"}})["title"], "The Show");
  settle(5'000);
  const Json subscriptions = b.command("library.subscriptions")["subscriptions"];
  ASSERT_EQ(subscriptions.size(), 1U);
  EXPECT_EQ(subscriptions[0]["title"], "The Show");
  EXPECT_EQ(subscriptions[0]["episodes"], 12);
  const Json newest = first_episode(b);
  EXPECT_EQ(newest["title"], "Episode 11");
  EXPECT_EQ(newest["play"], nullptr);
  a.command(
      "play.progress",
      {{"feed", feed_url}, {"episode", newest["id"]}, {"positionS", 754.5}, {"durationS", 1800}, {"completed", false}});
  settle(2'000);
  const Json play = first_episode(b)["play"];
  EXPECT_EQ(play["positionS"], 754.5);
  EXPECT_EQ(play["device"], a.id());
}

TEST_F(Pair, WhatHappenedApartIsThereAfterMeetingAgain) {
  pair();
  b.stop();
  a.command("library.add", {{"url", feed_url}});
  a.command("play.progress",
            {{"feed", feed_url}, {"episode", "guid:e3"}, {"positionS", 60}, {"durationS", 1800}, {"completed", true}});
  settle(60'000);
  b.restart();
  settle(30'000);
  EXPECT_EQ(state_of(b, a.id()), "connected");
  const Json subscriptions = b.command("library.subscriptions")["subscriptions"];
  ASSERT_EQ(subscriptions.size(), 1U);
  EXPECT_EQ(subscriptions[0]["played"], 1);
}

TEST_F(Pair, AFeedThatIsAddedAgainIsKnown) {
  pair();
  EXPECT_EQ(a.command("library.add", {{"url", feed_url}})["known"], false);
  EXPECT_EQ(a.command("library.add", {{"url", feed_url}})["known"], true);
  settle(5'000);
  EXPECT_EQ(b.command("library.add", {{"url", feed_url}})["known"], true);
  b.command("library.remove", {{"feed", feed_url}});
  EXPECT_EQ(b.command("library.add", {{"url", feed_url}})["known"], false);
}

TEST_F(Pair, TheLibraryIsThereAfterARestartWithoutAServer) {
  pair();
  a.command("library.add", {{"url", feed_url}});
  settle(5'000);
  shared.cloud.restart();
  b.restart();
  EXPECT_EQ(b.command("library.subscriptions")["subscriptions"][0]["episodes"], 12);
}

TEST_F(Pair, ADocumentWithManyChangesArrivesWhole) {
  pair();
  b.stop();
  a.command("library.add", {{"url", feed_url}});
  for (int i = 0; i < 12; ++i) {
    for (int position = 0; position < 30; ++position) {
      a.command("play.progress", {{"feed", feed_url},
                                  {"episode", "guid:e" + std::to_string(i)},
                                  {"positionS", position},
                                  {"durationS", 1800},
                                  {"completed", position == 29}});
    }
  }
  b.restart();
  settle(30'000);
  EXPECT_EQ(b.command("library.subscriptions")["subscriptions"][0]["played"], 12);
}

TEST_F(Pair, AFirstSyncOfThousandsOfRecordsGoesOnToItsEnd) {
  shared.feeds["/api/feed?url=" + percent_encode(feed_url)] = sample_feed(3'000);
  pair();
  b.stop();
  a.command("library.add", {{"url", feed_url}});
  for (int i = 0; i < 3'000; ++i) {
    a.command("play.progress", {{"feed", feed_url},
                                {"episode", "guid:e" + std::to_string(i)},
                                {"positionS", i},
                                {"durationS", nullptr},
                                {"completed", true}});
  }
  b.restart();
  settle(60'000);
  EXPECT_EQ(b.command("library.subscriptions")["subscriptions"][0]["played"], 3'000);
}

TEST_F(Pair, ADeviceWithAWrongClockIsTold) {
  EXPECT_TRUE(a.all_told("notice").empty());
  VirtualDevice late(shared, 2, -10 * 60'000);
  settle(1'000);
  a.command("realm.create");
  const Json invitation = a.command("pairing.invite", late.command("pairing.register"));
  late.command("pairing.join", {{"invitation", invitation["invitation"]}});
  settle(5'000);
  ASSERT_EQ(late.all_told("notice").size(), 1U);
  EXPECT_NE(late.told("notice")["text"].get<std::string>().find("10 minutes behind the server"), std::string::npos);
}

TEST_F(Pair, UnsubscribingIsSharedAndKeepsPositions) {
  pair();
  a.command("library.add", {{"url", feed_url}});
  settle(5'000);
  b.command("play.progress",
            {{"feed", feed_url}, {"episode", "guid:e11"}, {"positionS", 9}, {"durationS", 1800}, {"completed", false}});
  b.command("library.remove", {{"feed", feed_url}});
  settle(2'000);
  EXPECT_TRUE(a.command("library.subscriptions")["subscriptions"].empty());
  a.command("library.add", {{"url", feed_url}});
  EXPECT_EQ(first_episode(a)["play"]["positionS"], 9);
}

TEST_F(Pair, RefusesWhatCannotBe) {
  EXPECT_EQ(a.refused_command("library.add", {{"url", "javascript:alert(1)"}})["code"], "bad_input");
  EXPECT_EQ(a.refused_command("library.add", {{"url", "https://feeds.example/none"}})["code"], "feed_failed");
  EXPECT_EQ(a.refused_command("pairing.invite", {{"registration", "x"}})["code"], "not_a_member");
  EXPECT_EQ(a.refused_command("nonsense")["code"], "unknown_message");
  a.command("realm.create");
  EXPECT_EQ(a.refused_command("realm.create")["code"], "bad_input");
  EXPECT_EQ(a.refused_command("pairing.invite", {{"registration", "x"}})["code"], "code_damaged");
  const Json own = a.command("pairing.register");
  EXPECT_EQ(a.refused_command("pairing.invite", own)["code"], "invitation_invalid");
  EXPECT_EQ(b.refused_command("pairing.join", {{"invitation", "i1~x"}})["code"], "code_damaged");
}

TEST_F(Pair, AnInvitationIsOfNoUseToAnotherDevice) {
  a.command("realm.create");
  VirtualDevice thief(shared, 2);
  settle(1'000);
  const Json invitation = a.command("pairing.invite", b.command("pairing.register"));
  EXPECT_EQ(thief.refused_command("pairing.join", {{"invitation", invitation["invitation"]}})["code"],
            "invitation_invalid");
}

TEST_F(Pair, AFullDiskChangesNothingAndSaysSo) {
  pair();
  a.command("library.add", {{"url", feed_url}});
  settle(5'000);
  a.set_full_disk(true);
  const Json error = a.refused_command(
      "play.progress",
      {{"feed", feed_url}, {"episode", "guid:e1"}, {"positionS", 5}, {"durationS", 1800}, {"completed", true}});
  EXPECT_EQ(error["code"], "storage_failed");
  a.set_full_disk(false);
  a.command("play.progress",
            {{"feed", feed_url}, {"episode", "guid:e2"}, {"positionS", 5}, {"durationS", 1800}, {"completed", true}});
  settle(5'000);
  EXPECT_EQ(b.command("library.subscriptions")["subscriptions"][0]["played"], 1);
}

TEST_F(Pair, ANewNameReachesTheOthers) {
  pair();
  b.command("device.rename", {{"name", "Kitchen"}});
  settle(2'000);
  for (const Json& peer : a.told("peers")["peers"]) {
    if (peer["id"] == b.id()) EXPECT_EQ(peer["name"], "Kitchen");
  }
}

}  // namespace
}  // namespace skypod::test
