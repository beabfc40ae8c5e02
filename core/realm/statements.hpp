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

/// What came of a list of statements.
struct Learned {
  std::size_t added = 0;
  std::size_t refused = 0;  // neither added nor known before: not of this realm, forged, without a chain, or too many
};

/// Verifies statements, in any order, and adds those that hold to the ledger; the rest is dropped. The ledger must
/// outlive the task; calls for one ledger must not overlap.
Task<Learned> learn_statements(Host& host, ledger::Ledger& ledger, std::vector<std::string> statements);

/// The payload of a genesis: `founder` founds `realm`.
Json genesis_payload(Host& host, const std::string& realm, const std::string& founder, const Json& pubkey);

/// An admission to be signed by `inviter`, good for `lifetime_ms` from `now`.
struct Admission {
  std::string realm, inviter, invitee;
  Json pubkey;  // the invitee's
  bool recovery = false;
  std::string jti;
  TimeMs lifetime_ms = 0;
};
Json admission_payload(TimeMs now, const Admission& admission);

/// The payload of the removal of `removed` by `remover`; of what the removed one signed, `stands` goes on to count.
Json removal_payload(Host& host, TimeMs now, const std::string& realm, const std::string& remover,
                     const std::string& removed, std::vector<std::string> stands);

/// The text in an answer; "" for any other.
std::string text_of(const core::Answer& answer);

/// Why an answer is none, or `internal` if it is one of the wrong kind.
wire::Error error_of(const core::Answer& answer);

}  // namespace skypod::realm
