#include "core/library/schema.hpp"

#include <algorithm>
#include <iterator>

#include "core/sync/registers.hpp"

namespace skypod::library {
namespace {

using core::ask::Statement;
using Statements = std::vector<Statement>;

/// What is shown of an episode when it is opened, as JSON; since version 3.
constexpr const char* contents_table = "CREATE TABLE contents(id INTEGER PRIMARY KEY, content TEXT NOT NULL)";

/// How a feed was reached, and why not, for programs; since version 4.
constexpr std::initializer_list<const char*> ways_columns = {
    "ALTER TABLE feeds ADD COLUMN problem_code TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feeds ADD COLUMN way TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE feeds ADD COLUMN direct_ms INTEGER NOT NULL DEFAULT 0",
};

/// Version 3's tables. What is derived from registers can be made anew from them; what feeds said can be fetched again.
constexpr const char* tables[] = {
    "CREATE TABLE feeds(id INTEGER PRIMARY KEY, feed TEXT NOT NULL UNIQUE, title TEXT NOT NULL, "
    "description TEXT NOT NULL, icon TEXT NOT NULL, fetched_ms INTEGER NOT NULL, tried_ms INTEGER NOT NULL, "
    "problem TEXT NOT NULL)",
    // `canon` is the identity under which play records are kept: the first one that the episode had. Position,
    // completed, device and at are what is shown of all play records, null where there is none.
    "CREATE TABLE episodes(id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, episode TEXT NOT NULL, canon TEXT NOT NULL, "
    "title TEXT NOT NULL, summary TEXT NOT NULL, url TEXT NOT NULL, image TEXT NOT NULL, published_ms INTEGER, "
    "duration_s REAL, audio_url TEXT NOT NULL, audio_type TEXT NOT NULL, rank INTEGER NOT NULL, position_s REAL, "
    "completed INTEGER, device TEXT, at_ms INTEGER, UNIQUE(feed, episode))",
    "CREATE INDEX episodes_newest ON episodes(feed, published_ms DESC, rank)",
    "CREATE INDEX episodes_by_canon ON episodes(feed, canon)",
    "CREATE INDEX episodes_by_state ON episodes(feed, completed)",
    "CREATE INDEX episodes_inbox ON episodes(published_ms DESC, feed, rank)",
    contents_table,
    // Derived from registers.
    "CREATE TABLE subscriptions(feed TEXT PRIMARY KEY, title TEXT, added_ms INTEGER, removed INTEGER, folder TEXT, "
    "tags TEXT) WITHOUT ROWID",
    "CREATE TABLE queue(feed TEXT NOT NULL, episode TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY(feed, episode)) "
    "WITHOUT ROWID",
    "CREATE INDEX queue_in_order ON queue(place, feed, episode)",
    "CREATE TABLE aliases(feed TEXT NOT NULL, episode TEXT NOT NULL, canon TEXT NOT NULL, PRIMARY KEY(feed, episode)) "
    "WITHOUT ROWID",
    "CREATE TABLE devices(id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE settings(scope TEXT NOT NULL, name TEXT NOT NULL, value, PRIMARY KEY(scope, name)) WITHOUT ROWID",
    // This device's own: what the queue was before its last changes.
    "CREATE TABLE queue_history(id INTEGER PRIMARY KEY, before TEXT NOT NULL)",
    // Kept in step by the statements that store episodes: a trigger may not use it where schemas are not trusted.
    "CREATE VIRTUAL TABLE search USING fts5(title, summary, content='episodes', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
};

Statements from_list(std::initializer_list<const char*> list) {
  Statements statements;
  for (const char* sql : list) statements.push_back({sql});
  return statements;
}

}  // namespace

std::int64_t schema_version() {
  return 4;
}

Statements create_tables() {
  Statements statements = sync::registers::schema();
  for (const char* sql : tables) statements.push_back({sql});
  std::ranges::move(leave_version_3(), std::back_inserter(statements));
  return statements;
}

Statement set_version() {
  return {"PRAGMA user_version = " + std::to_string(schema_version())};
}

Statements leave_version_2() {
  return from_list({contents_table});
}

Statements leave_version_3() {
  return from_list(ways_columns);
}

Statements leave_version_1() {
  return from_list({"ALTER TABLE feeds RENAME TO feeds_1", "ALTER TABLE episodes RENAME TO episodes_1",
                    "DROP INDEX episodes_newest", "DROP TABLE plays", "DROP TABLE fields", "DROP TABLE versions"});
}

Statements carry_over_version_1() {
  return from_list(
      {"INSERT INTO feeds(feed, title, description, icon, fetched_ms, tried_ms, problem) "
       "SELECT feed, title, description, icon, fetched_ms, tried_ms, problem FROM feeds_1",
       "INSERT INTO episodes(feed, episode, canon, title, summary, url, image, published_ms, duration_s, audio_url, "
       "audio_type, rank) SELECT f.id, e.episode, e.episode, e.title, e.summary, e.url, e.image, e.published_ms, "
       "e.duration_s, e.audio_url, e.audio_type, e.rank FROM episodes_1 e JOIN feeds f ON f.feed = e.feed",
       "INSERT INTO search(search) VALUES('rebuild')", "DROP TABLE feeds_1", "DROP TABLE episodes_1"});
}

}  // namespace skypod::library
