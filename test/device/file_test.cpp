// Pieces of the files that a private feed refers to: who fetches them, and who is told the feed's login.
#include <gtest/gtest.h>

#include <utility>

#include "core/device/file_ladder.hpp"
#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

const std::string feed_url = "https://feeds.example/show.xml";
const std::string login_url = "https://ann:s3cret@feeds.example/show.xml";
const std::string file_url = "https://feeds.example/1.mp3";
const std::string elsewhere = "https://cdn.example/1.mp3";
const std::string login = "Basic YW5uOnMzY3JldA==";  // ann:s3cret

class Files : public testing::Test {
 protected:
  Files() : shared(5), browser(shared, 0), home(shared, 1, 0, true) {
    shared.guarded[feed_url] = shared.guarded[file_url] = login;
    shared.open[feed_url] = {{"status", 200},
                             {"body",
                              {{"version", "https://jsonfeed.org/version/1.1"},
                               {"title", "For members"},
                               {"items", {{{"id", "e1"}, {"_skypod", {{"identity", "guid:e1"}}}}}}}}};
    settle(1'000);
    browser.command("realm.create");
    browser.command("library.add", {{"url", login_url}});
    browser.take_fetched();
  }

  void settle(wire::TimeMs ms) { shared.world.run(shared.world.now() + ms); }
  void come_home() {
    const Json invitation = browser.command("pairing.invite", home.command("pairing.register"));
    home.command("pairing.join", {{"invitation", invitation["invitation"]}});
    settle(10'000);
    browser.take_fetched(), home.take_fetched();
  }
  static Json wanted(const std::string& url, std::int64_t from = 0, std::int64_t count = 4) {
    return {{"url", url}, {"feed", feed_url}, {"from", from}, {"count", count}};
  }
  Json piece(const std::string& url, std::int64_t from = 0, std::int64_t count = 4) {
    return browser.command("file.piece", wanted(url, from, count));
  }
  Json refusal(const Json& args) { return browser.refused_command("file.piece", args); }
  static Json octets(std::string_view text, std::int64_t total) {
    return {{"type", "audio/mpeg"}, {"total", total}, {"octets", wire::binary(text)}};
  }

  VirtualWorld shared;
  VirtualDevice browser, home;
};

TEST_F(Files, OfTheFeedsOriginAreFetchedWithItsLogin) {
  shared.files[file_url] = "abcdefghij";
  EXPECT_EQ(piece(file_url), octets("abcd", 10));
  EXPECT_EQ(piece(file_url, 8), octets("ij", 10));
  EXPECT_EQ(browser.take_fetched(), (std::vector{file_url + " " + login, file_url + " " + login}));
}

TEST_F(Files, OfAnotherOriginAreFetchedWithoutIt) {
  const std::string lookalike = "https://feeds.example@cdn.example/1.mp3";
  const std::string backslash = "https://cdn.example\\@feeds.example/1.mp3";
  for (const std::string& url :
       {elsewhere, std::string("http://feeds.example/1.mp3"), std::string("https://feeds.example:8443/1.mp3"),
        std::string("https://example/1.mp3")}) {
    shared.files[url] = "abcdefghij";
    EXPECT_EQ(piece(url), octets("abcd", 10));
    EXPECT_EQ(browser.take_fetched(), std::vector{url});
  }
  for (const std::string& url : {lookalike, backslash, std::string("feeds.example/1.mp3"), std::string("/1.mp3")}) {
    EXPECT_EQ(refusal(wanted(url))["code"], "bad_input") << url;
  }
  EXPECT_TRUE(browser.take_fetched().empty());
}

TEST_F(Files, ThatOnlyANativeDeviceMayReadComeByIt) {
  shared.closed_files[file_url] = "abcdefghij";
  EXPECT_EQ(refusal(wanted(file_url))["code"], "file_closed");
  come_home();
  EXPECT_EQ(piece(file_url), octets("abcd", 10));
  EXPECT_EQ(home.take_fetched(), std::vector{file_url + " " + login});
  EXPECT_EQ(browser.take_fetched(), std::vector{file_url + " " + login});
  EXPECT_EQ(piece(file_url, 4, 100), octets("efghij", 10));
  EXPECT_TRUE(browser.take_fetched().empty()) << "the host was asked again although it lets no page read";
}

TEST_F(Files, OfAnotherOriginTheNativeDeviceIsNotToldTheLoginFor) {
  shared.closed_files[elsewhere] = "abcdefghij";
  come_home();
  EXPECT_EQ(piece(elsewhere), octets("abcd", 10));
  EXPECT_EQ(home.take_fetched(), std::vector{elsewhere});
}

TEST_F(Files, AreReadHereAgainOnceNobodyElseCan) {
  shared.closed_files[file_url] = "abcdefghij";
  come_home();
  piece(file_url);
  shared.closed_files.clear();
  shared.files[file_url] = "klmnopqrst";
  home.stop();
  settle(120'000);
  EXPECT_EQ(piece(file_url), octets("klmn", 10));
}

TEST_F(Files, ThatWantAnotherLoginSaySo) {
  shared.files[file_url] = "abcdefghij";
  shared.guarded[file_url] = "Basic bmV3";
  EXPECT_EQ(refusal(wanted(file_url))["code"], "login_refused");
  shared.closed_files[file_url] = std::exchange(shared.files[file_url], "");
  shared.files.clear();
  come_home();
  const Json refused = refusal(wanted(file_url));
  EXPECT_EQ(refused["code"], "login_refused");
  EXPECT_EQ(refused["message"].get<std::string>().find("s3cret"), std::string::npos);
}

TEST_F(Files, OfAHostWithoutRangesAreHadIfTheyAreOnePiece) {
  shared.has_ranges = false;
  shared.files[file_url] = "abcdefghij";
  EXPECT_EQ(piece(file_url, 0, 100), octets("abcdefghij", 10));
  EXPECT_EQ(piece(file_url), octets("abcd", 10));
  const Json refused = refusal(wanted(file_url, 4));
  EXPECT_EQ(refused["code"], "file_failed");
  EXPECT_EQ(refused["reason"], "no_ranges");
}

TEST_F(Files, AreAskedForWithinTheirLimits) {
  for (const auto& [from, count] : {std::pair{-1, 1}, {0, 0}, {0, 4 * 1024 * 1024 + 1}}) {
    EXPECT_EQ(refusal(wanted(file_url, from, count))["code"], "bad_input");
  }
  Json strange = wanted(file_url);
  strange["feed"] = "";
  EXPECT_EQ(refusal(strange)["code"], "bad_input");
}

TEST_F(Files, AreNotForTheServerAndThePageIsToldThatTheLoginIsForThemToo) {
  const auto refused = [&](const std::string& url) {
    return browser.refused_command("proxy.token", {{"document", ""}, {"url", url}, {"feed", feed_url}});
  };
  EXPECT_EQ(refused(file_url)["code"], "private_feed");
  EXPECT_EQ(refused(file_url)["reason"], "login");
  EXPECT_EQ(refused(elsewhere)["code"], "private_feed");
  EXPECT_FALSE(refused(elsewhere).contains("reason"));
}

TEST_F(Files, OnlySoManyPiecesAreFetchedForADeviceAtOnce) {
  shared.closed_files[file_url] = "abcdefghij";
  come_home();
  shared.hanging.insert(file_url);
  for (std::size_t i = 0; i < device::pieces_served.at_once; ++i) browser.begin("file.piece", wanted(file_url));
  settle(1'000);
  shared.hanging.clear();
  const Json refused = refusal(wanted(file_url));
  EXPECT_EQ(refused["code"], "file_failed");
  EXPECT_EQ(refused["reason"], "helper_busy");
}

}  // namespace
}  // namespace skypod::test
