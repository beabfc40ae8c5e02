#include "native/sqlite.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace skypod::sqlite {
namespace {

/// A database file of its own for every test.
class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = ::testing::TempDir() + "sqlite-XXXXXX";
    directory = mkdtemp(pattern.data());
  }
  ~SqliteTest() override { std::filesystem::remove_all(directory); }

  Database open() {
    auto database = Database::open(directory / "test.sqlite");
    EXPECT_TRUE(database) << database.error().message;
    return std::move(*database);
  }

  static std::int64_t number(Database& database, std::string_view sql) {
    auto query = database.prepare(sql);
    EXPECT_TRUE(query);
    EXPECT_TRUE(query->step().value());
    return query->integer(0);
  }

  std::filesystem::path directory;
};

TEST_F(SqliteTest, IsDurableAndStrict) {
  Database database = open();
  auto mode = database.prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode && mode->step().value());
  EXPECT_EQ(mode->text(0), "wal");
  EXPECT_EQ(number(database, "PRAGMA synchronous"), 2);
  EXPECT_EQ(number(database, "PRAGMA foreign_keys"), 1);
  EXPECT_EQ(number(database, "PRAGMA busy_timeout"), 5000);
}

TEST_F(SqliteTest, RowsComeBackAsTheyWent) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (name TEXT, value INTEGER)"));
  auto insert = database.prepare("INSERT INTO t VALUES (?, ?)");
  ASSERT_TRUE(insert);
  const std::string with_nul("a\0b", 3);
  ASSERT_TRUE(insert->bind(1, with_nul).bind(2, INT64_MIN).run());
  ASSERT_TRUE(insert->bind(1, std::string_view()).bind(2, 7).run());
  EXPECT_EQ(database.changes(), 1);
  auto query = database.prepare("SELECT name, value FROM t ORDER BY value");
  ASSERT_TRUE(query && query->step().value());
  EXPECT_EQ(query->text(0), with_nul);
  EXPECT_EQ(query->integer(1), INT64_MIN);
  ASSERT_TRUE(query->step().value());
  EXPECT_EQ(query->text(0), "");
  EXPECT_FALSE(query->step().value());
  EXPECT_TRUE(query->step().value());  // begins anew
  query->reset();
}

TEST_F(SqliteTest, FailuresAreResults) {
  Database database = open();
  EXPECT_FALSE(database.prepare("SELEKT 1"));
  EXPECT_FALSE(database.execute("SELEKT 1"));
  ASSERT_TRUE(database.execute("CREATE TABLE t (name TEXT PRIMARY KEY) WITHOUT ROWID"));
  auto insert = database.prepare("INSERT INTO t VALUES ('a')");
  ASSERT_TRUE(insert->run());
  const auto again = insert->run();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, SQLITE_CONSTRAINT_PRIMARYKEY);
  EXPECT_FALSE(Database::open(directory / "missing" / "x.sqlite"));
}

TEST_F(SqliteTest, TransactionsAreAllOrNothing) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (value INTEGER)"));
  const auto insert = [&] { return database.execute("INSERT INTO t VALUES (1)"); };
  EXPECT_TRUE(transaction(database, insert));
  const auto failed = transaction(database, [&]() -> Result<void, Error> {
    EXPECT_TRUE(insert());
    return unexpected(Error{SQLITE_ERROR, "changed my mind"});
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "changed my mind");
  EXPECT_EQ(number(database, "SELECT count(*) FROM t"), 1);
  EXPECT_FALSE(transaction(database, [&] { return transaction(database, insert); }));
  EXPECT_EQ(number(database, "SELECT count(*) FROM t"), 1);
}

TEST_F(SqliteTest, KnowsItsSchemasVersion) {
  Database database = open();
  EXPECT_EQ(database.version().value(), 0);
  ASSERT_TRUE(database.execute("PRAGMA user_version = 3"));
  EXPECT_EQ(database.version().value(), 3);
}

}  // namespace
}  // namespace skypod::sqlite
