// Who belongs to the realm, as proven by signatures. A ledger is a set of signed statements: one genesis, by which the
// founder admits itself, and admissions, by which a member admits another. Members store it and the server relays it;
// since every key hangs on a chain of signatures from the founder that a device learned when it joined, nobody who
// merely relays statements can add a member or swap a key.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "core/ports.hpp"

namespace skypod::realm {

using core::Host;
using wire::Error;
using wire::ErrorCode;
using wire::Json;
using wire::TimeMs;

/// One proven member.
struct Member {
  std::string id;
  Json pubkey;
  std::string inviter;    // "" for the founder
  TimeMs joined_ms = 0;   // as the inviter's clock had it
  std::string statement;  // what proves it
};

/// The statements of one realm, and the members that they prove.
class Ledger {
 public:
  /// An empty ledger that trusts `founder` and nobody else.
  Ledger(std::string realm, std::string founder) : realm_(std::move(realm)), founder_(std::move(founder)) {}

  /// Considers statements in any order and keeps those that prove a member; the rest is dropped. Answers how many
  /// members are new. The ledger must outlive the task; calls must not overlap.
  Task<std::size_t> add(Host& host, std::vector<std::string> statements);

  /// The member of that id, or null.
  const Member* find(const std::string& id) const;

  /// All members, by id.
  const std::map<std::string, Member>& members() const { return members_; }

  /// The proving statements, inviters before the members that they invited.
  const std::vector<std::string>& statements() const { return statements_; }

 private:
  Task<bool> consider(Host& host, const std::string& statement, const wire::Claims& claims);
  const Json* signing_key(const wire::Claims& claims, const Json& subject_key) const;

  std::string realm_;
  std::string founder_;
  std::map<std::string, Member> members_;
  std::vector<std::string> statements_;
};

/// The payload of a genesis: `founder` founds `realm`. Statements are to be lodged with a server within a day.
Json genesis_payload(Host& host, const std::string& realm, const std::string& founder, const Json& pubkey);

/// The payload of an admission of `invitee` by `inviter`, good for `lifetime_ms` from `now`.
Json admission_payload(Host& host, TimeMs now, const std::string& realm, const std::string& inviter,
                       const std::string& invitee, const Json& pubkey, TimeMs lifetime_ms);

}  // namespace skypod::realm
