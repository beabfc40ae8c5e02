#include "core/library/library.hpp"

#include <gtest/gtest.h>

#include "core/library/schema.hpp"

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

TEST(FeedAddress, RefusesWhatIsNone) {
  for (const char* typed :
       {"", "   ", "javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/", "https://", "https:///path",
        "two words", "https://exa<mple", "https://user:secret@example.org/f", "data:text/xml,x"}) {
    EXPECT_FALSE(feed_address(typed)) << typed;
  }
  EXPECT_FALSE(feed_address("https://example.org/" + std::string(url_max, 'x')));
}

TEST(Schema, EveryVersionLeadsToTheNewest) {
  EXPECT_GT(migrations_since(0).size(), migrations_since(schema_version()).size());
  EXPECT_EQ(migrations_since(0).back().sql, "PRAGMA user_version = " + std::to_string(schema_version()));
}

}  // namespace
}  // namespace skypod::library
