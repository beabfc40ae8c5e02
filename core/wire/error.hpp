// Every refusal that crosses a wire, in one place: a status as in HTTP, a code for programs, a sentence for people.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/wire/json.hpp"

namespace skypod::wire {

/// Why something was refused. Codes are part of the protocol: docs/PROTOCOL.md lists them.
enum class ErrorCode {
  bad_frame,
  bad_message,
  unknown_message,
  frame_too_large,
  rate_limited,
  not_authenticated,
  authentication_timeout,
  bad_token,
  token_expired,
  stale_nonce,
  wrong_realm,
  unknown_realm,
  realm_exists,
  realm_full,
  not_a_member,
  removed,
  invitation_invalid,
  invitation_expired,
  invitation_used,
  code_damaged,
  recovery_invalid,
  no_realm_key,
  peer_offline,
  superseded,
  slow_consumer,
  storage_failed,
  offline,
  bad_reply,
  feed_failed,
  private_feed,
  login_feed,
  login_refused,
  file_failed,
  file_closed,
  queue_full,
  bad_input,
  internal,
};

/// A refusal: the code says what kind, the detail what exactly (may be empty; shown to people, so no secrets).
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;
  std::string reason{};  // why in turn, as a code, e.g. of a feed_failed what the server answered; mostly empty

  friend bool operator==(const Error&, const Error&) = default;
};

/// HTTP-style status, e.g. 403.
int status_of(ErrorCode code);

/// The code as it is written on the wire, e.g. "not_a_member".
std::string_view name_of(ErrorCode code);

/// The code that is written so; `internal` for a name we do not know.
ErrorCode code_named(std::string_view name);

/// What, why and the mend, in one or two sentences.
std::string sentence_of(const Error& error);

/// {status, code, message} and, if there is one, reason, as it stands in the `dat` of an `err` message.
Json error_to_json(const Error& error);

/// The reverse, for a refusal that arrived; the peer's own sentence becomes the detail.
Error error_from_json(const Json& dat);

}  // namespace skypod::wire
