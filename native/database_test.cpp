#include "native/database.hpp"

#include <gtest/gtest.h>

#include "core/wire/packed_rows.hpp"

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

TEST(Database, PackedRowsGoInAndComeOutOfTheSameType) {
  auto database = memory();
  const std::vector<Json> values{nullptr, 7, -1, INT64_MAX, 0.5, 5.0, "", "Ж", wire::binary(""), wire::binary("\xff")};
  wire::PackedWriter writer;
  for (const Json& value : values) writer.value(value);
  const auto answer = run_database(database, {{{"SELECT ?, 'next'", writer.finish(), true}}});
  ASSERT_TRUE(answer);
  wire::PackedReader reader((*answer)[0]);
  for (const Json& value : values) {
    const Json read = reader.next().to_json();
    EXPECT_EQ(read, value);
    EXPECT_EQ(read.is_number_float(), value.is_number_float());
    EXPECT_EQ(reader.text(), "next");
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_TRUE(reader.ok());
}

TEST(Database, PackedRowsThatCannotBeReadStoreNothing) {
  auto database = memory();
  ASSERT_TRUE(run_database(database, {{{"CREATE TABLE t(a INTEGER PRIMARY KEY)"}}}));
  const auto stored = [&](const char* sql, const char* packed) {
    return run_database(database, {{{sql, wire::binary(packed), true}}}).has_value();
  };
  EXPECT_FALSE(stored("INSERT INTO t VALUES(?)", "\x01\x80"));
  EXPECT_FALSE(stored("INSERT INTO t VALUES(?)", "\x02\x02"));
  EXPECT_FALSE(stored("SELECT ?, ?", "\x01"));
  EXPECT_FALSE(stored("SELECT 1", "\x01"));
  const auto rows = run_database(database, {{{"SELECT * FROM t"}}});
  EXPECT_EQ(rows.value()[0], Json::array());
  EXPECT_TRUE(stored("INSERT INTO t VALUES(?)", "\x01\x02"));
}

}  // namespace
}  // namespace skypod
