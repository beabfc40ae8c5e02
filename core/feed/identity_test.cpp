#include "core/feed/identity.hpp"

#include <gtest/gtest.h>

#include "base/utf8.hpp"

namespace skypod::feed {
namespace {

TEST(Identity, TakesTheBestThatThereIs) {
  Item item;
  EXPECT_EQ(identity_of(item), "title:|-");
  item.summary = "S";
  EXPECT_EQ(identity_of(item), "title:S|-");
  item.title = "A";
  item.published_ms = 1000;
  EXPECT_EQ(identity_of(item), "title:A|1000");
  item.url = "https://a/1";
  EXPECT_EQ(identity_of(item), "link:https://a/1");
  item.attachments.push_back({.url = "https://a/1.mp3", .mime_type = "", .size_octets = {}, .duration_seconds = {}});
  EXPECT_EQ(identity_of(item), "enclosure:https://a/1.mp3");
  item.guid = "x";
  EXPECT_EQ(identity_of(item), "guid:x");
}

Item with_guid(const std::string& guid, const std::string& audio, std::optional<std::int64_t> published_ms) {
  Item item;
  item.guid = guid;
  item.published_ms = published_ms;
  item.attachments.push_back({.url = audio, .mime_type = "", .size_octets = {}, .duration_seconds = {}});
  item.identity = identity_of(item);
  return item;
}

TEST(Identity, TellsThoseApartThatShareAGuid) {
  const Item a = with_guid("same", "https://a/1.mp3", 1);
  const Item b = with_guid("same", "https://a/2.mp3", 2);
  const Item other = with_guid("other", "https://a/1.mp3", 3);
  std::vector<Item> items{a, other, b};
  tell_apart(items);
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].identity, "guid:same|enclosure:https://a/1.mp3");
  EXPECT_EQ(items[1].identity, "guid:other");
  EXPECT_EQ(items[2].identity, "guid:same|enclosure:https://a/2.mp3");
  EXPECT_TRUE(has_shared_guid(items[0]));
  EXPECT_FALSE(has_shared_guid(items[1]));
  const Item third = with_guid("same", "https://a/3.mp3", {});
  std::vector<Item> turned{third, b, a};
  tell_apart(turned);
  EXPECT_EQ(turned[1].identity, items[2].identity);
  EXPECT_EQ(turned[2].identity, items[0].identity);
}

TEST(Identity, OfOneThatStandsTwiceStaysAsItIs) {
  std::vector<Item> items{with_guid("1", "https://a/1.mp3", 1), with_guid("1", "https://a/1.mp3", 2)};
  tell_apart(items);
  ASSERT_EQ(items.size(), 2U);
  for (const Item& each : items) EXPECT_EQ(each.identity, "guid:1");
}

TEST(Identity, IsBoundedAndStillTellsLongOnesApart) {
  Item first;
  for (int i = 0; i < 400; ++i) first.guid += "é";
  Item second = first;
  second.guid += "x";
  EXPECT_LE(identity_of(first).size(), identity_max);
  EXPECT_TRUE(is_utf8(identity_of(first)));
  EXPECT_NE(identity_of(first), identity_of(second));
  EXPECT_EQ(identity_of(first), identity_of(first));
  // Written down once, for every platform to agree on.
  Item fixed;
  fixed.guid = std::string(600, 'a');
  EXPECT_EQ(identity_of(fixed), "guid:" + std::string(490, 'a') + "#d5b41eb097a4456a");
}

}  // namespace
}  // namespace skypod::feed
