// Who belongs to a realm, decided from signed statements alone, the same way by every member.
//
// A statement is a genesis (the founder admits itself), an admission (a member admits another) or a removal (a member
// removes another, or itself). Their order of arrival means nothing: the same set of statements gives the same members
// everywhere. Two rules make that safe:
//
// - A removed device keeps its key and could go on signing, with any date it likes. So a removal names the statements
//   of the removed one that still stand; whatever else it signed, before or after, is void. Removal wins: an admission
//   that raced with the removal of its inviter is void too, and the invitee must be invited again.
// - When two members remove each other at the same time, seniority decides: fewer steps from the founder, then the
//   smaller id. Only a removal by an equal or senior can void a removal.
//
// A removed identity never comes back; its device joins again under a new one. Checking signatures is the caller's
// part.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/wire/messages.hpp"

namespace skypod::ledger {

using wire::Json;
using wire::TimeMs;

/// Most statements of one realm that are considered; more are refused. Void ones count too. The last half is kept for
/// removals, so that nobody can fill the ledger to stay.
inline constexpr std::size_t statements_max = wire::limit::statements_max;
inline constexpr std::size_t admissions_max = statements_max / 2;

/// One current member.
struct Member {
  std::string id;
  Json pubkey;
  std::string inviter;    // "" for the founder
  TimeMs joined_ms = 0;   // as the inviter's clock had it
  std::string statement;  // the admission or genesis that counts
  bool recovery = false;  // not a device but a key that was put away (core/realm/recovery.hpp)

  friend bool operator==(const Member&, const Member&) = default;
};

/// Who removed an identity, and when by the remover's clock.
struct Removal {
  std::string remover;
  TimeMs at_ms = 0;
  std::string statement;
  bool recovery = false;  // it was a recovery key

  friend bool operator==(const Removal&, const Removal&) = default;
};

/// What must be checked before a statement may be added.
struct Check {
  std::string token;
  Json key;  // whose signature the token must carry; its thumbprint must be `signer`
  std::string signer;
  Json subject_key;  // null for a removal; else its thumbprint must be `subject`
  std::string subject;
};

/// The payload of a removal: the ids (`jti`) of the removed one's statements that stand.
struct RemovalStatement {
  std::vector<std::string> stands;

  static Result<RemovalStatement, wire::Error> read(const Json& dat);
  Json write() const;
};

/// All statements of one realm, and what they come to.
class Ledger {
 public:
  /// An empty ledger that trusts `founder`'s genesis and nobody else. An empty founder: that of the first genesis.
  Ledger(std::string realm, std::string founder) : realm_(std::move(realm)), founder_(std::move(founder)) {}

  /// What has to be verified for this statement; nothing if it is malformed, known, of another realm, signed by
  /// somebody unknown so far, or one too many.
  std::optional<Check> check(std::string_view token) const;

  /// Adds a statement whose check() has been verified.
  void add(std::string_view token);

  /// Adds many, each verified, in any order.
  void add_all(const std::vector<std::string>& tokens);

  /// Whether it has this statement already, under whichever of its possible signatures.
  bool knows(std::string_view token) const;

  /// The current members by id.
  const std::map<std::string, Member>& members() const { return members_; }
  const Member* find(const std::string& id) const;

  /// The key of anyone who is or was a member.
  const Json* key_of(const std::string& id) const;

  /// Set if the identity once was a member and was removed.
  const Removal* removal_of(const std::string& id) const;

  /// Whether anybody has signed a removal of the identity, even one that does not count.
  bool is_contested(const std::string& id) const;

  /// The statements that still mean something, each after those that it builds on.
  std::vector<std::string> statements() const;

  /// Everyone who was removed, by identity.
  const std::map<std::string, Removal>& removed() const { return removed_; }

  /// The statements that prove a member to whoever trusts the founder: the genesis, then the admissions down to it.
  /// Empty if it is none.
  std::vector<std::string> chain_of(const std::string& id) const;

  /// The statements that prove to `id` that it was removed: the remover's chain, then the removal. Empty if it was not.
  std::vector<std::string> proof_of_removal(const std::string& id) const;

  /// The ids of an identity's statements that stand now: what a removal of it should name.
  std::vector<std::string> standing_of(const std::string& id) const;

  const std::string& founder() const { return founder_; }

 private:
  enum class Kind { genesis, admission, removal };

  struct Statement {
    Kind kind = Kind::admission;
    std::string token;
    std::string signer, subject, id;
    TimeMs at_ms = 0;
    Json subject_key;
    bool recovery = false;
    std::set<std::string> stands;  // of a removal
  };
  /// Signer and what was signed, without the signature: one statement, however often and by whichever of its possible
  /// signatures it arrives; two that claim the same id are two.
  using Key = std::pair<std::string, std::string>;
  using Removals = std::vector<const Statement*>;

  std::optional<Statement> read(std::string_view token) const;
  void put(std::string_view token);
  static Key name_of(const Statement& statement);
  static bool stands(const Statement& statement, const Removals& effective);
  std::map<std::string, const Statement*> admitted(const Removals& effective) const;
  Removals effective_removals() const;
  void resolve();

  std::string realm_;
  std::string founder_;
  std::map<Key, Statement> statements_;
  std::map<std::string, Json> keys_;         // of everyone who was ever admitted
  std::map<std::string, std::size_t> rank_;  // steps from the founder, over all admissions
  std::map<std::string, Member> members_;
  std::map<std::string, Removal> removed_;
};

}  // namespace skypod::ledger
