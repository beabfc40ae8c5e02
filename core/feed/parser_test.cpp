#include "core/feed/parser.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

/// Sends events as a host would.
struct Events {
  Parser parser{"https://feed.example/dir/feed.xml"};
  int depth = 0;

  Events& open(std::string_view name, std::vector<Attribute> attributes = {}, std::string_view space = "") {
    parser.start_element(space, name, attributes);
    ++depth;
    return *this;
  }
  Events& close() {
    parser.end_element();
    --depth;
    return *this;
  }
  /// Ends what is open, and asks for the feed.
  Result<Feed, FeedError> finish() {
    while (depth > 0) close();
    return parser.finish();
  }
  Events& leaf(std::string_view name, std::string_view text, std::vector<Attribute> attributes = {},
               std::string_view space = "") {
    open(name, std::move(attributes), space);
    parser.text(text);
    return close();
  }
};

constexpr std::string_view itunes = "http://www.itunes.com/dtds/podcast-1.0.dtd";
constexpr std::string_view podcast = "https://podcastindex.org/namespace/1.0";
constexpr std::string_view atom = "http://www.w3.org/2005/Atom";
constexpr std::string_view sy = "http://purl.org/rss/1.0/modules/syndication/";
constexpr std::string_view xhtml = "http://www.w3.org/1999/xhtml";

TEST(Parser, ReadsAPodcastEpisode) {
  Events events;
  events.open("rss").open("channel").leaf("title", " My\n Show ").open("item");
  events.leaf("title", "One").leaf("guid", "https://feed.example/1").leaf("pubDate", "Thu, 01 Jan 2004 19:48:21 GMT");
  events.leaf("enclosure", "", {{"", "url", "../1.mp3"}, {"", "length", "123"}, {"", "type", "audio/mpeg"}});
  events.leaf("duration", "1:00", {}, itunes).leaf("season", "2", {{"", "name", "Two"}}, podcast);
  events.leaf("episode", "3.5", {}, podcast).leaf("person", "Ann", {{"", "role", "Guest"}}, podcast);
  events.leaf("chapters", "", {{"", "url", "/c.json"}, {"", "type", "application/json+chapters"}}, podcast);
  events.leaf("transcript", "", {{"", "url", "/t.vtt"}, {"", "type", "text/vtt"}}, podcast);
  events.leaf("explicit", "clean", {}, itunes).leaf("keywords", "a, b,,a", {}, itunes);
  const auto feed = events.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->title, "My Show");
  EXPECT_EQ(feed->feed_url, "https://feed.example/dir/feed.xml");
  ASSERT_EQ(feed->items.size(), 1U);
  const Item& item = feed->items[0];
  EXPECT_EQ(item.identity, "guid:https://feed.example/1");
  EXPECT_EQ(item.url, "https://feed.example/1");
  EXPECT_EQ(item.published_ms, 1072986501000);
  const Attachment audio{"https://feed.example/1.mp3", "audio/mpeg", 123, 60};
  EXPECT_EQ(item.attachments, std::vector{audio});
  EXPECT_EQ(item.season, 2U);
  EXPECT_EQ(item.season_name, "Two");
  EXPECT_EQ(item.episode, "3.5");
  EXPECT_EQ(item.is_explicit, false);
  EXPECT_EQ(item.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(item.chapters.url, "https://feed.example/c.json");
  ASSERT_EQ(item.transcripts.size(), 1U);
  ASSERT_EQ(item.persons.size(), 1U);
  EXPECT_EQ(item.persons[0].role, "guest");
}

TEST(Parser, KeepsWhatThePodcastNamespaceSaysBesides) {
  Events events;
  events.open("rss").open("channel").leaf("locked", "yes", {{"", "owner", "a@x.example"}}, podcast);
  events.open("item").open("value", {{"", "type", "lightning"}}, podcast);
  events.leaf("valueRecipient", "", {{"", "split", "5"}, {"", "address", "02d5"}}, podcast).close();
  events.leaf("soundbite", "A bite", {{"", "startTime", "1.5"}}, podcast);
  events.leaf("alternateEnclosure", "", {{"", "href", "javascript:x"}, {"", "type", "audio/opus"}}, podcast);
  events.leaf("contentLink", "c", {{"", "href", "/live"}, {"", "note", " JavaScript:x"}}, podcast);
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1);
  EXPECT_EQ(feed->podcast, (std::vector<Extra>{{"locked", {{"owner", "a@x.example"}}, "yes", {}}}));
  const Extra recipient{"valueRecipient", {{"split", "5"}, {"address", "02d5"}}, "", {}};
  const std::vector<Extra> expected{{"value", {{"type", "lightning"}}, "", {recipient}},
                                    {"soundbite", {{"startTime", "1.5"}}, "A bite", {}},
                                    {"alternateEnclosure", {{"type", "audio/opus"}}, "", {}},
                                    {"contentLink", {{"href", "https://feed.example/live"}}, "c", {}}};
  EXPECT_EQ(feed->items[0].podcast, expected);
}

TEST(Parser, BoundsWhatItKeepsOfThePodcastNamespace) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("title", "T");
  for (std::size_t i = 0; i < extras_max + 5; ++i) events.leaf("txt", "x", {}, podcast);
  const auto feed = events.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].podcast.size(), extras_max);
  EXPECT_TRUE(feed->truncated);
}

TEST(Parser, ReadsLiveItemsApart) {
  Events events;
  events.open("rss").open("channel").open("liveItem", {{"", "status", "live"}, {"", "start", "2021-09-26"}}, podcast);
  events.leaf("title", "Now").leaf("guid", "g").close().open("item").leaf("title", "Then");
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1 && feed->live_items.size() == 1);
  EXPECT_EQ(feed->items[0].title, "Then");
  EXPECT_EQ(feed->live_items[0].title, "Now");
  EXPECT_EQ(feed->live_items[0].live.attributes[0].second, "live");
}

TEST(Parser, ReadsChaptersOwnersHubsAndSources) {
  constexpr std::string_view podlove = "http://podlove.org/simple-chapters";
  Events events;
  events.open("feed", {}, atom).leaf("link", "", {{"", "rel", "hub"}, {"", "href", "https://hub.example/"}}, atom);
  events.leaf("link", "", {{"", "rel", "next"}, {"", "href", "?page=2"}}, atom).leaf("rights", "(c)", {}, atom);
  events.open("owner", {}, itunes).leaf("name", "Ow", {}, itunes).leaf("email", "o@x.example", {}, itunes).close();
  events.open("entry", {}, atom).open("source", {}, atom).leaf("title", "Other", {}, atom);
  events.leaf("link", "", {{"", "href", "https://o.example/"}}, atom).close();
  events.open("contributor", {}, atom).leaf("name", "Cy", {}, atom).close().open("chapters", {}, podlove);
  events.leaf("chapter", "", {{"", "start", "00:01:02.5"}, {"", "title", "One"}, {"", "href", "/1"}}, podlove);
  events.leaf("chapter", "", {{"", "start", "no"}}, podlove).close();
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1);
  EXPECT_EQ(feed->hubs, std::vector<std::string>{"https://hub.example/"});
  EXPECT_EQ(feed->next_url, "https://feed.example/dir/feed.xml?page=2");
  EXPECT_EQ(feed->copyright, "(c)");
  EXPECT_EQ(feed->owner.email, "o@x.example");
  const Item& item = feed->items[0];
  EXPECT_EQ(item.source, (Source{"Other", "https://o.example/"}));
  EXPECT_EQ(item.contributors.at(0).name, "Cy");
  EXPECT_EQ(item.chapter_list, (std::vector<Chapter>{{62'500, "One", "https://feed.example/1", ""}}));
}

TEST(Parser, ReadsHowOftenAFeedChanges) {
  const auto minutes = [](std::string_view period, std::string_view frequency, std::string_view ttl) {
    Events events;
    events.open("rss").open("channel").leaf("title", "T");
    events.leaf("updatePeriod", period, {}, sy).leaf("updateFrequency", frequency, {}, sy).leaf("ttl", ttl);
    return events.finish().value().ttl_minutes;
  };
  EXPECT_EQ(minutes(" Hourly ", "2", ""), 30U);
  EXPECT_EQ(minutes("daily", "", ""), 1'440U);
  EXPECT_EQ(minutes("weekly", "0", ""), 10'080U);
  EXPECT_EQ(minutes("daily", "1", "90"), 90U);
  EXPECT_EQ(minutes("now and then", "2", ""), std::nullopt);
}

TEST(Parser, DecodesBase64AndLoneEntries) {
  Events events;
  events.open("entry", {}, atom).leaf("title", "PGI+eDwvYj4=", {{"", "mode", "base64"}}, atom);
  events.leaf("content", "PHA+eTwvcD4", {{"", "type", "text/html"}, {"", "mode", "base64"}}, atom);
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1);
  EXPECT_EQ(feed->items[0].title, "x");
  EXPECT_EQ(feed->items[0].content_html, "<p>y</p>");
}

TEST(Parser, TakesTheHighestRankWhateverTheOrder) {
  Events events;
  events.open("rss").open("channel").open("item");
  events.leaf("summary", "itunes summary", {}, itunes).leaf("description", "<p>short</p>");
  events.leaf("encoded", "<p>long</p>", {}, "http://purl.org/rss/1.0/modules/content/");
  events.leaf("author", "Itunes Name", {}, itunes).leaf("author", "ann@example.com (Ann)");
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1);
  EXPECT_EQ(feed->items[0].content_html, "<p>long</p>");
  EXPECT_EQ(feed->items[0].summary, "short");
  ASSERT_EQ(feed->items[0].authors.size(), 1U);
  EXPECT_EQ(feed->items[0].authors[0].name, "Ann");
  EXPECT_EQ(feed->items[0].authors[0].email, "ann@example.com");
}

TEST(Parser, ReadsAtomWithXhtmlBasesAndSource) {
  Events events;
  const Attribute base{"http://www.w3.org/XML/1998/namespace", "base", "https://blog.example/a/"};
  events.open("feed", {base}, atom)
      .leaf("title", "T &amp; <b>U</b>", {{"", "type", "html"}}, atom)
      .open("entry", {}, atom);
  events.open("source", {}, atom).leaf("title", "not this", {}, atom).close();
  events.leaf("title", "1 < 2 &amp;", {}, atom).leaf("link", "", {{"", "href", "post"}}, atom);
  events.open("author", {}, atom).leaf("name", "Bo", {}, atom).leaf("uri", "/bo", {}, atom).close();
  events.open("content", {{"", "type", "xhtml"}}, atom).open("div", {}, xhtml);
  events.leaf("p", "a<b", {{"", "class", "\"x\""}}, xhtml).open("br", {}, xhtml).close().close().close();
  events.leaf("summary", "plain <text>", {}, atom).leaf("updated", "2003-12-31T10:14:55Z", {}, atom);
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1);
  const Item& item = feed->items[0];
  EXPECT_EQ(feed->title, "T & U");
  EXPECT_EQ(item.title, "1 < 2 &amp;");
  EXPECT_EQ(item.url, "https://blog.example/a/post");
  EXPECT_EQ(item.content_html, "<p class=\"&quot;x&quot;\">a&lt;b</p><br>");
  EXPECT_EQ(item.summary, "plain <text>");
  EXPECT_EQ(item.published_ms, item.modified_ms);
  ASSERT_EQ(item.authors.size(), 1U);
  EXPECT_EQ(item.authors[0].url, "https://blog.example/bo");
}

TEST(Parser, ReadsRdfWithItemsBesideTheChannel) {
  constexpr std::string_view rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
  constexpr std::string_view rss10 = "http://purl.org/rss/1.0/";
  Events events;
  events.open("RDF", {}, rdf).open("channel", {}, rss10).leaf("title", "R", {}, rss10).close();
  events.open("item", {{rdf, "about", "https://r.example/1"}}, rss10).leaf("title", "I", {}, rss10);
  events.leaf("creator", "Cy", {}, "http://purl.org/dc/elements/1.1/").close().close();
  const auto feed = events.finish();
  ASSERT_TRUE(feed && feed->items.size() == 1);
  EXPECT_EQ(feed->items[0].url, "https://r.example/1");
  EXPECT_EQ(feed->items[0].guid, "https://r.example/1");
  EXPECT_EQ(feed->items[0].authors[0].name, "Cy");
}

TEST(Parser, AnItemThatIsNotClosedEndsWhereTheNextBegins) {
  Events events;
  events.open("rss").open("channel").leaf("title", "T").open("item").leaf("title", "1").open("item").leaf("title", "2");
  events.close().leaf("title", "stray").close();
  const auto feed = events.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->title, "T");
  ASSERT_EQ(feed->items.size(), 2U);
  EXPECT_EQ(feed->items[1].title, "2");
}

TEST(Parser, AnItemThatSaysNothingIsNone) {
  Events events;
  events.open("rss").open("channel").open("item").open("item").leaf("title", "1");
  const auto feed = events.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items.size(), 1U);
}

TEST(Parser, LeavesOutWhatTheEndOfTheDocumentCutOff) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("guid", "1").leaf("title", "whole").close();
  events.open("item").leaf("guid", "2").open("title");
  events.parser.text("half of a ti");
  const auto feed = events.parser.finish();
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->items.size(), 1U);
  EXPECT_EQ(feed->items[0].title, "whole");
  EXPECT_TRUE(feed->truncated);
}

TEST(Parser, KeepsACutItemThatIsKnown) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("guid", "2").leaf("title", "Two").open("description");
  events.parser.text("half of a te");
  const auto feed = events.parser.finish();
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->items.size(), 1U);
  EXPECT_EQ(feed->items[0].title, "Two");
  EXPECT_EQ(feed->items[0].content_html, "");
  EXPECT_TRUE(feed->truncated);
}

TEST(Parser, GivesTheDurationToWhatCanBeHeard) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("guid", "1");
  events.leaf("enclosure", "", {{"", "url", "/i.jpg"}, {"", "type", "image/jpeg"}, {"", "length", "1,234"}});
  events.leaf("enclosure", "", {{"", "url", "/1.mp3"}, {"", "type", "text/html"}, {"", "length", "0"}});
  events.leaf("duration", "1:02:03", {}, itunes).close();
  events.open("item")
      .leaf("guid", "2")
      .leaf("enclosure", "", {{"", "url", "/2.mp3"}})
      .leaf("duration", "0", {}, itunes);
  const auto feed = events.close().finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].attachments[0].duration_seconds, std::nullopt);
  EXPECT_EQ(feed->items[0].attachments[0].size_octets, 1234U);
  EXPECT_EQ(feed->items[0].attachments[1].duration_seconds, 3723U);
  EXPECT_EQ(feed->items[0].attachments[1].size_octets, std::nullopt);
  EXPECT_EQ(feed->items[1].attachments[0].duration_seconds, std::nullopt);
}

TEST(Parser, ReadsMediaByTheirEndingsAndTextWithItsLines) {
  constexpr std::string_view media = "http://search.yahoo.com/mrss/";
  Events events;
  events.open("rss").open("channel").open("item").leaf("guid", "1");
  events.leaf("content", "", {{"", "url", "/1.mp4?x"}}, media).leaf("content", "", {{"", "url", "/1.jpg"}}, media);
  events.leaf("content", "", {{"", "url", "/1"}}, media).leaf("description", "a < b\nc", {}, media);
  const auto feed = events.close().finish();
  ASSERT_TRUE(feed);
  const Item& item = feed->items[0];
  ASSERT_EQ(item.attachments.size(), 1U);
  EXPECT_EQ(item.attachments[0].url, "https://feed.example/1.mp4?x");
  EXPECT_EQ(item.image, "https://feed.example/1.jpg");
  EXPECT_EQ(item.content_html, "a &lt; b<br>c");
}

TEST(Parser, ReadsAtomContentElsewhereAndAuthorsOfSources) {
  Events events;
  events.open("feed", {}, atom).open("author", {}, atom).leaf("name", "Feed Author", {}, atom).close();
  events.open("entry", {}, atom).leaf("id", "1", {}, atom);
  events.leaf("content", "", {{"", "src", "/1.mp4"}, {"", "type", "video/mp4"}}, atom);
  events.open("source", {}, atom).open("author", {}, atom).leaf("name", "Ann", {}, atom).close();
  events.leaf("title", "Other", {}, atom).close().close();
  events.open("entry", {}, atom).leaf("id", "2", {}, atom).leaf("summary", "One\n\nTwo", {}, atom);
  events.leaf("content", "", {{"", "src", "/2.html"}, {"", "type", "text/html"}}, atom).close();
  const auto feed = events.finish();
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->items[0].authors.size(), 1U);
  EXPECT_EQ(feed->items[0].authors[0].name, "Ann");
  EXPECT_EQ(feed->items[0].source.title, "Other");
  EXPECT_EQ(feed->items[0].attachments[0].url, "https://feed.example/1.mp4");
  EXPECT_EQ(feed->items[1].url, "https://feed.example/2.html");
  EXPECT_EQ(feed->items[1].content_html, "<p>One</p><p>Two</p>");
}

TEST(Parser, ReadsABaseInsideAField) {
  constexpr std::string_view xml = "http://www.w3.org/XML/1998/namespace";
  Events events;
  events.open("feed", {}, atom).open("entry", {}, atom).leaf("id", "1", {}, atom);
  events.open("content", {{"", "type", "xhtml"}}, atom).open("div", {{xml, "base", "/inner/"}}, xhtml);
  events.leaf("a", "A", {{"", "href", "a.html"}}, xhtml).leaf("a", "B", {{"", "href", "mailto:b@s.example"}}, xhtml);
  const auto feed = events.close().close().close().finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].content_html,
            R"(<a href="https://feed.example/inner/a.html">A</a><a href="mailto:b@s.example">B</a>)");
}

TEST(Parser, PlaysAnAlternateEnclosureIfThereIsNoOther) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("guid", "1");
  events.open("alternateEnclosure", {{"", "type", "audio/opus"}, {"", "length", "5"}}, podcast);
  events.leaf("source", "", {{"", "uri", "ipfs://x"}}, podcast).leaf("source", "", {{"", "uri", "1.opus"}}, podcast);
  const auto feed = events.close().close().finish();
  ASSERT_TRUE(feed);
  const Attachment audio{"https://feed.example/dir/1.opus", "audio/opus", 5, {}};
  EXPECT_EQ(feed->items[0].attachments, std::vector{audio});
  EXPECT_EQ(feed->items[0].podcast[0].children[0].attributes[0].second, "ipfs://x");
}

TEST(Parser, TakesARelativeGuidThatSaysSoForAnAddress) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("guid", "p/1", {{"", "isPermaLink", "true"}}).close();
  events.open("item").leaf("guid", "p/2").close();
  const auto feed = events.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].url, "https://feed.example/dir/p/1");
  EXPECT_EQ(feed->items[1].url, "");
}

TEST(Parser, SaysWhyThereIsNoFeed) {
  Events html;
  html.open("html").open("body");
  EXPECT_TRUE(html.parser.stopped());
  EXPECT_EQ(html.finish().error(), FeedError::not_a_feed);
  EXPECT_EQ(Parser("").finish().error(), FeedError::not_a_feed);
}

TEST(Parser, BoundsDepth) {
  Events events;
  events.open("rss");
  for (std::size_t i = 1; i < depth_max; ++i) events.open("x");
  EXPECT_FALSE(events.parser.stopped());
  events.open("x");
  EXPECT_EQ(events.finish().error(), FeedError::too_deep);
}

TEST(Parser, TellsAFileWithoutAKindByItsAddress) {
  constexpr std::string_view media = "http://search.yahoo.com/mrss/";
  Events events;
  events.open("rss").open("channel").open("item");
  events.leaf("content", "", {{"", "url", "/small.jpg?w=1"}, {"", "width", "140"}}, media);
  events.leaf("content", "", {{"", "url", "/wide.jpg?w=2"}, {"", "width", "700"}}, media);
  events.leaf("content", "", {{"", "url", "/middle.jpg"}, {"", "width", "460"}}, media);
  events.leaf("content", "", {{"", "url", "/what"}}, media);
  events.leaf("enclosure", "", {{"", "url", "/talk.mp3"}}).close();
  const auto feed = events.parser.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].image, "https://feed.example/wide.jpg?w=2");
  const Attachment talk{"https://feed.example/talk.mp3", "audio/mpeg", std::nullopt, std::nullopt};
  EXPECT_EQ(feed->items[0].attachments, std::vector{talk});
}

TEST(Parser, TakesAnAddressThatStandsInTheText) {
  constexpr std::string_view media = "http://www.rssboard.org/media-rss";
  Events events;
  events.open("rss").open("channel").open("item").leaf("enclosure", " https://feed.example/a.ogg ");
  events.leaf("thumbnail", "https://feed.example/a.png", {}, media).close();
  const auto feed = events.parser.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].image, "https://feed.example/a.png");
  ASSERT_EQ(feed->items[0].attachments.size(), 1U);
  EXPECT_EQ(feed->items[0].attachments[0].url, "https://feed.example/a.ogg");
}

TEST(Parser, TakesAnAddressThatWasEscapedTwice) {
  Events events;
  events.open("rss").open("channel").open("item").leaf("link", "https://feed.example/?a=1&amp;b=2&amp;copy=3").close();
  const auto feed = events.parser.finish();
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->items[0].url, "https://feed.example/?a=1&b=2&copy=3");
}

TEST(Parser, BoundsItems) {
  Events events;
  events.open("rss").open("channel");
  for (std::size_t i = 0; i < items_max; ++i) events.open("item").leaf("title", "x").close();
  EXPECT_FALSE(events.parser.stopped());
  events.open("item").leaf("title", "x").close();
  EXPECT_EQ(events.finish().error(), FeedError::too_many_items);
}

TEST(Parser, BoundsTextAndCutsLongFields) {
  const std::string title(line_max + 1, 't');
  const std::string megabyte(1U << 20U, 'x');
  Events events;
  events.open("rss").open("channel").leaf("title", title).open("item");
  for (int i = 0; i < 150; ++i) events.leaf("category", std::to_string(i));
  events.leaf("description", megabyte + "x");
  Events copy = events;
  const auto feed = copy.finish();
  ASSERT_TRUE(feed);
  EXPECT_TRUE(feed->truncated);
  EXPECT_EQ(feed->title.size(), line_max);
  EXPECT_EQ(feed->items[0].tags.size(), list_max);
  EXPECT_EQ(feed->items[0].content_html.size(), html_max);
  for (int i = 0; i < 31; ++i) events.parser.text(megabyte);
  EXPECT_EQ(events.finish().error(), FeedError::too_much_text);
}

}  // namespace
}  // namespace skypod::feed
