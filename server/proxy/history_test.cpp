#include "server/proxy/history.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

OfFeed version(const std::string& feed, const std::string& hash, std::size_t octets = 10) {
  return {feed, {.hash = hash, .octets = octets, .type = "", .url = "", .meaning = hash}};
}

std::vector<std::string> hashes(const std::vector<Version>& versions) {
  std::vector<std::string> all;
  for (const Version& one : versions) all.push_back(one.hash);
  return all;
}

using Hashes = std::vector<std::string>;

TEST(History, KeepsTheLastOfEachFeed) {
  History history(2, 1'000);
  EXPECT_TRUE(history.add(version("a", "1")).empty());
  EXPECT_TRUE(history.add(version("b", "1")).empty());
  EXPECT_TRUE(history.add(version("a", "2")).empty());
  const auto gone = history.add(version("a", "3"));
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].feed + gone[0].version.hash, "a1");
  EXPECT_EQ(hashes(history.of("a")), (Hashes{"3", "2"}));
  EXPECT_EQ(hashes(history.of("b")), (Hashes{"1"}));
  EXPECT_EQ(history.octets(), 30U);
}

TEST(History, BoundsAllFeedsTogetherByTheirOctets) {
  History history(9, 25);
  history.add(version("a", "1"));
  history.add(version("b", "2"));
  EXPECT_EQ(history.add(version("c", "3")).at(0).feed, "a");
  EXPECT_EQ(history.octets(), 20U);
  EXPECT_EQ(history.add(version("d", "4", 26)).size(), 3U);  // not even alone
  EXPECT_EQ(history.size(), 0U);
  EXPECT_TRUE(history.take_oldest().empty());
}

TEST(History, KnowsWhatSaysTheSame) {
  History history(9, 1'000);
  EXPECT_TRUE(history.is_news("a", version("a", "1").version));
  history.add(version("a", "1"));
  Version same = version("a", "2").version;
  EXPECT_TRUE(history.is_news("a", same));
  same.meaning = "1";
  EXPECT_FALSE(history.is_news("a", same));
}

TEST(History, WhatComesBackIsTheNewestAgain) {
  History history(9, 1'000);
  history.add(version("a", "1"));
  history.add(version("a", "2"));
  EXPECT_EQ(history.add(version("a", "1")).size(), 1U);
  EXPECT_EQ(hashes(history.of("a")), (Hashes{"1", "2"}));
  EXPECT_EQ(history.octets(), 20U);
}

TEST(History, LetsGoOfABodyEverywhere) {
  History history(9, 1'000);
  history.add(version("a", "1"));
  history.add(version("b", "1"));
  history.add(version("b", "2"));
  EXPECT_EQ(history.take_all("1").size(), 2U);
  EXPECT_TRUE(history.of("a").empty());
  EXPECT_EQ(history.take_oldest().at(0).version.hash, "2");
}

}  // namespace
}  // namespace skypod::server
