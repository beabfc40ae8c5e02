// The first frame of a connection, judged: is it a token that answers this connection's challenge, and does what it
// asks follow from signatures? Pure functions; what needs the registry is given to them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/ledger/ledger.hpp"
#include "core/signal/registry.hpp"
#include "core/signal/verifier.hpp"
#include "core/wire/messages.hpp"
#include "core/wire/token.hpp"

namespace skypod::signal {

/// Longest life of a request token: five minutes, and the second that rounding to whole seconds adds.
inline constexpr wire::TimeMs request_life_max_ms = 301'000;

/// What a connection may begin with.
enum class Kind { found, authenticate, join };

/// A request whose form, time, nonce and (where it brings its own key) signature are good.
struct Preauth {
  Kind kind = Kind::authenticate;
  std::string token;                    // as it came, for the signature of `authenticate`
  wire::Claims claims;                  // of the token
  wire::Json pubkey;                    // found and join: the key that the token was verified with
  std::string statement;                // found: the genesis; join: the invitation
  wire::Claims said;                    // the statement's claims
  std::vector<std::string> chain = {};  // found: the admissions that lead from the genesis to the requester
};

/// A refusal with what it answers.
struct Refusal {
  std::string msg;
  std::optional<std::int64_t> seq;
  wire::Error error;
};

/// Everything that can be said about a connection's first frame without the registry. The genesis of `found` is fully
/// checked; the signature of `authenticate` and the invitation of `join` are not yet.
Result<Preauth, Refusal> read_preauth(std::string_view frame, std::string_view nonce, wire::TimeMs now,
                                      const Verifier& verifier);

/// Why the issuer of `authenticate`, who must be a member, is not let in; nothing if it is.
std::optional<wire::Error> check_authentication(const Preauth& request, const ledger::Ledger& realm,
                                                const Verifier& verifier);

/// By when an invitation is judged, and for how long one may be given.
struct InvitationTerms {
  wire::TimeMs now = 0;
  wire::TimeMs life_max_ms = 0;
};

/// Why the invitation of `join` is not good; nothing if it is. Whether it has been used, only the registry can say.
std::optional<wire::Error> check_invitation(const Preauth& request, const ledger::Ledger& realm,
                                            const InvitationTerms& terms, const Verifier& verifier);

}  // namespace skypod::signal
