#include "native/sqlite.hpp"

namespace skypod::sqlite {
namespace {

constexpr int patience_ms = 5'000;

/// What a failed call on this connection left behind.
Error error_of(sqlite3* connection) {
  return {sqlite3_extended_errcode(connection), sqlite3_errmsg(connection)};
}

}  // namespace

Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), index, number);
  return *this;
}

Result<bool, Error> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    Error error = error_of(sqlite3_db_handle(statement_.get()));
    reset();
    return unexpected(std::move(error));
  }
  reset();
  return false;
}

Result<void, Error> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return unexpected(row.error());
    if (!*row) return {};
  }
}

std::string_view Statement::text(int column) const {
  const auto* octets = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {octets == nullptr ? "" : octets, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Result<Database, Error> Database::open(const std::string& path) {
  Database database;
  sqlite3* connection = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  database.connection_.reset(connection);
  if (code != SQLITE_OK) {
    return unexpected(database.error());
  }
  sqlite3_busy_timeout(connection, patience_ms);
  const auto ready = database.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF");
  if (!ready) {
    return unexpected(ready.error());
  }
  return database;
}

Result<void, Error> Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return unexpected(error());
  }
  return {};
}

Result<Statement, Error> Database::prepare(std::string_view sql) {
  Statement statement;
  sqlite3_stmt* prepared = nullptr;
  const int size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(connection_.get(), sql.data(), size, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) !=
      SQLITE_OK) {
    return unexpected(error());
  }
  statement.statement_.reset(prepared);
  return statement;
}

Result<Statement*, Error> Database::kept(const std::string& sql) {
  if (const auto found = kept_.find(sql); found != kept_.end()) {
    found->second.reset();
    return &found->second;
  }
  auto prepared = prepare(sql);
  if (!prepared) return unexpected(prepared.error());
  if (kept_.size() >= kept_max) kept_.clear();
  return &kept_.insert_or_assign(sql, std::move(*prepared)).first->second;
}

Result<std::int64_t, Error> Database::version() {
  auto query = prepare("PRAGMA user_version");
  if (!query) return unexpected(query.error());
  const auto row = query->step();
  if (!row) return unexpected(row.error());
  return query->integer(0);
}

Error Database::error() const {
  return connection_ ? error_of(connection_.get()) : Error{SQLITE_NOMEM, "out of memory"};
}

}  // namespace skypod::sqlite
