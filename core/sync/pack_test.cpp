#include "core/sync/pack.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace skypod::sync {
namespace {

std::string uuid(Random& random) {
  std::string digits = to_hex(random.bytes(16));
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) digits.insert(dash, 1, '-');
  return digits;
}

Json value_of(Random& random) {
  switch (random.below(6)) {
    case 0:
      return nullptr;
    case 1:
      return static_cast<std::int64_t>(random.next() >> 11);
    case 2:
      return static_cast<std::int64_t>(random.below(100)) - 50;
    case 3:
      return static_cast<double>(random.below(1'000'000)) / 7;
    default:
      return "text " + std::to_string(random.below(1'000)) + "\xc3\xa9";
  }
}

std::vector<Section> sample(Random& random, std::size_t changes) {
  std::vector<Section> sections;
  for (std::uint64_t author = 1; author <= 3; ++author) {
    Section section{.author = {author << 40}, .since = Stamp::of(1'000, 5), .upto = {}, .changes = {}};
    Stamp stamp = section.since;
    for (std::size_t i = 0; i < changes; ++i) {
      stamp = random.chance(20) ? Stamp{stamp.value + 1} : Stamp::of(stamp.ms() + 1 + random.below(90'000), 0);
      Address at{"play", "https://example.org/" + std::to_string(random.below(9)), "guid:" + uuid(random), "state"};
      if (random.chance(20)) at = {"setting", "", "n" + std::to_string(random.below(50)), "value"};
      if (random.chance(10)) at.name = to_hex(random.bytes(random.below(30))) + "\xe2\x82\xac";
      section.changes.push_back({section.author, stamp, at, canonical(value_of(random))});
    }
    section.upto = random.chance(50) ? Stamp{} : Stamp{stamp.value + random.below(1'000)};
    sections.push_back(std::move(section));
  }
  return sections;
}

void expect_equal(const std::vector<Section>& left, const std::vector<Section>& right) {
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].author, right[i].author);
    EXPECT_EQ(left[i].since, right[i].since);
    EXPECT_EQ(left[i].upto, right[i].upto);
    ASSERT_EQ(left[i].changes.size(), right[i].changes.size());
    for (std::size_t j = 0; j < left[i].changes.size(); ++j) {
      EXPECT_EQ(left[i].changes[j].stamp, right[i].changes[j].stamp);
      EXPECT_EQ(left[i].changes[j].at, right[i].changes[j].at);
      EXPECT_EQ(left[i].changes[j].value, right[i].changes[j].value);
    }
  }
}

TEST(Pack, GivesBackWhatWentIn) {
  Random random(1);
  for (const std::size_t changes : {0U, 1U, 2U, 3U, 50U, 700U}) {
    for (int round = 0; round < 20; ++round) {
      const std::vector<Section> sections = sample(random, changes);
      const auto unpacked = unpack(pack(sections));
      ASSERT_TRUE(unpacked) << changes;
      expect_equal(sections, *unpacked);
    }
  }
}

TEST(Pack, APlayRecordWithAUuidTakesLittleMoreThanTheUuid) {
  Random random(2);
  Section section{.author = {7}, .since = {}, .upto = {}, .changes = {}};
  for (std::size_t i = 0; i < 4'000; ++i) {
    section.upto = Stamp::of(1'700'000'000'000 + static_cast<TimeMs>(i * 60'000 + random.below(60'000)), 0);
    const Address at{"play", "AbCdEfGhIjK https://feeds.example/" + std::to_string(i / 100), "guid:" + uuid(random),
                     "at"};
    section.changes.push_back({section.author, section.upto, at, random.below(1'440'000)});
  }
  EXPECT_LT(pack({section}).size(), 24U * 4'000U);
}

TEST(Pack, RefusesWhatBreaksARule) {
  const Address at{"c", "", "n", "f"};
  const auto refused = [](Section section) { return !unpack(pack({std::move(section)})); };
  EXPECT_FALSE(refused({.author = {1}, .since = {5}, .upto = {9}, .changes = {{{1}, {7}, at, 1}}}));
  EXPECT_TRUE(refused({.author = {1}, .since = {5}, .upto = {9}, .changes = {{{1}, {10}, at, 1}}}));
  EXPECT_TRUE(refused({.author = {1}, .since = {5}, .upto = {9}, .changes = {{{1}, {5}, at, 1}}}));
  const auto with = [&](const Address& where, const Json& value) {
    return refused({.author = {1}, .since = {}, .upto = {9}, .changes = {{{1}, {7}, where, value}}});
  };
  EXPECT_TRUE(with({"", "", "n", "f"}, 1));
  EXPECT_TRUE(with({"c", "", "n", ""}, 1));
  EXPECT_TRUE(with({"c", "", "\xff", "f"}, 1));
  EXPECT_TRUE(with({std::string(collection_max + 1, 'c'), "", "n", "f"}, 1));
  EXPECT_TRUE(with({"c", std::string(scope_max + 1, 's'), "n", "f"}, 1));
  EXPECT_TRUE(with({"c", "", std::string(name_max + 1, 'n'), "f"}, 1));
  EXPECT_TRUE(with(at, std::string(value_max + 1, 'v')));
  EXPECT_FALSE(with(at, std::string(value_max, 'v')));
}

TEST(Pack, StrangersOctetsAreRefusedOrHarmless) {
  Random random(3);
  const Bytes coded = pack(sample(random, 40));
  const Bytes plain = pack(sample(random, 1));
  for (int i = 0; i < 20'000; ++i) {
    Bytes bent = random.chance(20) ? random.bytes(random.below(200)) : random.chance(50) ? coded : plain;
    for (std::size_t flips = random.below(5); flips > 0 && !bent.empty(); --flips) {
      bent[random.below(bent.size())] = static_cast<char>(random.next());
    }
    static_cast<void>(unpack(bent.substr(0, random.below(bent.size() + 1))));
  }
}

}  // namespace
}  // namespace skypod::sync
