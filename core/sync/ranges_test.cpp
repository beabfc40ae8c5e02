#include "core/sync/ranges.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"

namespace skypod::sync {
namespace {

Item item_of(Random& random, std::uint64_t span) {
  return {Stamp{(1ULL << 44) + random.below(span)}, Author{random.below(4) + 1}, random.next()};
}

struct Cost {
  std::size_t octets = 0;
  std::size_t messages = 0;
};

/// Lets two sides talk until they are done; what one lacks it gets.
Cost reconcile(Index& a, Index& b) {
  Cost cost;
  Bytes message = open_ranges(a);
  Index* here = &b;
  Index* there = &a;
  while (!message.empty()) {
    cost.octets += message.size();
    ++cost.messages;
    auto outcome = answer_ranges(*here, message);
    EXPECT_TRUE(outcome);
    if (!outcome || cost.messages > 40) break;
    for (const Item& item : outcome->lacks) {
      there->erase(item);
      there->insert(item);
    }
    message = std::move(outcome->reply);
    std::swap(here, there);
  }
  return cost;
}

void expect_same(const Index& a, const Index& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.items(0, a.size()), b.items(0, b.size()));
}

TEST(Ranges, TwoSetsBecomeOneWhateverTheirDifference) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    Index a, b;
    // From all stamps alike to all far apart.
    const std::uint64_t span = std::uint64_t{1} << random.below(40);
    const std::size_t common = random.below(2'000);
    std::set<Item> all;
    const auto add = [&](bool to_a, bool to_b) {
      const Item item = item_of(random, span);
      if (!all.insert(item).second) return;
      if (to_a) a.insert(item);
      if (to_b) b.insert(item);
    };
    for (std::size_t i = 0; i < common; ++i) add(true, true);
    for (std::size_t i = random.below(100); i > 0; --i) add(true, false);
    for (std::size_t i = random.below(100); i > 0; --i) add(false, true);
    reconcile(a, b);
    expect_same(a, b);
    ASSERT_EQ(a.size(), all.size());
  }
}

TEST(Ranges, OneDifferenceAmongAMillionCostsOneRoundTripAndAFewHundredOctets) {
  Random random(2);
  std::vector<Item> items;
  for (int i = 0; i < 1'000'000; ++i) items.push_back(item_of(random, 1ULL << 50));
  std::ranges::sort(items);
  for (const bool ours : {true, false}) {
    Index a, b;
    for (const Item& item : items) {
      a.insert(item);
      b.insert(item);
    }
    (ours ? a : b).insert(item_of(random, 1ULL << 50));
    const Cost cost = reconcile(a, b);
    EXPECT_LE(cost.messages, 2U);
    EXPECT_LT(cost.octets, 500U);
    expect_same(a, b);
  }
}

TEST(Ranges, EqualSetsNeedOneMessage) {
  Random random(3);
  Index a, b;
  EXPECT_EQ(reconcile(a, b).messages, 1U);
  for (int i = 0; i < 1'000; ++i) {
    const Item item = item_of(random, 1ULL << 40);
    a.insert(item);
    b.insert(item);
  }
  EXPECT_EQ(reconcile(a, b).messages, 1U);
}

TEST(Ranges, StrangersOctetsAreRefusedOrHarmless) {
  Random random(4);
  Index index;
  for (int i = 0; i < 500; ++i) index.insert(item_of(random, 1ULL << 30));
  const Bytes honest = open_ranges(index);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bent = random.chance(30) ? random.bytes(random.below(80)) : honest;
    for (std::size_t flips = random.below(4); flips > 0 && !bent.empty(); --flips) {
      bent[random.below(bent.size())] = static_cast<char>(random.next());
    }
    const auto outcome = answer_ranges(index, bent.substr(0, random.below(bent.size() + 1)));
    if (outcome) EXPECT_LT(outcome->reply.size(), 2 * ranges_octets_max);
  }
}

}  // namespace
}  // namespace skypod::sync
