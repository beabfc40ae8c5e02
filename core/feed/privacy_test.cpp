#include "core/feed/privacy.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

TEST(Privacy, KnowsAddressesThatAreSecrets) {
  for (const char* url : {
           "https://user:secret@feeds.example/rss",
           "https://user@feeds.example/rss",
           "https://www.patreon.example/rss/show?auth=k3yk3yk3yk3y",
           "https://feeds.example/rss?show=1&TOKEN=abcdef",
           "https://feeds.example/rss?key=123456",
           "https://feeds.example/private/show.xml",
           "https://feeds.example/Premium/17",
           "https://feeds.example/3f9a8c7b2e1d4f6a9b8c7d6e5f4a3b2c",
           "https://feeds.example/rss/eyJhbGciOiJFUzI1NiJ9eyJ1IjoxfQ0k2l",
           "https://feeds.example/rss?u=3f9a8c7b2e1d4f6a9b8c7d6e5f4a3b2c",
           "https://feeds.example?3f9a8c7b2e1d4f6a9b8c7d6e5f4a3b2c",
       }) {
    EXPECT_TRUE(looks_private(url)) << url;
  }
}

TEST(Privacy, TakesPublicFeedsForWhatTheyAre) {
  for (const char* url : {
           "https://feeds.example/show.xml",
           "https://feeds.example/public/shows/5f7a1b2c-1234-4abc-9def-0123456789ab",
           "https://feeds.example/d/playlist/5f7a1b2c-1234-4abc-9def-0123456789ab/podcast.rss",
           "https://feeds.example/s/1a2b3c4/podcast/rss",
           "https://feeds.example/54nAGcIl",
           "https://video.example/feeds/videos.xml?channel_id=UCBcRF18a7Qf58cCRy5xuWwQ",
           "https://feeds.example/users/sound:users:123456789012/sounds.rss",
           "https://blog.example/2024/05/17/a-rather-long-title-of-an-article-with-words/feed/",
           "https://example.org/?feed=rss2",
           "https://example.org/index.php?format=feed&type=rss&key=1",
           "https://example.org/feed#token=abcdefgh",
           "",
           "feed",
       }) {
    EXPECT_FALSE(looks_private(url)) << url;
  }
}

TEST(Privacy, KnowsHostsThatAreInsideANetwork) {
  for (const char* host : {"localhost",         "LOCALHOST.",
                           "pod.localhost",     "nas",
                           "nas.local",         "media.lan",
                           "tv.home.arpa",      "127.0.0.1",
                           "10.1.2.3",          "172.16.0.1",
                           "172.31.255.255",    "192.168.1.20",
                           "169.254.169.254",   "100.64.0.1",
                           "0.0.0.0",           "127.1",
                           "2130706433",        "0x7f.0.0.1",
                           "0177.0.0.1",        "1.2.3.0x4",
                           "256.1.1.1",         "[::1]",
                           "[fd00::1]",         "[fe80::1]",
                           "[::ffff:10.0.0.1]", ""}) {
    const std::string url = "http://" + std::string(host) + ":8080/feed.xml";
    EXPECT_TRUE(is_inside(url)) << url;
  }
  EXPECT_TRUE(is_inside("no address"));
}

TEST(Privacy, KnowsHostsOfTheInternet) {
  for (const char* host :
       {"example.org", "example.org.", "localhost.example", "8.8.8.8", "172.32.0.1", "[2606:4700::1]",
        "b\xc3\xbc"
        "cher.example"}) {
    const std::string url = "https://" + std::string(host) + "/feed.xml";
    EXPECT_FALSE(is_inside(url)) << url;
  }
}

constexpr const char* outside = "https://pod.example";
constexpr const char* open_feed = "https://feeds.example/show.xml";
constexpr const char* secret_feed = "https://feeds.example/show.xml?token=k3yk3yk3y";
constexpr const char* home_feed = "http://nas.local/show.xml";

TEST(Privacy, AServerIsToldOfPublicFeedsAndOfAllThatTheyReferTo) {
  EXPECT_TRUE(may_tell_server(open_feed, open_feed, Reach::guess, outside));
  EXPECT_TRUE(may_tell_server("https://cdn.example/1.mp3?token=k3yk3yk3y", open_feed, Reach::guess, outside));
  EXPECT_TRUE(may_tell_server("https://blog.example", "", Reach::guess, outside));
}

TEST(Privacy, AServerIsToldNothingOfPrivateFeeds) {
  EXPECT_FALSE(may_tell_server(secret_feed, secret_feed, Reach::guess, outside));
  EXPECT_FALSE(may_tell_server("https://cdn.example/cover.png", secret_feed, Reach::guess, outside));
  EXPECT_FALSE(may_tell_server(secret_feed, "", Reach::guess, outside));
  EXPECT_FALSE(may_tell_server(secret_feed, secret_feed, Reach::guess, "http://localhost:7890"));
}

TEST(Privacy, WhatPeopleChooseGoesBeforeAnyGuess) {
  EXPECT_FALSE(may_tell_server(open_feed, open_feed, Reach::realm, outside));
  EXPECT_FALSE(may_tell_server("https://cdn.example/cover.png", open_feed, Reach::realm, outside));
  EXPECT_TRUE(may_tell_server(secret_feed, secret_feed, Reach::everyone, outside));
  EXPECT_TRUE(may_tell_server(home_feed, home_feed, Reach::everyone, outside));
}

TEST(Privacy, ANameOrPasswordIsToldToNoServer) {
  const std::string_view login_feed = "https://ann:secret@feeds.example/rss";
  for (const char* server : {outside, "http://127.0.0.1:7890"}) {
    EXPECT_FALSE(may_tell_server(login_feed, login_feed, Reach::everyone, server));
    EXPECT_FALSE(may_tell_server(open_feed, login_feed, Reach::everyone, server));
    EXPECT_FALSE(may_tell_server("https://ann@feeds.example/1.mp3", open_feed, Reach::everyone, server));
  }
}

TEST(Privacy, WhatIsInsideIsToldToAServerInsideOnly) {
  EXPECT_FALSE(may_tell_server(home_feed, home_feed, Reach::guess, outside));
  EXPECT_FALSE(may_tell_server(home_feed, home_feed, Reach::guess, "http://8.8.8.8"));
  EXPECT_FALSE(may_tell_server(home_feed, home_feed, Reach::guess, ""));
  EXPECT_FALSE(may_tell_server("http://192.168.1.2/cover.png", open_feed, Reach::guess, outside));
  EXPECT_TRUE(may_tell_server(home_feed, home_feed, Reach::guess, "http://192.168.1.2:7890"));
  EXPECT_TRUE(may_tell_server("http://127.0.0.1:9/f", "", Reach::guess, "http://127.0.0.1:7890"));
}

}  // namespace
}  // namespace skypod::feed
