// SQLite as values: a database and its statements close themselves, failures are results. Nothing is hidden: the SQL is
// the caller's.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/result.hpp"

namespace skypod::sqlite {

/// SQLite's extended result code and its own words.
struct Error {
  int code = SQLITE_ERROR;
  std::string message;
};

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite. Must not outlive its Database.
class Statement {
 public:
  Statement() = default;

  /// Binds a parameter; the value is copied. Bindings stay until they are replaced.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);

  /// True if there is a row to read, false at the end; after the end or an error the next step begins anew.
  Result<bool, Error> step();

  /// Steps to the end, ignoring rows.
  Result<void, Error> run();

  /// Begins anew without reading the remaining rows.
  void reset() { sqlite3_reset(statement_.get()); }

  /// A column of the current row; the text is borrowed until the next step.
  std::string_view text(int column) const;
  /// SQLite's own handle, for what is not wrapped here; owned by this.
  sqlite3_stmt* handle() const { return statement_.get(); }

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A connection to a database file; for one thread.
class Database {
 public:
  /// Opens or creates the file with write-ahead logging, synchronous=FULL (what is committed survives a power cut),
  /// foreign keys, and 5 s of patience with other writers.
  static Result<Database, Error> open(const std::string& path);

  /// Runs one or more statements without parameters.
  Result<void, Error> execute(const std::string& sql);

  Result<Statement, Error> prepare(std::string_view sql);

  /// The same, prepared once for each text and kept for the next time. Owned by this; the bindings are those of its
  /// last use. At most kept_max are kept.
  static constexpr std::size_t kept_max = 128;
  Result<Statement*, Error> kept(const std::string& sql);

  /// Rows that the last INSERT, UPDATE or DELETE changed.
  int changes() const { return sqlite3_changes(connection_.get()); }

  /// SQLite's own handle, for what is not wrapped here; owned by this.
  sqlite3* handle() const { return connection_.get(); }

  /// PRAGMA user_version, the number of the schema; 0 in a new file.
  Result<std::int64_t, Error> version();

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  Error error() const;

  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<std::string, Statement> kept_;  // after the connection: finalised before it closes
};

/// Runs `work` (a callable that gives a Result<T, Error>) between BEGIN IMMEDIATE and COMMIT; rolls back if it or the
/// commit fails.
template <class Work>
auto transaction(Database& database, Work work) -> decltype(work()) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
    return unexpected(begun.error());
  }
  auto result = work();
  if (result) {
    auto committed = database.execute("COMMIT");
    if (committed) return result;
    result = unexpected(committed.error());
  }
  // An error here means that SQLite has rolled back already.
  static_cast<void>(database.execute("ROLLBACK"));
  return result;
}

}  // namespace skypod::sqlite
