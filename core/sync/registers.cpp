#include "core/sync/registers.hpp"

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
  std::vector<std::uint8_t> out(8);
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return Json::binary(std::move(out));
}

std::optional<std::uint64_t> number(const Json& octets) {
  if (!octets.is_binary() || octets.get_binary().size() != 8) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const std::uint8_t octet : octets.get_binary()) value = (value << 8) | octet;
  return value;
}

Json stored_name(const std::string& name) {
  const Shape shape = shape_of(name);
  if (shape.kind != Shape::Kind::uuid || shape.head.size() > 255) {
    return name;
  }
  return wire::binary(static_cast<char>(shape.head.size()) + shape.head + shape.octets + shape.tail);
}

std::optional<std::string> read_name(const Json& stored) {
  if (const auto* text = stored.get_ptr<const std::string*>()) {
    return *text;
  }
  const Bytes octets = wire::binary_bytes(stored);
  const std::size_t head = octets.empty() ? 0 : static_cast<unsigned char>(octets[0]);
  if (octets.size() < 1 + head + uuid_octets) {
    return std::nullopt;
  }
  const std::size_t tail = 1 + head + uuid_octets;
  return text_of(
      {Shape::Kind::uuid, octets.substr(1, head), octets.substr(1 + head, uuid_octets), octets.substr(tail)});
}

Statement find(const std::vector<std::uint64_t>& keys) {
  Json rows = Json::array();
  for (const std::uint64_t key : keys) rows.push_back(Json::array({octets(key)}));
  return {"SELECT key, author, stamp, value FROM registers WHERE key = ?", std::move(rows), true};
}

std::optional<Held> read_held(const Json& row) {
  const auto key = number(row[0]);
  const auto stamp = number(row[2]);
  if (!key || !stamp || !row[1].is_number_integer()) {
    return std::nullopt;
  }
  return Held{*key, row[1].get<std::int64_t>(), Stamp{*stamp}, row[3]};
}

Json row(std::int64_t author, const Change& change, std::uint64_t key, std::int64_t scope) {
  Json out = Json::array();
  out.get_ref<Json::array_t&>().reserve(7);
  out.push_back(author);
  out.push_back(octets(change.stamp.value));
  out.push_back(octets(key));
  out.push_back(scope);
  out.push_back(stored_name(change.at.name));
  out.push_back(change.at.field);
  out.push_back(change.value);
  return out;
}

Statement put(Json rows) {
  return {"INSERT OR REPLACE INTO registers(author, stamp, key, scope, name, field, value) VALUES(?,?,?,?,?,?,?)",
          std::move(rows), true};
}

Statement range(std::int64_t author, Stamp since, Stamp upto, std::size_t limit) {
  return {
      "SELECT stamp, scope, name, field, value FROM registers WHERE author = ? AND stamp > ? AND stamp <= ? "
      "ORDER BY stamp, key LIMIT ?",
      Json::array({author, octets(since.value), octets(upto.value), limit})};
}

Statement count(std::int64_t author, Stamp since, Stamp upto) {
  return {"SELECT count(*) FROM registers WHERE author = ? AND stamp > ? AND stamp <= ?",
          Json::array({author, octets(since.value), octets(upto.value)})};
}

Statement named(Json places) {
  return {"SELECT author, stamp, scope, name, field, value FROM registers WHERE author = ? AND stamp = ?",
          std::move(places), true};
}

Statement walk(std::int64_t author, Stamp stamp, std::uint64_t key, std::size_t limit) {
  return {
      "SELECT author, stamp, key, value FROM registers WHERE (author, stamp, key) > (?,?,?) "
      "ORDER BY author, stamp, key LIMIT ?",
      Json::array({author, octets(stamp.value), octets(key), limit})};
}

Statement late(std::int64_t author, Stamp limit) {
  return {"SELECT stamp, scope, name, field, value FROM registers WHERE author = ? AND stamp > ?",
          Json::array({author, octets(limit.value)})};
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
