#include "core/sync/registers.hpp"

#include <utility>

#include "base/big_endian.hpp"
#include "core/sync/shape.hpp"

namespace skypod::sync::registers {

std::vector<Statement> schema() {
  std::vector<Statement> statements;
  for (const char* sql : {
           "CREATE TABLE sync_self(one INTEGER PRIMARY KEY CHECK(one = 1), author BLOB NOT NULL, sum BLOB NOT NULL, "
           "count INTEGER NOT NULL)",
           "CREATE TABLE sync_authors(id INTEGER PRIMARY KEY, author BLOB NOT NULL, known BLOB NOT NULL)",
           "CREATE TABLE sync_scopes(id INTEGER PRIMARY KEY, collection TEXT NOT NULL, scope TEXT NOT NULL)",
           "CREATE TABLE registers(author INTEGER NOT NULL, stamp BLOB NOT NULL, key BLOB NOT NULL, "
           "scope INTEGER NOT NULL, name NOT NULL, field TEXT NOT NULL, value, "
           "PRIMARY KEY(author, stamp, key)) WITHOUT ROWID",
           "CREATE UNIQUE INDEX registers_by_key ON registers(key)",
       }) {
    statements.push_back({sql});
  }
  return statements;
}

Json octets(std::uint64_t number) {
  const auto octets = to_big_endian(number);
  return wire::binary({octets.data(), octets.size()});
}

std::optional<std::uint64_t> number(const Json& octets) {
  if (!octets.is_binary() || octets.get_binary().size() != number_octets) {
    return std::nullopt;
  }
  return from_big_endian(reinterpret_cast<const char*>(octets.get_binary().data()));
}

void write_name(wire::PackedWriter& row, const std::string& name) {
  const Shape shape = shape_of(name);
  if (shape.kind != Shape::Kind::uuid || shape.head.size() > 255) return row.text(name);
  Bytes stored;
  stored.reserve(1 + name.size());
  stored += static_cast<char>(shape.head.size());
  stored += shape.head;
  append_octets(stored, shape.digits);
  stored += shape.tail;
  row.octets(stored);
}

std::optional<std::string> read_name(const wire::PackedValue& stored) {
  if (stored.kind == wire::PackedValue::Kind::text) {
    return std::string(stored.octets);
  }
  const BytesView octets = stored.octets;
  const std::size_t head = octets.empty() ? 0 : static_cast<unsigned char>(octets[0]);
  if (octets.size() < 1 + head + uuid_octets) {
    return std::nullopt;
  }
  std::string name;
  name.reserve(octets.size() + uuid_letters);
  name += octets.substr(1, head);
  append_digits(name, Shape::Kind::uuid, octets.substr(1 + head, uuid_octets));
  name += octets.substr(1 + head + uuid_octets);
  return name;
}

namespace {

constexpr std::size_t rows_at_once = 50;

void write_number(wire::PackedWriter& row, std::uint64_t number) {
  std::array<char, 8> octets{};
  for (std::size_t i = 0; i < 8; ++i) octets[i] = static_cast<char>(number >> (56 - 8 * i));
  row.octets({octets.data(), octets.size()});
}

/// A statement that is run with each of these rows, and gives packed ones.
Statement packed(std::string sql, wire::PackedWriter rows) {
  return {std::move(sql), rows.finish(), true};
}

wire::PackedWriter packed_keys(const std::vector<std::uint64_t>& keys) {
  wire::PackedWriter rows;
  for (const std::uint64_t key : keys) write_number(rows, key);
  return rows;
}

/// Writes so many rows at once. OR IGNORE: SQLite need not keep what it would take to undo the statement alone, which
/// costs more than writing the rows, and where two addresses have one key, which a stranger may bring about, what comes
/// second is left out rather than refused with all that came with it, for ever.
std::string put_sql(std::size_t count) {
  std::string sql = "INSERT OR IGNORE INTO registers(author, stamp, key, scope, name, field, value) VALUES";
  for (std::size_t i = 0; i < count; ++i) sql += i == 0 ? "(?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?)";
  return sql;
}

}  // namespace

std::uint64_t read_number(wire::PackedReader& row) {
  const BytesView octets = row.octets();
  if (octets.size() == number_octets) return from_big_endian(octets.data());
  row.fail();
  return 0;
}

Statement find(const std::vector<std::uint64_t>& keys) {
  return packed("SELECT author, stamp, key, value FROM registers WHERE key = ?", packed_keys(keys));
}

Statement remove(const std::vector<std::uint64_t>& keys) {
  return packed("DELETE FROM registers WHERE key = ?", packed_keys(keys));
}

Held read_held(wire::PackedReader& rows) {
  Held held;
  held.author = rows.whole();
  held.stamp = Stamp{read_number(rows)};
  held.key = read_number(rows);
  held.value = rows.next().to_json();
  return held;
}

void Rows::add(std::int64_t author, const Change& change, std::uint64_t key, std::int64_t scope) {
  few_.whole(author);
  write_number(few_, change.stamp.value);
  write_number(few_, key);
  few_.whole(scope);
  write_name(few_, change.at.name);
  few_.text(change.at.field);
  few_.value(change.value);
  if (++count_ < rows_at_once) return;
  many_.all_of(std::exchange(few_, {}));
  count_ = 0;
}

std::vector<Statement> Rows::finish() {
  std::vector<Statement> statements;
  if (!many_.empty()) statements.push_back(packed(put_sql(rows_at_once), std::move(many_)));
  if (count_ > 0) statements.push_back(packed(put_sql(1), std::move(few_)));
  return statements;
}

Statement range(std::int64_t author, Stamp since, Stamp upto, std::size_t limit) {
  wire::PackedWriter row;
  row.whole(author);
  write_number(row, since.value);
  write_number(row, upto.value);
  row.whole(static_cast<std::int64_t>(limit));
  return packed(
      "SELECT stamp, scope, name, field, value FROM registers WHERE author = ? AND stamp > ? AND stamp <= ? "
      "ORDER BY stamp, key LIMIT ?",
      std::move(row));
}

Statement count(std::int64_t author, Stamp since, Stamp upto) {
  return {"SELECT count(*) FROM registers WHERE author = ? AND stamp > ? AND stamp <= ?",
          Json::array({author, octets(since.value), octets(upto.value)})};
}

void write_place(wire::PackedWriter& places, std::int64_t author, Stamp stamp) {
  places.whole(author);
  write_number(places, stamp.value);
}

Statement named(wire::PackedWriter places) {
  return packed("SELECT author, stamp, scope, name, field, value FROM registers WHERE author = ? AND stamp = ?",
                std::move(places));
}

Statement walk(std::int64_t author, Stamp stamp, std::uint64_t key, std::size_t limit) {
  wire::PackedWriter row;
  write_place(row, author, stamp);
  write_number(row, key);
  row.whole(static_cast<std::int64_t>(limit));
  return packed(
      "SELECT author, stamp, key, value FROM registers WHERE (author, stamp, key) > (?,?,?) "
      "ORDER BY author, stamp, key LIMIT ?",
      std::move(row));
}

Statement late(std::int64_t author, Stamp limit) {
  wire::PackedWriter row;
  write_place(row, author, limit);
  return packed("SELECT stamp, scope, name, field, value FROM registers WHERE author = ? AND stamp > ?",
                std::move(row));
}

Statement forget(std::int64_t author, Stamp limit) {
  return {"DELETE FROM registers WHERE author = ? AND stamp > ?", Json::array({author, octets(limit.value)})};
}

Statement put_author(std::int64_t id, Author author, Stamp known) {
  return {
      "INSERT INTO sync_authors(id, author, known) VALUES(?,?,?) ON CONFLICT(id) DO UPDATE SET known = excluded.known",
      Json::array({id, octets(author.value), octets(known.value)})};
}

Statement put_scope(std::int64_t id, const std::string& collection, const std::string& scope) {
  return {"INSERT INTO sync_scopes(id, collection, scope) VALUES(?,?,?)", Json::array({id, collection, scope})};
}

Statement put_state(Author self, const Summary& summary) {
  return {
      "INSERT INTO sync_self(one, author, sum, count) VALUES(1, ?, ?, ?) "
      "ON CONFLICT(one) DO UPDATE SET author = excluded.author, sum = excluded.sum, count = excluded.count",
      Json::array({octets(self.value), octets(summary.sum), static_cast<std::int64_t>(summary.count)})};
}

Statement put_self(Author author) {
  return {
      "INSERT INTO sync_self(one, author, sum, count) VALUES(1, ?, ?, 0) "
      "ON CONFLICT(one) DO UPDATE SET author = excluded.author",
      Json::array({octets(author.value), octets(0)})};
}

std::vector<Statement> load() {
  return {{"SELECT id, author, known FROM sync_authors"},
          {"SELECT id, collection, scope FROM sync_scopes"},
          {"SELECT author, sum, count FROM sync_self"}};
}

}  // namespace skypod::sync::registers
