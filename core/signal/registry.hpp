// What the server asks its host to remember: realms, their members and the invitations that have been used. Each
// operation is atomic and is answered only once it is durable; the client hears of success only after that answer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/wire/error.hpp"
#include "core/wire/token.hpp"

namespace skypod::signal {

/// Names an operation in its answer; never used twice by one Server.
using RequestId = std::uint64_t;

/// A member as the registry keeps it: the public key, and the signed statement that admitted it.
struct Member {
  wire::Json jwk;
  std::string statement;

  friend bool operator==(const Member&, const Member&) = default;
};

/// A realm as the registry keeps it.
struct RealmRecord {
  std::map<std::string, Member> members;  // by identity
  std::vector<std::string> ledger;        // signed statements, oldest first

  friend bool operator==(const RealmRecord&, const RealmRecord&) = default;
};

/// Adds a realm with its founder. Refused with realm_exists.
struct CreateRealm {
  std::string realm;
  std::string identity;
  wire::Json jwk;
  std::string genesis;
};

/// Reads a realm. Refused with unknown_realm.
struct LoadRealm {
  std::string realm;
};

/// Adds a member and marks its invitation as used. Marks of invitations that expired before `forget_before_ms` may be
/// dropped: their expiry refuses them. Refused with unknown_realm; with invitation_used if the invitation's
/// id is marked already or the identity is a member; with realm_full if there are `members_max` members.
struct Admit {
  std::string realm;
  std::string identity;
  wire::Json jwk;
  std::string statement;  // the invitation itself
  std::string inviter;
  std::string jti;  // the invitation's id
  wire::TimeMs expires_ms = 0;
  wire::TimeMs forget_before_ms = 0;
  std::size_t members_max = 0;
};

using RegistryOp = std::variant<CreateRealm, LoadRealm, Admit>;

/// The answer: the realm for LoadRealm, an empty record for the others, or why nothing was changed (also
/// storage_failed).
using StoreResult = Result<RealmRecord, wire::ErrorCode>;

}  // namespace skypod::signal
