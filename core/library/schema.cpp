#include "core/library/schema.hpp"

#include "core/sync/replica.hpp"

namespace skypod::library {
namespace {

using Statements = std::vector<core::ask::Statement>;

Statements first() {
  Statements statements = sync::Replica::schema();
  for (const char* sql : {
           "CREATE TABLE state(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
           "CREATE TABLE feeds(feed TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, "
           "icon TEXT NOT NULL, fetched_ms INTEGER NOT NULL, tried_ms INTEGER NOT NULL, problem TEXT NOT NULL) "
           "WITHOUT ROWID",
           "CREATE TABLE episodes(feed TEXT NOT NULL, episode TEXT NOT NULL, title TEXT NOT NULL, "
           "summary TEXT NOT NULL, url TEXT NOT NULL, image TEXT NOT NULL, published_ms INTEGER, duration_s REAL, "
           "audio_url TEXT NOT NULL, audio_type TEXT NOT NULL, rank INTEGER NOT NULL, "
           "PRIMARY KEY(feed, episode)) WITHOUT ROWID",
           "CREATE INDEX episodes_newest ON episodes(feed, published_ms DESC, rank)",
           "CREATE TABLE plays(document TEXT PRIMARY KEY, feed TEXT NOT NULL, episode TEXT NOT NULL, "
           "device TEXT NOT NULL, position_s REAL NOT NULL, completed INTEGER NOT NULL, at_ms INTEGER NOT NULL, "
           "stamp BLOB NOT NULL) WITHOUT ROWID",
           "CREATE INDEX plays_newest ON plays(feed, episode, stamp)",
       }) {
    statements.push_back({sql});
  }
  return statements;
}

}  // namespace

std::int64_t schema_version() {
  return 1;
}

Statements migrations_since(std::int64_t from) {
  Statements statements;
  if (from < 1) {
    statements = first();
  }
  statements.push_back({"PRAGMA user_version = " + std::to_string(schema_version())});
  return statements;
}

}  // namespace skypod::library
