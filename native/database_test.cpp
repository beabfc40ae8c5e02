#include "native/database.hpp"

#include <gtest/gtest.h>

namespace skypod {
namespace {

using wire::Json;

sqlite::Database memory() {
  auto database = sqlite::Database::open(":memory:");
  EXPECT_TRUE(database);
  return std::move(*database);
}

TEST(Database, ValuesComeBackAsTheyWent) {
  auto database = memory();
  const Json values = {nullptr,         9007199254740993, -1.5, "h\xc3\xa9", wire::binary(std::string("\0\xff", 2)),
                       wire::binary("")};
  const auto answer = run_database(database, {{{"SELECT ?,?,?,?,?,?", values}}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, Json::array({Json::array({values})}));
}

TEST(Database, AllStatementsOrNone) {
  auto database = memory();
  ASSERT_TRUE(run_database(database, {{{"CREATE TABLE t(x INTEGER PRIMARY KEY)"}}}));
  const auto failed =
      run_database(database, {{{"INSERT INTO t VALUES(1)"}, {"INSERT INTO t VALUES(2)"}, {"INSERT INTO t VALUES(1)"}}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, core::ErrorCode::storage_failed);
  const auto left = run_database(database, {{{"SELECT count(*) FROM t"}, {"PRAGMA user_version"}}});
  ASSERT_TRUE(left);
  EXPECT_EQ(wire::to_json(*left), "[[[0]],[[0]]]");
}

TEST(Database, VacuumRunsByItself) {
  auto database = memory();
  ASSERT_TRUE(run_database(database, {{{"CREATE TABLE t(x INTEGER PRIMARY KEY)"}}}));
  const auto done = run_database(database, {{{"VACUUM"}}});
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(wire::to_json(*done), "[[]]");
  EXPECT_FALSE(run_database(database, {{{"VACUUM"}, {"SELECT 1"}}}));  // a transaction may not hold it
}

TEST(Database, WhatCannotBeBoundIsRefused) {
  auto database = memory();
  EXPECT_FALSE(run_database(database, {{{"SELECT ?", Json::array({Json::object()})}}}));
  EXPECT_FALSE(run_database(database, {{{"SELECT 1", Json::array({1})}}}));
  EXPECT_FALSE(run_database(database, {{{"SELEKT 1"}}}));
}

}  // namespace
}  // namespace skypod
