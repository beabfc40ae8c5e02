// The ways to a feed, from command to command: a browser that may read some feeds itself, a device at home that reads
// any, and the server's proxy.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/percent.hpp"
#include "core/device/feed_ladder.hpp"
#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

using Addresses = std::vector<std::string>;

const std::string feed_url = "https://feeds.example/show.xml";
const std::string secret_url = "https://feeds.example/show.xml?token=k3yk3yk3y";

std::string proxy_path(const std::string& url) {
  return "/api/feed?url=" + percent_encode(url);
}

Json document(const std::string& title) {
  return {{"version", "https://jsonfeed.org/version/1.1"},
          {"title", title},
          {"items", {{{"id", "e1"}, {"title", "One"}, {"_skypod", {{"identity", "guid:e1"}}}}}}};
}

/// As a native host answers.
Json read_whole(const std::string& title) {
  return {{"status", 200}, {"body", document(title)}};
}

/// As a browser's host answers: the events of <rss><channel><title>…</title></channel></rss>.
Json read_events(const std::string& title) {
  const Json none = Json::array();
  return {{"status", 200},
          {"url", feed_url},
          {"events",
           {Json::array({"", "rss", none}), Json::array({"", "channel", none}), Json::array({"", "title", none}), title,
            nullptr, nullptr, nullptr}}};
}

class Ladder : public testing::Test {
 protected:
  Ladder() : shared(1), browser(shared, 0), home(shared, 1, 0, true) {
    shared.feeds[proxy_path(feed_url)] = document("by the server");
    shared.feeds[proxy_path(secret_url)] = document("by the server");
    settle(1'000);
    browser.command("realm.create");
  }

  void settle(wire::TimeMs ms) { shared.world.run(shared.world.now() + ms); }

  /// Joins the browser's realm.
  void join(VirtualDevice& device) {
    const Json invitation = browser.command("pairing.invite", device.command("pairing.register"));
    device.command("pairing.join", {{"invitation", invitation["invitation"]}});
    settle(10'000);
  }

  void come_home() { join(home); }

  Json subscription() { return browser.command("library.subscriptions")["subscriptions"][0]; }

  std::string refresh_by() {
    browser.command("library.refresh", {{"feed", feed_url}});
    return subscription()["way"].get<std::string>();
  }

  VirtualWorld shared;
  VirtualDevice browser, home;
};

TEST_F(Ladder, AFeedThatMayBeReadIsReadHereAndTheServerNeverHearsOfIt) {
  shared.open[feed_url] = read_events("by itself");
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by itself");
  EXPECT_EQ(subscription()["way"], "direct");
  EXPECT_EQ(browser.take_fetched(), (Addresses{feed_url}));
}

TEST_F(Ladder, AJsonFeedIsReadHereToo) {
  shared.open[feed_url] = {{"status", 200}, {"url", feed_url}, {"json", document("by itself")}};
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by itself");
}

TEST_F(Ladder, WhatIsReadHereSaysHowLongItTakesToReadAndWhereItsAddressesStart) {
  std::string words;
  for (int i = 0; i < 1'000; ++i) words += "<b>word</b> ";
  Json said = document("by itself");
  said["language"] = "en";
  said["items"][0]["content_html"] = words;
  said["items"][0]["_skypod"]["base"] = "https://blog.example/";
  shared.open[feed_url] = {{"status", 200}, {"url", feed_url}, {"json", said}};
  browser.command("library.add", {{"url", feed_url}});
  const Json listed = browser.command("library.episodes", {{"feed", feed_url}, {"offset", 0}, {"limit", 1}});
  const Json episode = listed["episodes"][0]["id"];
  const Json content = browser.command("library.content", {{"feed", feed_url}, {"episode", episode}})["content"];
  EXPECT_EQ(content["minutes"], 5);  // 228 a minute
  EXPECT_EQ(content["base"], "https://blog.example/");
}

TEST_F(Ladder, WhatIsNoFeedHereIsAskedOfTheServer) {
  for (const Json& answer : {Json{{"status", 404}, {"url", feed_url}, {"events", Json::array()}},
                             Json{{"status", 200}, {"url", feed_url}, {"events", {"text", nullptr, nullptr}}},
                             Json{{"status", 200}, {"url", feed_url}, {"events", {Json::array({"", 1, nullptr})}}},
                             Json{{"status", 200}, {"body", "text"}}, Json{{"status", 200}}, Json("text")}) {
    shared.open[feed_url] = answer;
    EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server") << wire::to_json(answer);
  }
}

TEST_F(Ladder, ADeviceAtHomeFetchesForABrowser) {
  shared.closed[feed_url] = read_whole("from home");
  come_home();
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "from home");
  EXPECT_EQ(subscription()["way"], "peer");
  EXPECT_EQ(browser.take_fetched(), (Addresses{feed_url}));
  EXPECT_GE(std::ranges::count(home.take_fetched(), feed_url), 1);
}

TEST_F(Ladder, WithoutOneTheServerIsAsked) {
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
  EXPECT_EQ(subscription()["way"], "server");
  EXPECT_EQ(browser.take_fetched(), (Addresses{feed_url, proxy_path(feed_url)}));
}

TEST_F(Ladder, WhatLedThereLastIsTriedFirst) {
  browser.command("library.add", {{"url", feed_url}});
  browser.take_fetched();
  shared.open[feed_url] = read_events("by itself");
  EXPECT_EQ(refresh_by(), "server");
  browser.restart();
  settle(1'000);
  EXPECT_EQ(refresh_by(), "server");
  EXPECT_EQ(browser.take_fetched(), (Addresses{proxy_path(feed_url), proxy_path(feed_url)}));
  settle(device::direct_pause_ms);
  EXPECT_EQ(refresh_by(), "direct");
  EXPECT_EQ(refresh_by(), "direct");
}

TEST_F(Ladder, WhatIsPausedIsTriedAllTheSameWhenNothingElseIsLeft) {
  browser.command("library.add", {{"url", feed_url}});
  shared.open[feed_url] = read_events("by itself");
  shared.feeds.clear();
  EXPECT_EQ(refresh_by(), "direct");
}

TEST_F(Ladder, ADeviceThatFetchesForOthersTriesItselfEveryTime) {
  come_home();
  home.command("library.add", {{"url", feed_url}});
  home.command("library.refresh", {{"feed", feed_url}});
  EXPECT_EQ(home.take_fetched(), (Addresses{feed_url, proxy_path(feed_url), feed_url, proxy_path(feed_url)}));
}

TEST_F(Ladder, ADeviceAtHomeThatFailsIsPassedBy) {
  come_home();
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
}

TEST_F(Ladder, ADeviceAtHomeThatTakesTooLongIsPassedBy) {
  come_home();
  shared.hanging.insert(feed_url);
  const wire::TimeMs before = shared.world.now();
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
  EXPECT_GE(shared.world.now() - before, device::helper_patience_ms);
}

TEST_F(Ladder, OneThatOwesAnAnswerIsNotAskedAgainBeforeItHasSaidSomething) {
  come_home();
  const std::string other_url = "https://feeds.example/other.xml";
  shared.hanging = {feed_url, secret_url};
  shared.closed[other_url] = read_whole("from home");
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
  home.take_fetched();
  EXPECT_EQ(browser.refused_command("library.add", {{"url", other_url}})["code"], "feed_failed");
  const Json refusal = browser.refused_command("library.add", {{"url", secret_url}});
  EXPECT_EQ(refusal["code"], "feed_failed");
  EXPECT_NE(refusal["message"].get<std::string>().find("does not answer"), std::string::npos);
  EXPECT_EQ(home.take_fetched(), Addresses{});
  home.restart();
  settle(10'000);
  EXPECT_EQ(browser.command("library.add", {{"url", other_url}})["title"], "from home");
}

TEST_F(Ladder, WhatADeviceAtHomeMakesUpHarmsNothing) {
  come_home();
  Json deep = "x";
  for (int i = 0; i < 5; ++i) deep = Json::array({deep});
  for (const Json& body :
       {Json{{"title", 7}, {"items", Json::array()}}, Json{{"items", {7, nullptr, "x", deep, Json::object()}}},
        Json{{"title", std::string(100'000, 't')}, {"items", {{{"id", std::string(100'000, 'i')}}}}},
        Json{{"items", {{{"id", "a"}, {"_skypod", 7}, {"_podcast", "x"}, {"attachments", {7, {{"url", 7}}}}}}}},
        Json{{"items", {{{"id", "a"}, {"content_html", deep}, {"date_published", {1}}, {"image", deep}}}}}}) {
    shared.closed[feed_url] = {{"status", 200}, {"body", body}};
    browser.command("library.add", {{"url", feed_url}});
    EXPECT_EQ(subscription()["way"], "peer") << wire::to_json(body).substr(0, 200);
    EXPECT_LE(subscription()["title"].get<std::string>().size(), library::title_max);
  }
  shared.closed[feed_url] = read_whole("from home");
  browser.command("library.refresh");
  EXPECT_EQ(subscription()["title"], "from home");
}

TEST_F(Ladder, WhatIsNoFeedAtHomeIsAskedOfTheServer) {
  come_home();
  for (const Json& body : {Json::object(), Json{{"items", 7}}, Json(nullptr), Json::array({1})}) {
    shared.closed[feed_url] = {{"status", 200}, {"body", body}};
    EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server") << wire::to_json(body);
  }
}

TEST_F(Ladder, AFeedThatIsTooLongToHandOverIsNotHandedOver) {
  come_home();
  Json body = document("from home");
  body["items"][0]["content_html"] = std::string(device::handed_feed_max, 'x');
  shared.closed[secret_url] = {{"status", 200}, {"body", body}};
  const Json refusal = browser.refused_command("library.add", {{"url", secret_url}});
  EXPECT_EQ(refusal["code"], "feed_failed");
  EXPECT_NE(refusal["message"].get<std::string>().find("larger than the 12 MiB"), std::string::npos);
}

TEST_F(Ladder, OnlySoManyAreFetchedForADeviceAtOnceAndOthersGoOn) {
  VirtualDevice tablet(shared, 2);
  come_home();
  join(tablet);
  for (std::size_t i = 0; i < device::feeds_served.at_once; ++i) {
    const std::string slow = "https://feeds.example/slow/" + std::to_string(i);
    shared.hanging.insert(slow);
    browser.begin("library.add", {{"url", slow}});
  }
  settle(1'000);
  shared.closed[feed_url] = read_whole("from home");
  const wire::TimeMs before = shared.world.now();
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
  EXPECT_EQ(tablet.command("library.add", {{"url", feed_url}})["title"], "from home");
  EXPECT_LT(shared.world.now() - before, device::helper_patience_ms);
}

TEST_F(Ladder, ADeviceThatAsksWithoutEndIsRefused) {
  shared.closed[feed_url] = read_whole("from home");
  come_home();
  browser.command("library.add", {{"url", feed_url}});
  const auto burst = static_cast<std::size_t>(device::feeds_served.rate.burst);
  std::size_t taken = 1;
  while (taken < 2 * burst && refresh_by() == "peer") ++taken;
  EXPECT_GE(taken, burst);
  EXPECT_LT(taken, burst + burst / 2);
  settle(device::feeds_served.rate.refill_ms);
  EXPECT_EQ(refresh_by(), "peer");
}

TEST_F(Ladder, ADeviceThatGoesAwayMeanwhileIsPassedBy) {
  come_home();
  home.stop();
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
}

TEST_F(Ladder, OfAPrivateFeedTheServerHearsNothing) {
  const Json refusal = browser.refused_command("library.add", {{"url", secret_url}});
  EXPECT_EQ(refusal["code"], "private_feed");
  EXPECT_NE(refusal["message"].get<std::string>().find("skypod peer"), std::string::npos);
  EXPECT_EQ(browser.take_fetched(), (Addresses{secret_url}));
}

TEST_F(Ladder, OfAPrivateFeedOnlyDevicesOfTheRealmHear) {
  shared.closed[secret_url] = read_whole("from home");
  come_home();
  EXPECT_EQ(browser.command("library.add", {{"url", secret_url}})["title"], "from home");
  EXPECT_TRUE(subscription()["private"].get<bool>());
  settle(10'000);
  shared.closed.clear();
  const Json refusal = browser.refused_command("library.refresh", {{"feed", secret_url}});
  EXPECT_EQ(refusal["code"], "feed_failed");
  EXPECT_EQ(subscription()["problemCode"], "feed_failed");
  for (VirtualDevice* device : {&browser, &home}) {
    for (const std::string& address : device->take_fetched()) EXPECT_EQ(address, secret_url);
  }
}

TEST_F(Ladder, WhyAFeedFailedIsSaidAsACodeToo) {
  browser.command("library.add", {{"url", feed_url}});
  shared.feeds.clear();
  EXPECT_EQ(browser.refused_command("library.refresh", {{"feed", feed_url}})["reason"], "upstream_not_found");
  EXPECT_EQ(subscription()["problemCode"], "upstream_not_found");
  come_home();
  shared.closed[secret_url] = {{"status", 200}, {"body", Json::object()}};
  EXPECT_EQ(browser.refused_command("library.add", {{"url", secret_url}})["reason"], "not_a_feed");
  EXPECT_EQ(browser.refused_command("library.add", {{"url", "ftp://x"}})["reason"], "bad_url");
}

TEST_F(Ladder, PeopleDecideWhatIsPrivate) {
  browser.command("library.add", {{"url", feed_url}});
  EXPECT_FALSE(subscription()["private"].get<bool>());
  browser.command("library.reach", {{"feed", feed_url}, {"reach", "realm"}});
  EXPECT_TRUE(subscription()["private"].get<bool>());
  EXPECT_EQ(subscription()["reach"], "realm");
  EXPECT_EQ(browser.refused_command("library.refresh", {{"feed", feed_url}})["code"], "private_feed");
  browser.command("library.reach", {{"feed", feed_url}, {"reach", ""}});
  EXPECT_EQ(refresh_by(), "server");
  browser.command("library.reach", {{"feed", secret_url}, {"reach", "everyone"}});
  EXPECT_EQ(browser.command("library.add", {{"url", secret_url}})["title"], "by the server");
  EXPECT_EQ(browser.refused_command("library.reach", {{"feed", feed_url}, {"reach", "all"}})["code"], "bad_input");
  EXPECT_EQ(browser.refused_command("library.reach", {{"feed", "no"}, {"reach", 1}})["code"], "bad_input");
}

TEST_F(Ladder, WhatIsAddedAsPrivateIsPrivateFromTheFirstRequestOn) {
  const Json wanted = {{"url", feed_url}, {"reach", "realm"}};
  EXPECT_EQ(browser.refused_command("library.add", wanted)["code"], "private_feed");
  EXPECT_EQ(browser.take_fetched(), (Addresses{feed_url}));
  shared.open[feed_url] = read_events("by itself");
  EXPECT_EQ(browser.command("library.add", wanted)["title"], "by itself");
  EXPECT_EQ(subscription()["reach"], "realm");
  shared.open.clear();
  EXPECT_EQ(browser.refused_command("library.refresh", {{"feed", feed_url}})["code"], "private_feed");
  EXPECT_EQ(browser.refused_command("library.add", {{"url", feed_url}, {"reach", "all"}})["code"], "bad_input");
}

TEST_F(Ladder, WhatIsChosenForAFeedThatIsNotAddedIsForgotten) {
  browser.refused_command("library.add", {{"url", feed_url}, {"reach", "realm"}});
  EXPECT_EQ(browser.command("library.add", {{"url", feed_url}})["title"], "by the server");
  EXPECT_EQ(browser.command("library.add", {{"url", secret_url}, {"reach", "everyone"}})["title"], "by the server");
}

TEST_F(Ladder, TheChoiceHoldsOnEveryDevice) {
  come_home();
  browser.command("library.add", {{"url", feed_url}});
  browser.command("library.reach", {{"feed", feed_url}, {"reach", "realm"}});
  settle(10'000);
  home.take_fetched();
  EXPECT_EQ(home.refused_command("library.refresh", {{"feed", feed_url}})["code"], "private_feed");
  EXPECT_EQ(home.take_fetched(), (Addresses{feed_url}));
}

TEST_F(Ladder, NothingOfAPrivateFeedGetsAToken) {
  const Json picture = {{"document", ""}, {"url", "https://cdn.example/1.png"}, {"feed", secret_url}};
  const Json article = {{"document", std::string(43, 'A')}, {"url", "https://cdn.example/1"}, {"feed", secret_url}};
  const Json typed = {{"document", ""}, {"url", secret_url}, {"feed", ""}};
  for (const Json& wanted : {picture, article, typed}) {
    EXPECT_EQ(browser.refused_command("proxy.token", wanted)["code"], "private_feed") << wire::to_json(wanted);
  }
  Json open = picture;
  open["feed"] = feed_url;
  EXPECT_FALSE(browser.command("proxy.token", open)["token"].get<std::string>().empty());
  browser.command("library.reach", {{"feed", feed_url}, {"reach", "realm"}});
  EXPECT_EQ(browser.refused_command("proxy.token", open)["code"], "private_feed");
  EXPECT_EQ(browser.refused_command("proxy.token", {{"document", ""}})["code"], "bad_input");
}

}  // namespace
}  // namespace skypod::test
