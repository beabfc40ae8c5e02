// Statements of the ledger from the client's side: asking the host to verify those that arrive, and writing our own.
#pragma once

#include <string>
#include <vector>

#include "base/task.hpp"
#include "core/ledger/ledger.hpp"
#include "core/ports.hpp"

namespace skypod::realm {

using core::Host;
using wire::Json;
using wire::TimeMs;

/// Verifies statements, in any order, and adds those that hold to the ledger; the rest is dropped. Answers how many
/// were new. The ledger must outlive the task; calls for one ledger must not overlap.
Task<std::size_t> learn_statements(Host& host, ledger::Ledger& ledger, std::vector<std::string> statements);

/// The payload of a genesis: `founder` founds `realm`.
Json genesis_payload(Host& host, const std::string& realm, const std::string& founder, const Json& pubkey);

/// The payload of an admission of `invitee` by `inviter`, good for `lifetime_ms` from `now`.
Json admission_payload(Host& host, TimeMs now, const std::string& realm, const std::string& inviter,
                       const std::string& invitee, const Json& pubkey, TimeMs lifetime_ms);

}  // namespace skypod::realm
