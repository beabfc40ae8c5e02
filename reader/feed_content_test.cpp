#include "reader/feed_content.hpp"

#include <gtest/gtest.h>

namespace skypod::reader {
namespace {

TEST(FeedContent, MakesItemsSafeAndMeasuresThem) {
  wire::Json feed = {{"language", "en"},
                     {"home_page_url", "https://site.example/"},
                     {"items",
                      {{{"content_html", "<p onclick=x>one two <a href=y>three</a></p><script>z</script>"}},
                       {{"content_html", "<a href=y>a</a>"}, {"url", "https://site.example/dir/1"}},
                       {{"content_html", "<a href=y>a</a>"},
                        {"url", "https://site.example/dir/1"},
                        {"_skypod", {{"base", "https://base.example/"}, {"identity", "i"}}}}}}};
  finish_feed(feed);
  const wire::Json& items = feed["items"];
  EXPECT_EQ(items[0]["content_html"], "<p>one two <a href=\"https://site.example/y\">three</a></p>");
  EXPECT_EQ(items[0]["_skypod"]["words"], 3);
  EXPECT_EQ(items[0]["_skypod"]["minutes"], 1);
  EXPECT_EQ(items[1]["content_html"], "<a href=\"https://site.example/dir/y\">a</a>");
  EXPECT_EQ(items[2]["content_html"], "<a href=\"https://base.example/y\">a</a>");
  EXPECT_EQ(items[2]["_skypod"], (wire::Json{{"identity", "i"}, {"words", 1}, {"minutes", 1}}));
}

TEST(FeedContent, LinksToVideos) {
  wire::Json feed = {{"items", {{{"content_html", "<p>a</p><iframe src=//www.youtube.com/embed/x1></iframe>"}}}}};
  finish_feed(feed);
  EXPECT_EQ(feed["items"][0]["content_html"],
            "<p>a</p><figure><figcaption><a href=\"https://www.youtube.com/watch?v=x1\">Video on youtube.com</a>"
            "</figcaption></figure>");
}

TEST(FeedContent, LeavesOtherShapesAlone) {
  wire::Json feed = {{"items", {1, "x"}}};
  finish_feed(feed);
  EXPECT_EQ(feed["items"].size(), 2U);
  wire::Json none = wire::Json::object();
  finish_feed(none);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace skypod::reader
