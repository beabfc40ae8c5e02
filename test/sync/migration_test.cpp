// Libraries that earlier versions made open, with everything that was in them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "test/sync/sides.hpp"

namespace skypod::test {
namespace {

const std::string feed = "https://feeds.example/show.xml";
const std::string desk = "DP_VHZSEavDoXEvJKwd3uT8daKBjsgcgHSKhgxCVgVs";

std::string fixture(const char* name) {
  std::ifstream file(std::string(SKYPOD_SOURCE_DIR) + "/test/sync/fixtures/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A library of version 1 in a file of its own.
class Migration : public testing::Test {
 protected:
  Migration() : path(testing::TempDir() + "skypod_migration_" + std::to_string(getpid()) + ".sqlite") {
    TearDown();
    auto database = sqlite::Database::open(path);
    EXPECT_TRUE(database && database->execute(fixture("library_1.sql")));
  }
  void TearDown() override {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  std::string path;
};

TEST_F(Migration, Version1KeepsSubscriptionsPositionsNamesAndEpisodes) {
  Side side(1, path);
  const Json subscriptions = side.get(side.library.subscriptions())["subscriptions"];
  ASSERT_EQ(subscriptions.size(), 1U);
  EXPECT_EQ(subscriptions[0]["title"], "The Show");
  EXPECT_EQ(subscriptions[0]["episodes"], 3);
  EXPECT_EQ(subscriptions[0]["played"], 1);
  const Json episodes = side.get(side.library.episodes(feed, library::Filter::all, {0, 10}))["episodes"];
  EXPECT_EQ(episodes[1]["id"], "guid:e2");
  EXPECT_EQ(episodes[1]["play"]["completed"], true);
  EXPECT_EQ(episodes[1]["play"]["device"], desk);
  EXPECT_EQ(episodes[2]["play"]["positionS"], 90) << "the later of two devices";
  const Json positions = side.get(side.library.positions(feed, "guid:e1"))["positions"];
  ASSERT_EQ(positions.size(), 2U);
  EXPECT_EQ(positions[0]["name"], "Car");
  EXPECT_EQ(positions[1]["positionS"], 31.5);
  EXPECT_EQ(side.get(side.library.positions(feed, "guid:vanished"))["positions"][0]["positionS"], 7);
  EXPECT_EQ(side.get(side.library.search("words", {0, 10}))["total"], 3);
  EXPECT_EQ(side.get(side.library.load_state("name")), "Desk");
}

TEST_F(Migration, TwoDevicesThatMigrateAgreeWithoutSendingAnything) {
  const std::string copy = path + ".copy";
  std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
  {
    Side a(1, path);
    Side b(2, copy);
    EXPECT_EQ(a.state(), b.state());
    EXPECT_EQ(meet(a, b).messages, 4U);
    a.get(a.library.progress({feed, "guid:e3", 5, {}, false}));
    meet(a, b);
    EXPECT_EQ(a.state(), b.state());
  }
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(copy + end);
}

TEST_F(Migration, OpeningTwiceChangesNothing) {
  std::string state;
  {
    Side first(1, path);
    state = first.state();
  }
  Side second(1, path, 1);
  EXPECT_EQ(second.state(), state);
}

constexpr const char* back_to_3 =
    "ALTER TABLE feeds DROP COLUMN problem_code; ALTER TABLE feeds DROP COLUMN way; "
    "ALTER TABLE feeds DROP COLUMN direct_ms; PRAGMA user_version = 3";

TEST_F(Migration, Version3KeepsEverythingAndLearnsHowFeedsAreReached) {
  {
    Side made(1, path);
    auto database = sqlite::Database::open(path);
    ASSERT_TRUE(database && database->execute(back_to_3));
  }
  Side side(1, path, 1);
  const std::string subscribed = side.get(side.library.subscriptions())["subscriptions"][0]["feed"].get<std::string>();
  EXPECT_EQ(side.get(side.library.reached(subscribed)).way, "");
  side.get(side.library.store_feed(subscribed, {{"items", Json::array()}}));
  EXPECT_TRUE(side.local.run(side.library.note_reached(subscribed, {"peer", 7})));
  EXPECT_EQ(side.get(side.library.reached(subscribed)).way, "peer");
  EXPECT_EQ(side.get(side.library.reached(subscribed)).direct_ms, 7);
}

TEST_F(Migration, Version2KeepsEverythingAndGetsRoomForContents) {
  {
    Side made(1, path);
    auto database = sqlite::Database::open(path);
    ASSERT_TRUE(database && database->execute(back_to_3));
    ASSERT_TRUE(database->execute("DROP TABLE contents; PRAGMA user_version = 2"));
  }
  Side side(1, path, 1);
  EXPECT_EQ(side.get(side.library.subscriptions())["subscriptions"].size(), 1U);
  EXPECT_TRUE(side.get(side.library.content(feed, "guid:e1"))["content"].is_null());
}

TEST_F(Migration, ANewerLibraryIsRefused) {
  {
    auto database = sqlite::Database::open(path);
    ASSERT_TRUE(database && database->execute("PRAGMA user_version = 99"));
  }
  LocalHost local(1, path);
  library::Library library(local.host(), identity(1));
  const auto opened = local.run(library.open());
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("newer"), std::string::npos);
}

}  // namespace
}  // namespace skypod::test
