// What the server asks its host to remember: realms, their ledgers and the invitations that have been used. Each
// operation is atomic and is answered only once it is durable; the client hears of success only after that answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/wire/error.hpp"
#include "core/wire/token.hpp"

namespace skypod::signal {

/// Names an operation in its answer; never used twice by one Server.
using RequestId = std::uint64_t;

/// A realm as the registry keeps it: its ledger's statements, oldest first. Each was verified before it was stored.
struct RealmRecord {
  std::vector<std::string> statements;

  friend bool operator==(const RealmRecord&, const RealmRecord&) = default;
};

/// Adds a realm with its first statements. Refused with realm_exists.
struct CreateRealm {
  std::string realm;
  std::vector<std::string> statements;
};

/// Reads a realm. Refused with unknown_realm.
struct LoadRealm {
  std::string realm;
};

/// An invitation that is used up, or was taken back: its id, and until when it could have been used.
struct UsedInvitation {
  std::string jti;
  wire::TimeMs expires_ms = 0;
};

/// Adds statements, those that are there already being left out, and marks an invitation as used. Marks of invitations
/// that expired before `forget_before_ms` may be dropped: their expiry refuses them. Refused with unknown_realm; with
/// invitation_used if the invitation is marked already.
struct Append {
  std::string realm;
  std::vector<std::string> statements;
  std::optional<UsedInvitation> invitation;
  wire::TimeMs forget_before_ms = 0;
};

using RegistryOp = std::variant<CreateRealm, LoadRealm, Append>;

/// The answer: the realm for LoadRealm, an empty record for the others, or why nothing was changed (also
/// storage_failed).
using StoreResult = Result<RealmRecord, wire::ErrorCode>;

}  // namespace skypod::signal
