#include "native/database.hpp"

#include "core/wire/packed_rows.hpp"

namespace skypod {
namespace {

using wire::Json;

core::Error storage_failed(std::string detail) {
  return {core::ErrorCode::storage_failed, std::move(detail)};
}

int bind(sqlite3_stmt* statement, int index, const Json& value) {
  if (value.is_number_integer()) return sqlite3_bind_int64(statement, index, value.get<std::int64_t>());
  if (value.is_number()) return sqlite3_bind_double(statement, index, value.get<double>());
  if (value.is_string()) {
    const auto& text = *value.get_ptr<const std::string*>();
    return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  if (value.is_binary()) {
    const auto& octets = value.get_binary();
    // A null pointer would bind NULL, also for an empty string of octets.
    const void* data = octets.empty() ? static_cast<const void*>("") : octets.data();
    return sqlite3_bind_blob64(statement, index, data, octets.size(), SQLITE_TRANSIENT);
  }
  return value.is_null() ? sqlite3_bind_null(statement, index) : SQLITE_MISMATCH;
}

Json column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, index);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, index);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
    }
    case SQLITE_BLOB: {
      const auto* octets = static_cast<const char*>(sqlite3_column_blob(statement, index));
      return wire::binary({octets, static_cast<std::size_t>(sqlite3_column_bytes(statement, index))});
    }
    default:
      return nullptr;
  }
}

/// Runs a prepared statement with one list of parameters and adds its rows.
Result<void, sqlite::Error> run_with(sqlite::Statement& statement, const Json& params, Json& rows) {
  int index = 0;
  for (const Json& param : params) {
    if (const int code = bind(statement.handle(), ++index, param); code != SQLITE_OK) {
      return unexpected(sqlite::Error{code, "a parameter cannot be bound"});
    }
  }
  const int columns = sqlite3_column_count(statement.handle());
  auto stepped = statement.step();
  for (; stepped && *stepped; stepped = statement.step()) {
    Json row = Json::array();
    row.get_ref<Json::array_t&>().reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) row.push_back(column(statement.handle(), i));
    rows.push_back(std::move(row));
  }
  return stepped ? Result<void, sqlite::Error>{} : unexpected(stepped.error());
}

/// The octets stay where they are until the statement has run.
int bind_packed(sqlite3_stmt* statement, int index, const wire::PackedValue& value) {
  using Kind = wire::PackedValue::Kind;
  const char* data = value.octets.empty() ? "" : value.octets.data();  // a null pointer would bind NULL
  switch (value.kind) {
    case Kind::null:
      return sqlite3_bind_null(statement, index);
    case Kind::whole:
      return sqlite3_bind_int64(statement, index, value.whole);
    case Kind::real:
      return sqlite3_bind_double(statement, index, value.real);
    case Kind::text:
      return sqlite3_bind_text64(statement, index, data, value.octets.size(), SQLITE_STATIC, SQLITE_UTF8);
    case Kind::octets:
      return sqlite3_bind_blob64(statement, index, data, value.octets.size(), SQLITE_STATIC);
  }
  return SQLITE_MISMATCH;
}

void pack_column(sqlite3_stmt* statement, int index, wire::PackedWriter& rows) {
  const auto octets = [&](const void* data) {
    return BytesView(static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
  };
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return rows.whole(sqlite3_column_int64(statement, index));
    case SQLITE_FLOAT:
      return rows.real(sqlite3_column_double(statement, index));
    case SQLITE_TEXT:
      return rows.text(octets(sqlite3_column_blob(statement, index)));  // as text it would be copied to end in a NUL
    case SQLITE_BLOB:
      return rows.octets(octets(sqlite3_column_blob(statement, index)));
    default:
      return rows.null();
  }
}

/// Binds the next packed row.
int bind_row(sqlite3_stmt* statement, wire::PackedReader& packed) {
  const int count = sqlite3_bind_parameter_count(statement);
  int code = count == 0 ? SQLITE_MISMATCH : SQLITE_OK;  // without parameters there would be no end
  for (int i = 1; i <= count && code == SQLITE_OK; ++i) code = bind_packed(statement, i, packed.next());
  return packed.ok() ? code : SQLITE_MISMATCH;
}

Result<void, sqlite::Error> run_each(sqlite::Statement& statement, wire::PackedReader packed,
                                     wire::PackedWriter& rows) {
  const int columns = sqlite3_column_count(statement.handle());
  while (!packed.at_end()) {
    if (const int code = bind_row(statement.handle(), packed); code != SQLITE_OK) {
      return unexpected(sqlite::Error{code, "packed parameters cannot be bound"});
    }
    auto stepped = statement.step();
    for (; stepped && *stepped; stepped = statement.step()) {
      for (int i = 0; i < columns; ++i) pack_column(statement.handle(), i, rows);
    }
    if (!stepped) return unexpected(stepped.error());
  }
  return {};
}

/// Runs a statement with each of the packed rows; answers packed ones.
Result<Json, sqlite::Error> run_packed(sqlite::Statement& statement, const Json& packed) {
  wire::PackedWriter rows;
  const auto done = run_each(statement, wire::PackedReader(packed), rows);
  sqlite3_clear_bindings(statement.handle());  // they point into what is about to go
  return done ? Result<Json, sqlite::Error>(rows.finish()) : unexpected(done.error());
}

Result<Json, sqlite::Error> run_one(sqlite::Database& database, const core::ask::Statement& wanted) {
  auto statement = database.kept(wanted.sql);
  if (!statement) {
    return unexpected(statement.error());
  }
  if (wanted.params.is_binary()) {
    return run_packed(**statement, wanted.params);
  }
  Json rows = Json::array();
  const Json once = wanted.many ? Json() : Json::array({wanted.params});
  for (const Json& params : wanted.many ? wanted.params : once) {
    const auto done = run_with(**statement, params, rows);
    if (!done) return unexpected(done.error());
  }
  return rows;
}

}  // namespace

core::Answer run_database(sqlite::Database& database, const core::ask::Database& ask) {
  if (ask.statements.size() == 1 && ask.statements[0].sql == "VACUUM") {
    const auto done = database.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    return done ? core::Answer(Json::array({Json::array()})) : unexpected(storage_failed(done.error().message));
  }
  const auto run_all = [&]() -> Result<Json, sqlite::Error> {
    Json answers = Json::array();
    for (const core::ask::Statement& statement : ask.statements) {
      auto rows = run_one(database, statement);
      if (!rows) return unexpected(rows.error());
      answers.push_back(std::move(*rows));
    }
    return answers;
  };
  auto answers = sqlite::transaction(database, run_all);
  if (!answers) {
    return unexpected(storage_failed(answers.error().message));
  }
  return std::move(*answers);
}

}  // namespace skypod
