#include "reader/discovery.hpp"

#include <gtest/gtest.h>

namespace skypod::reader {
namespace {

constexpr std::string_view base = "https://site.example/blog/";

TEST(Discovery, FindsDeclaredFeeds) {
  const auto feeds = feeds_in_page(
      "<link rel='stylesheet alternate' type=application/rss+xml href=no>"
      "<LINK REL='Alternate' TYPE='application/rss+xml; charset=utf-8' HREF=' feed.xml ' title=' My\n feed '>"
      "<link rel=alternate hreflang=de href=/de><link rel=feed href=/all>"
      "<link rel=alternate type=application/feed+json href=feed.xml>"
      "<link rel=alternate type=application/atom+xml href='javascript:x'><a href=/rss>x</a>",
      base);
  const std::vector<FeedLink> expected{
      {"https://site.example/blog/feed.xml", "My feed", "application/rss+xml; charset=utf-8"},
      {"https://site.example/all", "", ""}};
  EXPECT_EQ(feeds, expected);
}

TEST(Discovery, FallsBackToLinksThatLookLikeFeeds) {
  const auto feeds =
      feeds_in_page("<base href=/x/><a href=y/rss.xml?a=1>RSS <b>here</b></a><a href=/about>b</a>", base);
  EXPECT_EQ(feeds, (std::vector<FeedLink>{{"https://site.example/x/y/rss.xml?a=1", "RSS here", ""}}));
}

TEST(Discovery, KnowsUsualPlaces) {
  const auto urls = usual_feed_urls("https://site.example/a/b?c");
  ASSERT_FALSE(urls.empty());
  EXPECT_EQ(urls[0], "https://site.example/feed");
  EXPECT_TRUE(usual_feed_urls("nothing").empty());
}

TEST(Discovery, TurnsWhatPeopleTypeIntoAddresses) {
  EXPECT_EQ(address_of(" example.org "), "https://example.org");
  EXPECT_EQ(address_of("example.org/blog?x"), "https://example.org/blog?x");
  EXPECT_EQ(address_of("feed://example.org/f"), "http://example.org/f");
  EXPECT_EQ(address_of("feed:https://example.org/f"), "https://example.org/f");
  EXPECT_EQ(address_of("http://example.org/"), "http://example.org/");
  for (const char* none : {"", "word", "two words.txt x", ".x", "x.", "a@b.example", "file:///etc"}) {
    EXPECT_EQ(address_of(none), "") << none;
  }
}

}  // namespace
}  // namespace skypod::reader
