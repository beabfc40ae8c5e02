#include "core/feed/json_feed.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

/// What few feeds have.
void add_rarer(Feed& feed) {
  feed.favicon = "https://s.example/f.ico";
  feed.next_url = "https://s.example/feed.xml?page=2";
  feed.hubs = {"https://hub.example/"};
  feed.copyright = "(c) Ann";
  feed.generator = "Gen 1";
  feed.ttl_minutes = 60;
  feed.modified_ms = 1072986501000;
  feed.subtitle = "Sub";
  feed.is_complete = true;
  feed.new_feed_url = "https://s.example/new.xml";
  feed.owner.email = "own@s.example";
  feed.podcast = {{"locked", {{"owner", "own@s.example"}}, "yes", {}},
                  {"value", {{"type", "lightning"}}, "", {{"valueRecipient", {{"split", "5"}}, "", {}}}}};
}

void add_rarer(Item& item) {
  item.content_base = "https://s.example/base/";
  item.comments_url = "https://s.example/1#comments";
  item.copyright = "(c) Bo";
  item.source = {"Other", "https://o.example/"};
  item.contributors = {{.name = "Cy", .email = "", .url = "", .avatar = "", .role = "", .group = ""}};
  item.episode_display = "Ch. 3";
  item.subtitle = "Sub one";
  item.is_blocked = true;
  item.funding = {{"https://s.example/one", ""}};
  item.chapter_list = {{1500, "Intro", "https://s.example/c", ""}};
  item.podcast = {{"soundbite", {{"startTime", "1"}}, "Bite", {}}};
}

Feed full_feed() {
  Feed feed;
  feed.title = "Show";
  feed.home_page_url = "https://s.example/";
  feed.feed_url = "https://s.example/feed.xml";
  feed.description = "About";
  feed.language = "en";
  feed.icon = "https://s.example/i.png";
  feed.authors = {{.name = "Ann", .email = "ann@s.example", .url = "", .avatar = "", .role = "", .group = ""}};
  feed.tags = {"News"};
  feed.podcast_guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810";
  feed.medium = "podcast";
  feed.podcast_type = "serial";
  feed.is_explicit = false;
  feed.funding = {{"https://s.example/give", "Give"}};
  add_rarer(feed);
  Item item;
  item.guid = "1";
  item.identity = "guid:1";
  item.url = "https://s.example/1";
  item.title = "One";
  item.content_html = "<p>Hi &amp; bye</p>";
  item.summary = "Hi & <bye>";
  item.published_ms = 1072986501000;
  item.modified_ms = 1072986502500;
  item.tags = {"a"};
  item.attachments = {{"https://s.example/1.mp3", "audio/mpeg", 123, 60}};
  item.season = 2;
  item.episode = "3";
  item.episode_type = "full";
  item.is_explicit = true;
  item.chapters = {"https://s.example/c.json", "application/json+chapters", "", ""};
  item.transcripts = {{"https://s.example/t.vtt", "text/vtt", "en", "captions"}};
  item.persons = {{.name = "Bo", .email = "", .url = "https://b.example/", .avatar = "", .role = "guest", .group = ""}};
  add_rarer(item);
  feed.items = {item};
  item.live = {"liveItem", {{"status", "live"}}, "", {}};
  feed.live_items = {item};
  return feed;
}

TEST(JsonFeed, ComesBackAsItWent) {
  const Feed feed = full_feed();
  Feed expected = feed;
  expected.authors[0].email = "ann@s.example";
  expected.authors[0].url = "";
  const auto again = from_json_feed(to_json_feed(feed), "");
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json_feed(*again), to_json_feed(feed));
  EXPECT_EQ(again->items, feed.items);
  EXPECT_EQ(again->live_items, feed.live_items);
  EXPECT_EQ(again->podcast, feed.podcast);
}

TEST(JsonFeed, NamesMembersAsTheFormatDoes) {
  const wire::Json json = to_json_feed(full_feed());
  EXPECT_EQ(json["version"], "https://jsonfeed.org/version/1.1");
  const wire::Json& item = json["items"][0];
  EXPECT_EQ(item["id"], "1");
  EXPECT_EQ(item["date_published"], "2004-01-01T19:48:21Z");
  EXPECT_EQ(item["date_modified"], "2004-01-01T19:48:22.500Z");
  EXPECT_EQ(
      wire::to_json(item["attachments"]),
      R"([{"duration_in_seconds":60,"mime_type":"audio/mpeg","size_in_bytes":123,"url":"https://s.example/1.mp3"}])");
  EXPECT_EQ(item["_skypod"]["identity"], "guid:1");
  EXPECT_EQ(item["_podcast"]["chapters"]["url"], "https://s.example/c.json");
  EXPECT_FALSE(item.contains("image"));
}

TEST(JsonFeed, KeepsTheIdentityOfAnItemWithoutGuid) {
  for (const std::string url : {"https://s.example/1", "https://s.example/\u00a01"}) {
    Feed feed;
    Item item;
    item.url = url;
    item.identity = "link:" + url;
    feed.items = {item};
    const auto again = from_json_feed(to_json_feed(feed), "");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->items[0].identity, "link:" + url);
    EXPECT_EQ(again->items[0].guid, "");
  }
}

TEST(JsonFeed, TakesNoIdentityThatIsAnothersGuid) {
  const wire::Json feed = wire::Json::parse(R"({"version": "https://jsonfeed.org/version/1.1", "items": [
      {"id": "guid:1", "url": "https://s.example/2", "_skypod": {"identity": "guid:1"}}]})");
  const auto read = from_json_feed(feed, "");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->items[0].identity, "guid:guid:1");
}

TEST(JsonFeed, SaysThatItWasCutAlsoWhenItIsReadAgain) {
  const wire::Json long_list(list_max + 1, "tag");
  const wire::Json cut = {{"version", "https://jsonfeed.org/version/1.1"},
                          {"items", {{{"id", "1"}, {"tags", long_list}}}}};
  const auto feed = from_json_feed(cut, "");
  ASSERT_TRUE(feed);
  EXPECT_TRUE(feed->truncated);
  const auto again = from_json_feed(to_json_feed(*feed), "");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->truncated);
}

TEST(JsonFeed, ReadsVersionOneAndRelativeAddresses) {
  const auto json = wire::parse_json(R"({"version":"https://jsonfeed.org/version/1","title":" A  B ",
      "author":{"name":"Ann"},
      "items":[{"id":7,"url":"/p","content_text":"1 < 2",
      "attachments":[{"url":"a.mp3","duration_in_seconds":61.7}]}]})");
  ASSERT_TRUE(json);
  const auto feed = from_json_feed(*json, "https://s.example/d/feed.json");
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->title, "A B");
  EXPECT_EQ(feed->feed_url, "https://s.example/d/feed.json");
  EXPECT_EQ(feed->authors[0].name, "Ann");
  const Item& item = feed->items[0];
  EXPECT_EQ(item.guid, "7");
  EXPECT_EQ(item.url, "https://s.example/p");
  EXPECT_EQ(item.content_html, "1 &lt; 2");
  EXPECT_EQ(item.summary, "1 < 2");
  EXPECT_EQ(item.attachments[0].url, "https://s.example/d/a.mp3");
  EXPECT_EQ(item.attachments[0].duration_seconds, 61U);
}

TEST(JsonFeed, GivesEachOfASharedGuidItsOwnId) {
  const auto json = wire::parse_json(R"({"version":"https://jsonfeed.org/version/1.1",
      "items":[{"id":"1","url":"https://s.example/a"},{"id":"1","url":"https://s.example/b"}]})");
  const auto feed = from_json_feed(*json, "");
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->items.size(), 2U);
  const wire::Json written = to_json_feed(*feed);
  EXPECT_EQ(written["items"][0]["id"], "guid:1|link:https://s.example/a");
  EXPECT_EQ(written["items"][1]["id"], "guid:1|link:https://s.example/b");
  const auto again = from_json_feed(written, "");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->items, feed->items);
}

TEST(JsonFeed, ShowsTextWithItsLines) {
  const auto json = wire::parse_json(R"({"version":"https://jsonfeed.org/version/1.1",
      "items":[{"id":"1","content_text":"One\n<two>\n\nhttps://s.example/"}]})");
  const auto feed = from_json_feed(*json, "");
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].content_html, "<p>One<br>&lt;two&gt;</p><p>https://s.example/</p>");
  EXPECT_EQ(feed->items[0].summary, "One <two> https://s.example/");
}

TEST(JsonFeed, WrongTypesCountAsAbsent) {
  const auto json =
      wire::parse_json(R"({"version":"https://jsonfeed.org/version/1.1","title":[],"authors":{},"language":1,
      "items":[null,1,{"id":{},"url":"javascript:x","tags":"x","attachments":[1,{"url":5}],"_podcast":[],"_skypod":1,
      "date_published":true,"image":{"a":1}}]})");
  ASSERT_TRUE(json);
  const auto feed = from_json_feed(*json, "");
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->items.size(), 1U);
  EXPECT_EQ(feed->items[0].identity, "title:|-");
  EXPECT_TRUE(feed->items[0].attachments.empty());
}

TEST(JsonFeed, RefusesWhatIsNone) {
  for (const char* text : {"[]", "{}", R"({"version":"https://jsonfeed.org/version/1"})", R"({"version":1,"items":[]})",
                           R"({"version":"https://jsonfeed.org/version/1","items":{}})"}) {
    const auto feed = from_json_feed(*wire::parse_json(text), "");
    ASSERT_FALSE(feed) << text;
    EXPECT_EQ(feed.error(), FeedError::not_a_feed);
  }
  wire::Json many = {{"version", "https://jsonfeed.org/version/1.1"}, {"items", wire::Json::array()}};
  for (std::size_t i = 0; i <= items_max; ++i) many["items"].push_back(wire::Json::object());
  EXPECT_EQ(from_json_feed(many, "").error(), FeedError::too_many_items);
}

}  // namespace
}  // namespace skypod::feed
