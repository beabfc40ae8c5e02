#include "core/signal/preauth.hpp"

#include <algorithm>
#include <utility>

#include "core/signal/statements.hpp"

namespace skypod::signal {
namespace {

using wire::Error;
using wire::ErrorCode;

/// Only letters of base64url and dots: meant as a token, whatever is wrong with it.
bool resembles_token(std::string_view frame) {
  const auto belongs = [](char letter) {
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
           letter == '-' || letter == '_' || letter == '.';
  };
  return frame.contains('.') && std::ranges::all_of(frame, belongs);
}

/// A frame that is no token: a message that came too early, or nothing we know.
Refusal refuse_other(std::string_view frame) {
  const auto message = wire::parse_text(frame);
  if (!message) {
    return {std::string(wire::msg::error), std::nullopt, Error{ErrorCode::bad_frame, ""}};
  }
  return {message->msg, message->seq, Error{ErrorCode::not_authenticated, ""}};
}

std::optional<Kind> kind_of(const wire::Envelope& message) {
  if (message.typ != wire::Typ::req) return std::nullopt;
  if (message.msg == wire::msg::register_realm) return Kind::found;
  if (message.msg == wire::msg::authn) return Kind::authenticate;
  if (message.msg == wire::msg::exchange) return Kind::join;
  return std::nullopt;
}

std::optional<Error> check_request(const wire::Claims& claims, std::string_view nonce, wire::TimeMs now) {
  if (!wire::is_current(claims, now)) {
    return Error{ErrorCode::token_expired, ""};
  }
  if (claims.expires_ms - claims.issued_ms > request_life_max_ms) {
    return Error{ErrorCode::bad_token, "A request's token may last 5 minutes at most."};
  }
  if (claims.nonce.empty() || claims.nonce != nonce) {
    return Error{ErrorCode::stale_nonce, ""};
  }
  return std::nullopt;
}

/// Reads the payload of `found` or `join` into the request; the error says what is wrong with it.
std::optional<Error> read_payload(Preauth& request) {
  if (request.kind == Kind::found) {
    auto dat = wire::Register::read(request.claims.message.dat);
    if (!dat) return dat.error();
    request.pubkey = std::move(dat->pubkey);
    request.statement = std::move(dat->genesis);
    request.chain = std::move(dat->chain);
  } else if (request.kind == Kind::join) {
    auto dat = wire::Exchange::read(request.claims.message.dat);
    if (!dat) return dat.error();
    request.pubkey = std::move(dat->pubkey);
    request.statement = std::move(dat->invitation);
  }
  return std::nullopt;
}

/// Reads the statement that the request carries. It must be of this kind and of the realm that is asked for.
std::optional<Error> read_statement(Preauth& request, std::string_view msg, ErrorCode otherwise) {
  auto said = wire::peek_token(request.statement);
  if (!said) {
    return Error{otherwise, "The statement in it cannot be read."};
  }
  request.said = std::move(*said);
  if (request.said.message.msg != msg) {
    return Error{otherwise, "The statement in it is not a " + std::string(msg) + "."};
  }
  if (request.said.aud != request.claims.aud) {
    return Error{ErrorCode::wrong_realm, ""};
  }
  return std::nullopt;
}

/// An invitation must be about the requester and its key.
std::optional<Error> check_joining(Preauth& request) {
  if (auto wrong = read_statement(request, wire::msg::admission, ErrorCode::invitation_invalid)) {
    return wrong;
  }
  const auto key = wire::KeyStatement::read(request.said.message.dat);
  if (!key || key->pubkey != request.pubkey || request.said.sub != request.claims.iss) {
    return Error{ErrorCode::invitation_invalid, "The statement in it is about another device."};
  }
  return std::nullopt;
}

/// What is founded, or brought back, must prove the requester a member all the way from its genesis.
std::optional<Error> check_founding(Preauth& request, const Verifier& verifier) {
  if (auto wrong = read_statement(request, wire::msg::genesis, ErrorCode::bad_token)) {
    return wrong;
  }
  ledger::Ledger realm(request.claims.aud, "");
  std::vector<std::string> statements = request.chain;
  statements.insert(statements.begin(), request.statement);
  if (learn(realm, statements, verifier).refused > 0) {
    return Error{ErrorCode::bad_token,
                 "The genesis in it was not signed by the founder, or a link of the chain fails."};
  }
  const ledger::Member* member = realm.find(request.claims.iss);
  if (member == nullptr || member->pubkey != request.pubkey) {
    return Error{ErrorCode::bad_token, "The statements in it are about other devices."};
  }
  return std::nullopt;
}

/// All checks that follow the reading of the token's claims, in order.
std::optional<Error> check_all(Preauth& request, std::string_view nonce, wire::TimeMs now, const Verifier& verifier) {
  if (auto wrong = check_request(request.claims, nonce, now)) {
    return wrong;
  }
  if (request.kind == Kind::authenticate) {
    return std::nullopt;
  }
  if (auto wrong = read_payload(request)) {
    return wrong;
  }
  if (!verifier.verify(request.token, request.pubkey, request.claims.iss)) {
    return Error{ErrorCode::bad_token, ""};
  }
  return request.kind == Kind::found ? check_founding(request, verifier) : check_joining(request);
}

}  // namespace

Result<Preauth, Refusal> read_preauth(std::string_view frame, std::string_view nonce, wire::TimeMs now,
                                      const Verifier& verifier) {
  if (!resembles_token(frame)) {
    return unexpected(refuse_other(frame));
  }
  auto claims = wire::peek_token(frame);
  if (!claims) {
    return unexpected(Refusal{std::string(wire::msg::error), std::nullopt, claims.error()});
  }
  const auto refuse = [&message = claims->message](Error error) {
    return unexpected(Refusal{message.msg, message.seq, std::move(error)});
  };
  const auto kind = kind_of(claims->message);
  if (!kind) {
    return refuse({ErrorCode::not_authenticated, ""});
  }
  Preauth request{.kind = *kind,
                  .token = std::string(frame),
                  .claims = *claims,
                  .pubkey = {},
                  .statement = {},
                  .said = {},
                  .chain = {}};
  if (auto wrong = check_all(request, nonce, now, verifier)) {
    return refuse(std::move(*wrong));
  }
  return request;
}

std::optional<Error> check_authentication(const Preauth& request, const ledger::Ledger& realm,
                                          const Verifier& verifier) {
  const ledger::Member* member = realm.find(request.claims.iss);
  if (member == nullptr) {
    return Error{ErrorCode::not_a_member, ""};
  }
  if (!verifier.verify(request.token, member->pubkey, member->id)) {
    return Error{ErrorCode::bad_token, ""};
  }
  return std::nullopt;
}

std::optional<Error> check_invitation(const Preauth& request, const ledger::Ledger& realm, const InvitationTerms& terms,
                                      const Verifier& verifier) {
  const ledger::Member* inviter = realm.find(request.said.iss);
  if (inviter == nullptr || !verifier.verify(request.statement, inviter->pubkey, inviter->id)) {
    return Error{ErrorCode::invitation_invalid, ""};
  }
  if (!wire::is_current(request.said, terms.now)) {
    return Error{ErrorCode::invitation_expired, ""};
  }
  constexpr wire::TimeMs rounding_ms = 2'000;  // whole seconds, away from the present
  if (request.said.expires_ms - request.said.issued_ms > terms.life_max_ms + rounding_ms) {
    const std::string hours = std::to_string(terms.life_max_ms / 3'600'000);
    return Error{ErrorCode::invitation_invalid, "It is good for longer than the " + hours + " hours allowed."};
  }
  return std::nullopt;
}

}  // namespace skypod::signal
