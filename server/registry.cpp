#include "server/registry.hpp"

#include <array>
#include <utility>

namespace skypod::server {
namespace {

using signal::StoreResult;
using sqlite::Error;
using wire::ErrorCode;

/// The schema's history. Entries are only ever added: entry n leads from version n to version n + 1.
constexpr std::array migrations{
    R"(CREATE TABLE realm (id TEXT PRIMARY KEY) WITHOUT ROWID;
       CREATE TABLE statement (
         realm TEXT NOT NULL REFERENCES realm, position INTEGER NOT NULL, token TEXT NOT NULL,
         PRIMARY KEY (realm, position)) WITHOUT ROWID;
       CREATE TABLE member (
         realm TEXT NOT NULL REFERENCES realm, identity TEXT NOT NULL, jwk TEXT NOT NULL, statement INTEGER NOT NULL,
         PRIMARY KEY (realm, identity),
         FOREIGN KEY (realm, statement) REFERENCES statement (realm, position)) WITHOUT ROWID;
       CREATE TABLE used_invitation (
         realm TEXT NOT NULL REFERENCES realm, jti TEXT NOT NULL, inviter TEXT NOT NULL, expires_ms INTEGER NOT NULL,
         PRIMARY KEY (realm, jti)) WITHOUT ROWID;)",
    "CREATE INDEX used_invitation_expiry ON used_invitation (expires_ms);",
    // Who is a member follows from the statements.
    R"(DROP TABLE member;
       ALTER TABLE used_invitation DROP COLUMN inviter;)",
};

StoreResult done() {
  return signal::RealmRecord{};
}

}  // namespace

Result<Registry, Error> Registry::open(const std::string& path) {
  auto database = sqlite::Database::open(path);
  if (!database) return unexpected(database.error());
  Registry registry(std::move(*database));
  if (auto migrated = registry.migrate(); !migrated) return unexpected(migrated.error());
  if (auto prepared = registry.prepare(); !prepared) return unexpected(prepared.error());
  return registry;
}

Result<void, Error> Registry::migrate() {
  return sqlite::transaction(database_, [this]() -> Result<void, Error> {
    const auto version = database_.version();
    if (!version) return unexpected(version.error());
    if (*version > static_cast<std::int64_t>(migrations.size())) {
      return unexpected(Error{SQLITE_ERROR, "the file was written by a later version of skypod"});
    }
    for (auto next = static_cast<std::size_t>(*version); next < migrations.size(); ++next) {
      const std::string sql = migrations[next] + std::string("PRAGMA user_version = ") + std::to_string(next + 1);
      if (auto migrated = database_.execute(sql); !migrated) return migrated;
    }
    return {};
  });
}

Result<void, Error> Registry::prepare() {
  const std::array<std::pair<sqlite::Statement*, const char*>, 6> statements{{
      {&insert_realm_, "INSERT INTO realm VALUES (?) ON CONFLICT DO NOTHING"},
      {&insert_statement_,
       "INSERT INTO statement SELECT ?1, coalesce(max(position) + 1, 0), ?2 FROM statement WHERE realm = ?1 "
       "HAVING NOT EXISTS (SELECT 1 FROM statement WHERE realm = ?1 AND token = ?2)"},
      {&statements_, "SELECT token FROM statement WHERE realm = ? ORDER BY position"},
      {&judge_,
       "SELECT EXISTS (SELECT 1 FROM realm WHERE id = ?1), "
       "EXISTS (SELECT 1 FROM used_invitation WHERE realm = ?1 AND jti = ?2)"},
      {&insert_invitation_, "INSERT INTO used_invitation VALUES (?, ?, ?)"},
      {&forget_invitations_, "DELETE FROM used_invitation WHERE expires_ms < ?"},
  }};
  for (const auto& [statement, sql] : statements) {
    auto prepared = database_.prepare(sql);
    if (!prepared) return unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  return {};
}

std::vector<StoreResult> Registry::apply(std::span<const signal::RegistryOp> ops) {
  const auto answers = sqlite::transaction(database_, [&]() -> Result<std::vector<StoreResult>, Error> {
    std::vector<StoreResult> results;
    results.reserve(ops.size());
    for (const signal::RegistryOp& op : ops) {
      auto answer = std::visit([this](const auto& one) { return run(one); }, op);
      if (!answer) return unexpected(answer.error());
      results.push_back(std::move(*answer));
    }
    return results;
  });
  if (answers) {
    return *answers;
  }
  problem_ = answers.error().message;
  return std::vector<StoreResult>(ops.size(), unexpected(ErrorCode::storage_failed));
}

Registry::Answer Registry::run(const signal::CreateRealm& op) {
  if (auto inserted = insert_realm_.bind(1, op.realm).run(); !inserted) return unexpected(inserted.error());
  if (database_.changes() == 0) {
    return StoreResult(unexpected(ErrorCode::realm_exists));
  }
  if (auto added = add(op.realm, op.statements); !added) return unexpected(added.error());
  return done();
}

/// Adds the statements that are not there yet, at the ledger's end.
Result<void, Error> Registry::add(const std::string& realm, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) {
    if (auto added = insert_statement_.bind(1, realm).bind(2, statement).run(); !added) return added;
  }
  return {};
}

Registry::Answer Registry::run(const signal::LoadRealm& op) {
  signal::RealmRecord record;
  statements_.bind(1, op.realm);
  auto row = statements_.step();
  for (; row && *row; row = statements_.step()) record.statements.emplace_back(statements_.text(0));
  if (!row) return unexpected(row.error());
  if (record.statements.empty()) {
    return StoreResult(unexpected(ErrorCode::unknown_realm));
  }
  return StoreResult(std::move(record));
}

Registry::Answer Registry::run(const signal::Append& op) {
  if (auto forgot = forget_invitations_.bind(1, op.forget_before_ms).run(); !forgot) return unexpected(forgot.error());
  const std::string jti = op.invitation ? op.invitation->jti : "";
  const auto row = judge_.bind(1, op.realm).bind(2, jti).step();
  if (!row) return unexpected(row.error());
  const bool known = judge_.integer(0) != 0;
  const bool used = op.invitation && judge_.integer(1) != 0;
  judge_.reset();
  if (!known || used) {
    return StoreResult(unexpected(known ? ErrorCode::invitation_used : ErrorCode::unknown_realm));
  }
  if (op.invitation) {
    insert_invitation_.bind(1, op.realm).bind(2, jti).bind(3, op.invitation->expires_ms);
    if (auto inserted = insert_invitation_.run(); !inserted) return unexpected(inserted.error());
  }
  if (auto added = add(op.realm, op.statements); !added) return unexpected(added.error());
  return done();
}

}  // namespace skypod::server
