// Feeds that want a name and password: who is told them, and who never is.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/percent.hpp"
#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

const std::string feed_url = "https://feeds.example/show.xml";
const std::string login_url = "https://ann:s3cret@feeds.example/show.xml";
const std::string wrong_url = "https://ann:guess@feeds.example/show.xml";

/// As a native host answers.
Json show() {
  return {{"status", 200},
          {"body",
           {{"version", "https://jsonfeed.org/version/1.1"},
            {"title", "For members"},
            {"items", {{{"id", "e1"}, {"title", "One"}, {"_skypod", {{"identity", "guid:e1"}}}}}}}}};
}

class Logins : public testing::Test {
 protected:
  Logins() : shared(5), browser(shared, 0), home(shared, 1, 0, true) {
    shared.guarded[feed_url] = "Basic YW5uOnMzY3JldA==";  // ann:s3cret
    shared.feeds["/api/feed?url=" + percent_encode(feed_url)] = show()["body"];
    settle(1'000);
    browser.command("realm.create");
  }

  void settle(wire::TimeMs ms) { shared.world.run(shared.world.now() + ms); }
  void come_home() {
    const Json invitation = browser.command("pairing.invite", home.command("pairing.register"));
    home.command("pairing.join", {{"invitation", invitation["invitation"]}});
    settle(10'000);
  }
  /// Nothing that was asked of the server is about a feed.
  static void expect_server_unasked(VirtualDevice& device) {
    for (const std::string& address : device.take_fetched()) EXPECT_EQ(address, feed_url);
  }
  static Json add(VirtualDevice& device, const std::string& url) {
    return device.command("library.add", {{"url", url}});
  }
  static Json refused(VirtualDevice& device, const std::string& url, const std::string& reach = "") {
    return device.refused_command("library.add", {{"url", url}, {"reach", reach}});
  }
  static Json subscription(VirtualDevice& device) {
    return device.command("library.subscriptions")["subscriptions"][0];
  }

  VirtualWorld shared;
  VirtualDevice browser, home;
};

TEST_F(Logins, AreSentToTheFeedsHostAndKeptApartFromItsAddress) {
  shared.open[feed_url] = show();
  EXPECT_EQ(add(browser, login_url), Json({{"feed", feed_url}, {"title", "For members"}, {"known", false}}));
  browser.command("library.refresh", {{"feed", feed_url}});
  const Json listed = subscription(browser);
  EXPECT_EQ(listed["feed"], feed_url);
  EXPECT_EQ(listed["login"], "ann");
  EXPECT_TRUE(listed["private"].get<bool>());
  EXPECT_EQ(listed["way"], "direct");
  EXPECT_EQ(wire::to_json(listed).find("s3cret"), std::string::npos);
  EXPECT_EQ(wire::to_json(browser.command("settings.list")).find("s3cret"), std::string::npos);
  expect_server_unasked(browser);
}

TEST_F(Logins, OfTheRealmAreUsedByEveryDevice) {
  shared.closed[feed_url] = show();
  come_home();
  EXPECT_EQ(add(browser, login_url)["title"], "For members");
  EXPECT_EQ(subscription(browser)["way"], "peer");
  settle(10'000);
  EXPECT_EQ(subscription(home)["login"], "ann");
  EXPECT_EQ(subscription(home)["episodes"], 1);
  expect_server_unasked(browser);
  expect_server_unasked(home);
}

TEST_F(Logins, ThatAreWrongAreSaidToBe) {
  shared.closed[feed_url] = show();
  come_home();
  for (VirtualDevice* device : {&home, &browser}) {
    const Json refusal = refused(*device, wrong_url);
    EXPECT_EQ(refusal["code"], "login_refused");
    EXPECT_NE(refusal["message"].get<std::string>().find("https://NAME:PASSWORD@"), std::string::npos);
    EXPECT_EQ(refusal["message"].get<std::string>().find("guess"), std::string::npos);
    EXPECT_TRUE(device->command("library.subscriptions")["subscriptions"].empty());
    expect_server_unasked(*device);
  }
}

TEST_F(Logins, ThatAFeedTurnsOutToWantAreAskedForAndTheServerIsNot) {
  shared.open[feed_url] = show();
  EXPECT_EQ(refused(browser, feed_url)["code"], "login_refused");
  shared.open.clear();
  come_home();
  shared.closed[feed_url] = show();
  EXPECT_EQ(refused(browser, feed_url)["code"], "login_refused");
  expect_server_unasked(browser);
  expect_server_unasked(home);
}

TEST_F(Logins, ThatTheServerFindsWantedAreAskedForToo) {
  shared.feeds.clear();
  shared.refusals["/api/feed?url=" + percent_encode(feed_url)] = {
      {"status", 502}, {"code", "upstream_login"}, {"message", "The host wants a name and password."}};
  EXPECT_EQ(refused(browser, feed_url)["code"], "login_refused");
}

TEST_F(Logins, AreChangedByAddingTheFeedAgain) {
  shared.open[feed_url] = show();
  add(browser, login_url);
  shared.guarded[feed_url] = "Basic YW5uOm5ldw==";  // ann:new
  EXPECT_EQ(browser.refused_command("library.refresh", {{"feed", feed_url}})["code"], "login_refused");
  EXPECT_EQ(subscription(browser)["problemCode"], "login_refused");
  add(browser, "https://ann:new@feeds.example/show.xml");
  EXPECT_EQ(browser.command("library.subscriptions")["subscriptions"].size(), 1U);
  EXPECT_EQ(subscription(browser)["problem"], "");
  add(browser, feed_url);  // with what is known
  browser.command("library.refresh", {{"feed", feed_url}});
}

TEST_F(Logins, AreForgottenWithTheSubscription) {
  shared.open[feed_url] = show();
  add(browser, login_url);
  browser.command("library.remove", {{"feed", feed_url}});
  EXPECT_EQ(refused(browser, feed_url, "realm")["code"], "login_refused");
}

TEST_F(Logins, AreNeverForTheServerWhateverPeopleHaveChosen) {
  EXPECT_EQ(refused(browser, login_url, "everyone")["code"], "login_feed");
  browser.command("library.reach", {{"feed", feed_url}, {"reach", "everyone"}});
  EXPECT_EQ(refused(browser, login_url)["code"], "login_feed");
  shared.open[feed_url] = show();
  add(browser, login_url);
  EXPECT_EQ(browser.refused_command("proxy.token", {{"document", ""}, {"url", feed_url}, {"feed", feed_url}})["code"],
            "private_feed");
  expect_server_unasked(browser);
}

TEST_F(Logins, ThatCannotBeSentAreRefused) {
  for (const char* url :
       {"https://a%3Ab:c@feeds.example/", "https://a:%0d%0a@feeds.example/", "https://a:%ff@feeds.example/"}) {
    EXPECT_EQ(refused(browser, url)["code"], "bad_input") << url;
  }
}

TEST_F(Logins, TravelInListsOnlyIfAskedFor) {
  const auto element = [](const char* name, const Json& attributes) { return Json::array({name, attributes}); };
  const Json document =
      Json::array({element("opml", {{"version", "2.0"}}), element("body", Json::object()),
                   element("outline", {{"text", "Show"}, {"xmlUrl", login_url}}), nullptr, nullptr, nullptr});
  shared.open[feed_url] = show();
  const Json list = browser.command("opml.read", {{"document", document}});
  EXPECT_EQ(list["subscriptions"][0]["feed"], feed_url);
  browser.command("library.import", {{"subscriptions", list["subscriptions"]}});
  settle(10'000);
  EXPECT_EQ(subscription(browser)["episodes"], 1);
  const auto opml = [&](const Json& args) { return browser.command("opml.export", args)["opml"].get<std::string>(); };
  EXPECT_NE(opml(Json::object()).find("xmlUrl=\"" + feed_url + "\""), std::string::npos);
  EXPECT_NE(opml({{"logins", true}}).find("xmlUrl=\"" + login_url + "\""), std::string::npos);
}

}  // namespace
}  // namespace skypod::test
