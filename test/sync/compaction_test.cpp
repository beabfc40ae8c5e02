// A library gives back the room of what was overwritten.
#include <gtest/gtest.h>

#include <filesystem>

#include "test/support/directory.hpp"
#include "test/sync/sides.hpp"

namespace skypod::test {
namespace {

constexpr int episodes = 10'000;
constexpr int per_feed = 200;
constexpr std::size_t at_most = 1'000'000;  // octets on disk

/// A guid as many feeds have them.
std::string guid(Random& random) {
  const std::string hex = to_hex(random.bytes(16));
  return "guid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

/// Positions in all episodes, written feed by feed.
void listen(Side& side, double position_s) {
  Random random(5);
  for (int feed = 0; feed < episodes / per_feed; ++feed) {
    const std::string address = "https://feeds.example/" + std::to_string(feed) + "/rss.xml";
    std::vector<sync::Write> writes;
    for (int i = 0; i < per_feed; ++i) {
      const std::string device = library::short_device(side.id);
      writes.push_back({library::play_address(device, address, guid(random)), library::pack_play({position_s + i})});
    }
    side.local.pass(60'000);
    side.get(side.library.replica().write(std::move(writes)));
  }
}

TEST(Compaction, TenThousandEpisodesTakeLessThanAMegabyte) {
  const Directory directory;
  const std::string path = directory.path() / "library.sqlite";
  std::string before;
  {
    Side side(1, path);
    for (const double position_s : {10.0, 700.5, 3'599.75}) listen(side, position_s);
    before = side.state();
    ASSERT_TRUE(side.local.run(side.library.compact()));
    EXPECT_LT(std::filesystem::file_size(path), at_most);
    EXPECT_EQ(side.state(), before);
  }
  Side again(1, path);
  EXPECT_EQ(again.state(), before);
}

bool compacted(Side& side) {
  return side.get(side.library.compact_if_worth());
}

std::int64_t unused_pages(Side& side) {
  const auto rows = run_database(side.local.database(), {{{"PRAGMA freelist_count"}}});
  return (*rows)[0][0][0].get<std::int64_t>();
}

/// Something that takes about so many pages.
void fill(Side& side, int pages) {
  const std::string sql =
      "CREATE TABLE filling AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(pages) + ") SELECT zeroblob(3900) FROM n";
  ASSERT_TRUE(run_database(side.local.database(), {{{sql}}}));
}

void empty(Side& side) {
  ASSERT_TRUE(run_database(side.local.database(), {{{"DROP TABLE filling"}}}));
}

TEST(Compaction, IsDoneOfItselfWhereMuchIsUnusedAndOnceADay) {
  Side side(1);
  listen(side, 10);
  EXPECT_FALSE(compacted(side)) << "a small library";
  fill(side, 1'500);
  empty(side);
  const std::string before = side.state();
  EXPECT_TRUE(compacted(side));
  EXPECT_EQ(unused_pages(side), 0);
  EXPECT_EQ(side.state(), before);
  fill(side, 1'500);
  empty(side);
  EXPECT_FALSE(compacted(side)) << "it was done today";
  side.local.pass(24 * 60 * 60'000);
  EXPECT_TRUE(compacted(side));
}

TEST(Compaction, IsDoneOfItselfWhereTheFileHasGrownByAQuarter) {
  Side side(1);
  fill(side, 1'500);
  EXPECT_TRUE(compacted(side)) << "never done before";
  side.local.pass(24 * 60 * 60'000);
  EXPECT_FALSE(compacted(side)) << "as large as it was";
  empty(side);
  fill(side, 2'200);
  EXPECT_TRUE(compacted(side));
}

TEST(Compaction, ThatFailsChangesNothingAndIsNotTriedAgainToday) {
  Side side(1);
  listen(side, 10);
  fill(side, 1'500);
  const std::string before = side.state();
  side.local.refuse("VACUUM");
  EXPECT_FALSE(side.local.run(side.library.compact_if_worth()));
  side.local.refuse("");
  EXPECT_EQ(side.state(), before);
  EXPECT_FALSE(compacted(side));
}

}  // namespace
}  // namespace skypod::test
