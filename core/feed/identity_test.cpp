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
