#include "core/feed/opml.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

using Attributes = std::vector<Attribute>;

SubscriptionList sample() {
  return {"My feeds",
          {{"One & \"two\"", "https://a.example/feed?x=1&y=2", "https://a.example/", {}},
           {"", "http://b.example/rss", "", {"News", "World"}},
           {"Three", "https://c.example/atom", "", {"News"}}},
          false};
}

TEST(Opml, ReadsFoldersFeedsAndOddities) {
  OpmlParser parser;
  parser.start_element("", "opml", {});
  parser.start_element("", "body", {});
  parser.start_element("", "outline", Attributes{{"", "text", "News"}});
  parser.start_element("", "OUTLINE", Attributes{{"", "TEXT", " A\n feed "}, {"", "xmlurl", "feed://a.example/f"}});
  parser.end_element();
  parser.start_element("", "outline", Attributes{{"", "text", "A link"}, {"", "url", "https://x.example/"}});
  parser.end_element();
  parser.end_element();
  parser.start_element("", "outline", Attributes{{"", "type", "rss"}, {"", "url", "https://b.example/f"}});
  parser.end_element();
  parser.start_element("", "outline", Attributes{{"", "xmlUrl", "file:///etc/passwd"}, {"", "text", "No"}});
  parser.end_element();
  const auto list = parser.finish();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->subscriptions.size(), 2U);
  EXPECT_EQ(list->subscriptions[0], (Subscription{"A feed", "http://a.example/f", "", {"News"}}));
  EXPECT_EQ(list->subscriptions[1], (Subscription{"", "https://b.example/f", "", {}}));
}

TEST(Opml, SaysOfWhichFeedsNothingWasMade) {
  OpmlParser parser;
  parser.start_element("", "opml", {});
  const auto outline = [&](Attributes attributes) {
    parser.start_element("", "outline", attributes);
    parser.end_element();
  };
  outline({{"", "text", "No scheme"}, {"", "xmlUrl", "127.0.0.1:9001/feed"}, {"", "type", "rss"}});
  outline({{"", "text", "Atom"}, {"", "url", "https://a.example/f"}, {"", "type", "Atom"}});
  outline({{"", "text", "A folder"}});
  for (std::size_t i = 1; i <= unusable_max; ++i) outline({{"", "xmlUrl", "not a url"}});
  const auto list = parser.finish();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->subscriptions.size(), 1U);
  EXPECT_EQ(list->subscriptions[0].feed_url, "https://a.example/f");
  EXPECT_EQ(list->unusable_count, unusable_max + 1);
  ASSERT_EQ(list->unusable.size(), unusable_max);
  EXPECT_EQ(list->unusable[0], (Unusable{"No scheme", "127.0.0.1:9001/feed"}));
}

TEST(Opml, RefusesWhatIsNone) {
  OpmlParser parser;
  parser.start_element("", "html", {});
  EXPECT_TRUE(parser.stopped());
  EXPECT_FALSE(parser.finish());
}

TEST(Opml, WritesWhatItReads) {
  const std::string text = to_opml(sample());
  EXPECT_NE(text.find("text=\"One &amp; &quot;two&quot;\""), std::string::npos);
  EXPECT_NE(text.find("xmlUrl=\"https://a.example/feed?x=1&amp;y=2\""), std::string::npos);
  EXPECT_LT(text.find("c.example"), text.find("b.example"));  // a folder's own feeds stand before its folders
}

TEST(Opml, StopsAtItsLimits) {
  OpmlParser parser;
  parser.start_element("", "opml", {});
  for (std::size_t i = 0; i < subscriptions_max + 1; ++i) {
    parser.start_element("", "outline", Attributes{{"", "xmlUrl", "https://a.example/"}});
    parser.end_element();
  }
  const auto list = parser.finish();
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->truncated);
  EXPECT_EQ(list->subscriptions.size(), subscriptions_max);
  OpmlParser deep;
  while (!deep.stopped()) deep.start_element("", "opml", {});
  EXPECT_TRUE(deep.finish()->truncated);
}

}  // namespace
}  // namespace skypod::feed
