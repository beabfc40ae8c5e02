// From earlier versions of the database to this one.
//
// Version 1 kept documents as rows of `fields` under the names of its own protocol. They become registers with their
// stamps and authors, the same on every device that migrates, so that devices agree without sending anything. A play
// record of six fields becomes one number.
#include <algorithm>

#include "core/library/library.hpp"
#include "core/library/schema.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

using sync::Author;
using sync::Change;
using sync::Stamp;

/// One document of version 1: its fields, and the latest write among them.
struct Document {
  std::map<std::string, Json> fields;
  Stamp stamp;
  Author author;
};

std::optional<Change> play_record(const Document& document) {
  const auto text = [&](const char* field) {
    const auto found = document.fields.find(field);
    return found != document.fields.end() && found->second.is_string() ? found->second.get<std::string>() : "";
  };
  const auto position = document.fields.find("position");
  const auto completed = document.fields.find("completed");
  const std::string feed = text("feed");
  const bool whole = !text("device").empty() && !feed.empty() && feed.find(' ') == std::string::npos &&
                     position != document.fields.end() && position->second.is_number() &&
                     completed != document.fields.end();
  if (!whole) {
    return std::nullopt;
  }
  const double seconds = std::clamp(position->second.get<double>(), 0.0, seconds_max);
  const PlayState state{seconds, completed->second == 1, true};
  return Change{document.author, document.stamp, play_address(short_device(text("device")), feed, text("episode")),
                pack_play(state)};
}

/// A row of `fields`: collection, document, field, value, stamp, author.
std::optional<Change> plain_change(const Json& row) {
  const auto stamp = sync::registers::number(row[4]);
  const auto author = sync::registers::number(row[5]);
  if (!stamp || !author) {
    return std::nullopt;
  }
  return Change{Author{*author},
                Stamp{*stamp},
                {row[0].get<std::string>(), "", row[1].get<std::string>(), row[2].get<std::string>()},
                sync::canonical(row[3])};
}

std::vector<Change> changes_of_version_1(const Json& rows) {
  std::vector<Change> changes;
  std::map<std::string, Document> plays;
  for (const Json& row : rows) {
    auto change = plain_change(row);
    if (!change) continue;
    if (change->at.collection == collection::play) {
      Document& document = plays[change->at.name];
      document.fields[change->at.field] = change->value;
      if (change->stamp >= document.stamp) document.stamp = change->stamp, document.author = change->author;
    } else if (fault_of(change->at, change->value).empty() && schema_fault(change->at, change->value).empty()) {
      changes.push_back(std::move(*change));
    }
  }
  for (const auto& [name, document] : plays) {
    auto record = play_record(document);
    if (record && fault_of(record->at, record->value).empty()) changes.push_back(std::move(*record));
  }
  return changes;
}

}  // namespace

Task<Result<void, Error>> Library::migrate() {
  const Rows rows = co_await query({{"PRAGMA user_version"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  const std::int64_t version = wire::whole_number((*rows)[0][0][0]).value_or(0);
  if (version > schema_version()) {
    co_return unexpected(
        Error{ErrorCode::storage_failed, "The library was made by a newer skypod; update this one.", "newer_library"});
  }
  if (version == schema_version()) {
    co_return Result<void, Error>{};
  }
  if (version == 1) {
    co_return co_await leave_version_1();
  }
  if (version == 2 || version == 3) {
    Statements added = version == 2 ? leave_version_2() : Statements{};
    std::ranges::move(leave_version_3(), std::back_inserter(added));
    added.push_back(set_version());
    co_return co_await execute(std::move(added));
  }
  Statements statements = create_tables();
  statements.push_back({"CREATE TABLE state(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"});
  statements.push_back(set_version());
  co_return co_await execute(std::move(statements));
}

Task<Result<void, Error>> Library::leave_version_1() {
  const Rows rows = co_await query({{"SELECT collection, document, field, value, stamp, author FROM fields"},
                                    {"SELECT author, stamp FROM versions"},
                                    {"SELECT feed FROM feeds"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::vector<Change> changes = changes_of_version_1((*rows)[0]);
  sync::Versions known;
  for (const Json& row : (*rows)[1]) {
    const auto author = sync::registers::number(row[0]);
    const auto stamp = sync::registers::number(row[1]);
    if (author && stamp) known[Author{*author}] = Stamp{*stamp};
  }
  Statements first = library::leave_version_1();
  std::ranges::move(create_tables(), std::back_inserter(first));
  Statements last = carry_over_version_1();
  last.push_back(set_version());
  // Derived tables and states want the registers and episodes in place, so they follow in a second step, which can be
  // repeated: opening does it while the note is there.
  last.push_back({"INSERT OR REPLACE INTO state(key, value) VALUES('rederive', 'true')"});
  co_return co_await replica_.adopt(std::move(changes), std::move(known), std::move(first), std::move(last));
}

}  // namespace skypod::library
