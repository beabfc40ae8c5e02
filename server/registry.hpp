// What a restart must not forget: realms, their ledgers and used invitations, in SQLite. Operations are committed in
// groups: one flush to the disk pays for everyone who waits.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/signal/registry.hpp"
#include "native/sqlite.hpp"

namespace skypod::server {

/// The registry's file; for one thread.
class Registry {
 public:
  /// Opens or creates the file and brings its schema up to date. Refuses a schema of a later version.
  static Result<Registry, sqlite::Error> open(const std::string& path);

  /// Carries out all operations in one transaction, in order, each seeing those before it. The answers are true only
  /// after this returns: then everything is on the disk. If anything fails, nothing is changed and every answer is
  /// storage_failed; problem() then says why.
  std::vector<signal::StoreResult> apply(std::span<const signal::RegistryOp> ops);

  /// SQLite's words on the last failure; names no realm and no member.
  const std::string& problem() const { return problem_; }

 private:
  using Answer = Result<signal::StoreResult, sqlite::Error>;  // outside: the file failed; inside: a refusal

  explicit Registry(sqlite::Database database) : database_(std::move(database)) {}
  Result<void, sqlite::Error> migrate();
  Result<void, sqlite::Error> prepare();

  Answer run(const signal::CreateRealm& op);
  Answer run(const signal::LoadRealm& op);
  Answer run(const signal::Append& op);
  Result<void, sqlite::Error> add(const std::string& realm, const std::vector<std::string>& statements);

  sqlite::Database database_;
  sqlite::Statement insert_realm_;
  sqlite::Statement insert_statement_;
  sqlite::Statement statements_;
  sqlite::Statement judge_;  // of an Append: is the realm known, the invitation used
  sqlite::Statement insert_invitation_;
  sqlite::Statement forget_invitations_;
  std::string problem_;
};

}  // namespace skypod::server
