#include "core/library/library.hpp"

#include <gtest/gtest.h>

namespace skypod::library {
namespace {

TEST(FeedAddress, TakesWhatPeoplePaste) {
  EXPECT_EQ(feed_address("https://example.org/feed.xml"), "https://example.org/feed.xml");
  EXPECT_EQ(feed_address("  example.org/feed \n"), "https://example.org/feed");
  EXPECT_EQ(feed_address("http://127.0.0.1:8080/f"), "http://127.0.0.1:8080/f");
  EXPECT_EQ(feed_address("https://[2001:db8::1]:8443/f?a=b#c"), "https://[2001:db8::1]:8443/f?a=b#c");
  EXPECT_EQ(feed_address("b\xc3\xbc"
                         "cher.example"),
            "https://b\xc3\xbc"
            "cher.example");
}

TEST(FeedAddress, IsTheSameHoweverItsSchemeAndHostAreWritten) {
  for (const char* typed : {"Https://Example.org/Feed", "HTTPS://EXAMPLE.ORG/Feed", "Example.org/Feed",
                            "feed://example.org/Feed", "feed:https://example.org/Feed", "Podcast://example.org/Feed",
                            "itpc://example.org/Feed", "pcast://example.org/Feed"}) {
    EXPECT_EQ(feed_address(typed), "https://example.org/Feed") << typed;
  }
  EXPECT_EQ(feed_address("feed:HTTP://example.org"), "http://example.org");
  EXPECT_EQ(feed_address("example.org:8080/to?a=b://c"), "https://example.org:8080/to?a=b://c");
}

TEST(FeedAddress, RefusesWhatIsNone) {
  for (const char* typed :
       {"", "   ", "javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/", "https://", "https:///path",
        "two words", "https://exa<mple", "https://user:secret@example.org/f", "data:text/xml,x"}) {
    EXPECT_FALSE(feed_address(typed)) << typed;
  }
  EXPECT_FALSE(feed_address("https://example.org/" + std::string(url_max, 'x')));
}

TEST(PlayRecord, IsOneNumber) {
  for (const double position : {0.0, 0.01, 754.5, 86'399.99, seconds_max}) {
    for (const bool flag : {false, true}) {
      const auto read = unpack_play(pack_play({position, flag, !flag}));
      ASSERT_TRUE(read);
      EXPECT_EQ(read->position_s, position);
      EXPECT_EQ(read->completed, flag);
      EXPECT_EQ(read->active, !flag);
    }
  }
  EXPECT_FALSE(unpack_play("1"));
  EXPECT_FALSE(unpack_play(-1));
  EXPECT_FALSE(unpack_play(pack_play({seconds_max, true, true}) + 1));
}

TEST(Documents, KnownFieldsHaveARuleAndUnknownOnesPass) {
  EXPECT_TRUE(schema_fault(queue_address("f", "e"), "aV").empty());
  EXPECT_TRUE(schema_fault(queue_address("f", "e"), nullptr).empty());
  EXPECT_FALSE(schema_fault(queue_address("f", "e"), "no place!").empty());
  EXPECT_FALSE(schema_fault(subscription_address("f", "removed"), 2).empty());
  EXPECT_FALSE(schema_fault({collection::setting, "", "speed", "value"}, std::string(1'025, 'x')).empty());
  EXPECT_TRUE(schema_fault({"later", "", "n", "f"}, "anything").empty());
}

}  // namespace
}  // namespace skypod::library
