// The registers in the database: tables, statements, and rows read back. All SQL of core/sync is here.
//
// Rows are clustered by (author, stamp), so that what a peer lacks is one range and what arrives is appended. A
// register is found by its key. Scopes and authors stand as numbers, which the replica gives out.
#pragma once

#include <optional>
#include <vector>

#include "core/ports.hpp"
#include "core/sync/document.hpp"
#include "core/sync/index.hpp"
#include "core/wire/packed_rows.hpp"

namespace skypod::sync::registers {

using core::ask::Statement;

/// The tables.
std::vector<Statement> schema();

/// 64 bits as they stand in a column: 8 octets, because JavaScript has no whole numbers so large.
Json octets(std::uint64_t number);
std::optional<std::uint64_t> number(const Json& octets);
/// The same of a packed row, which has failed if it is none.
std::uint64_t read_number(wire::PackedReader& row);

/// A name as it stands in a row: a text, or for one with a UUID a BLOB: the length of what stands before it, that, its
/// 16 octets, and what stands behind it. A library of ten thousand episodes is a fifth smaller by that.
void write_name(wire::PackedWriter& row, const std::string& name);
std::optional<std::string> read_name(const wire::PackedValue& stored);

/// A version that the database holds, without its address.
struct Held {
  std::uint64_t key = 0;
  std::int64_t author = 0;
  Stamp stamp;
  Json value;
};

/// Finds the versions with these keys; rows for read_held.
Statement find(const std::vector<std::uint64_t>& keys);
Held read_held(wire::PackedReader& rows);

/// Rows to be written. One whose key is there is left out: remove() it before.
class Rows {
 public:
  void add(std::int64_t author, const Change& change, std::uint64_t key, std::int64_t scope);
  /// As few statements as may be.
  std::vector<Statement> finish();

 private:
  wire::PackedWriter many_, few_;  // those that fill a statement for many; the rest
  std::size_t count_ = 0;          // of the rest
};
/// Removes the rows with these keys.
Statement remove(const std::vector<std::uint64_t>& keys);

/// At most `limit` changes of an author with since < stamp <= upto, ascending: stamp, scope, name, field, value.
Statement range(std::int64_t author, Stamp since, Stamp upto, std::size_t limit);
Statement count(std::int64_t author, Stamp since, Stamp upto);
/// One place for named().
void write_place(wire::PackedWriter& places, std::int64_t author, Stamp stamp);
/// The changes with one of these (author, stamp): author, stamp, scope, name, field, value.
Statement named(wire::PackedWriter places);
/// Everything after a place, in the order of the table; rows for read_held.
Statement walk(std::int64_t author, Stamp stamp, std::uint64_t key, std::size_t limit);

/// An author's changes after a stamp, as range() gives them; and their removal.
Statement late(std::int64_t author, Stamp limit);
Statement forget(std::int64_t author, Stamp limit);

Statement put_author(std::int64_t id, Author author, Stamp known);
Statement put_scope(std::int64_t id, const std::string& collection, const std::string& scope);
Statement put_state(Author self, const Summary& summary);
Statement put_self(Author author);

/// [author id, author, known], [scope id, collection, scope], and the one row of state: [author, sum, count].
std::vector<Statement> load();

}  // namespace skypod::sync::registers
