#include "core/realm/pairing.hpp"

#include "base/base64url.hpp"
#include "core/realm/key_exchange.hpp"
#include "core/realm/statements.hpp"
#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

constexpr TimeMs clock_error_max_ms = 24 * 60 * 60 * 1000;
constexpr std::size_t nonce_octets = 16;
constexpr std::size_t excludes_max = 24;  // as many as a code has room for
constexpr std::string_view registration_prefix = "r1~";
constexpr std::string_view invitation_prefix = "i2~";
// A registration names no realm; its audience says that it is one.
const std::string registration_audience = "skypod-pairing-registration";

Error invalid(std::string detail) {
  return {ErrorCode::invitation_invalid, std::move(detail)};
}

/// People paste links: takes what follows the prefix, up to the next space.
std::string after_prefix(std::string_view text, std::string_view prefix) {
  const std::size_t at = text.find(prefix);
  if (at == std::string_view::npos) {
    return "";
  }
  text.remove_prefix(at + prefix.size());
  return std::string(text.substr(0, text.find_first_of(" \t\r\n")));
}

/// An id that nobody can know before: the pictures depend on it.
Task<std::string> unforeseen_id(Host& host) {
  const core::Answer entropy = co_await host.ask(core::ask::Entropy{nonce_octets});
  const Bytes octets = entropy ? wire::binary_bytes(*entropy) : "";
  co_return octets.size() == nonce_octets ? base64url_encode(octets) : "";
}

Task<bool> is_genuine(Host& host, std::string token, Json pubkey, std::string signer) {
  const core::Answer genuine =
      co_await host.ask(core::ask::Verify{std::move(token), std::move(pubkey), std::move(signer)});
  co_return genuine && *genuine == true;
}

/// Signs the claims and puts the text together.
Task<Result<Code, Error>> make_code(Host& host, std::string_view prefix, wire::Claims claims) {
  const Result<std::vector<Picture>, Error> pictures = co_await pictures_of(host, claims.iss, claims.jti);
  const core::Answer token = co_await host.ask(core::ask::Sign{wire::claims_to_payload(claims)});
  if (!pictures || text_of(token).empty()) {
    co_return unexpected(pictures ? error_of(token) : pictures.error());
  }
  co_return Code{std::string(prefix) + text_of(token), claims.jti, claims.expires_ms, *pictures};
}

}  // namespace

Task<Result<Code, Error>> make_registration(Host& host, const Identity& self) {
  const wire::KeyStatement statement{self.pubkey, self.name};
  wire::Claims claims{.iss = self.id,
                      .aud = registration_audience,
                      .sub = self.id,
                      .nonce = "",
                      .jti = co_await unforeseen_id(host),
                      .issued_ms = host.now(),
                      .expires_ms = host.now() + registration_lifetime_ms,
                      .message = wire::event(wire::msg::registration, statement.write())};
  co_return co_await make_code(host, registration_prefix, std::move(claims));
}

Task<Result<Invitee, Error>> read_registration(Host& host, std::string text) {
  const std::string token = after_prefix(text, registration_prefix);
  const auto claims = wire::peek_token(token);
  const auto statement =
      claims ? wire::KeyStatement::read(claims->message.dat) : unexpected(Error{ErrorCode::bad_message, ""});
  if (!claims || !statement || claims->message.msg != wire::msg::registration || claims->aud != registration_audience ||
      claims->sub != claims->iss) {
    co_return unexpected(Error{ErrorCode::code_damaged, "This is not the code of a new device."});
  }
  // Self-signed and shown on a screen just now: its date only tells old photographs apart, and the new device's clock
  // may be wrong.
  if (claims->expires_ms + clock_error_max_ms < host.now()) {
    co_return unexpected(Error{ErrorCode::invitation_expired, "The new device's code is too old."});
  }
  const bool genuine = co_await is_genuine(host, token, statement->pubkey, claims->iss);
  if (!genuine) {
    co_return unexpected(Error{ErrorCode::code_damaged, "This is not the code of a new device."});
  }
  const Result<std::vector<Picture>, Error> pictures = co_await pictures_of(host, claims->iss, claims->jti);
  if (!pictures) {
    co_return unexpected(pictures.error());
  }
  co_return Invitee{claims->iss, statement->pubkey, statement->name, *pictures};
}

Task<Result<Code, Error>> make_invitation(Host& host, TimeMs now, Identity self, Membership membership, RealmKey key,
                                          std::string registration) {
  const Result<Invitee, Error> invitee = co_await read_registration(host, std::move(registration));
  if (!invitee) {
    co_return unexpected(invitee.error());
  }
  if (invitee->id == self.id) {
    co_return unexpected(invalid("This is this device's own code."));
  }
  const std::string jti = co_await unforeseen_id(host);
  const core::Answer admission =
      co_await host.ask(core::ask::Sign{admission_payload(now, {.realm = membership.realm,
                                                                .inviter = self.id,
                                                                .invitee = invitee->id,
                                                                .pubkey = invitee->pubkey,
                                                                .jti = jti,
                                                                .lifetime_ms = invitation_lifetime_ms})});
  if (key.excludes.size() > excludes_max) key.excludes.clear();  // learnt from the members, then
  const Redacted<Bytes> secret(wire::to_json(sealed_content(membership.realm, key)));
  const core::Answer sealed = co_await host.ask(core::ask::Seal{invitee->pubkey, secret});
  if (text_of(admission).empty() || text_of(sealed).empty()) {
    co_return unexpected(error_of(admission ? sealed : admission));
  }
  const wire::InvitationStatement statement{self.pubkey, self.name, membership.founder, text_of(admission),
                                            text_of(sealed)};
  wire::Claims claims{.iss = self.id,
                      .aud = membership.realm,
                      .sub = invitee->id,
                      .nonce = "",
                      .jti = jti,
                      .issued_ms = now,
                      .expires_ms = now + invitation_lifetime_ms,
                      .message = wire::event(wire::msg::invitation, statement.write())};
  co_return co_await make_code(host, invitation_prefix, std::move(claims));
}

Task<Result<Invitation, Error>> read_invitation(Host& host, const Identity& self, std::string text) {
  const std::string token = after_prefix(text, invitation_prefix);
  const auto claims = wire::peek_token(token);
  const auto statement =
      claims ? wire::InvitationStatement::read(claims->message.dat) : unexpected(Error{ErrorCode::bad_message, ""});
  if (!claims || !statement || claims->message.msg != wire::msg::invitation || !wire::is_realm(claims->aud)) {
    co_return unexpected(Error{ErrorCode::code_damaged, "This is not an invitation."});
  }
  if (claims->sub != self.id) {
    co_return unexpected(invalid("The invitation is for another device."));
  }
  const auto admission = wire::peek_token(statement->admission);
  const bool genuine = co_await is_genuine(host, token, statement->pubkey, claims->iss);
  if (!genuine || !admission || admission->message.msg != wire::msg::admission || admission->aud != claims->aud ||
      admission->sub != self.id || admission->iss != claims->iss) {
    co_return unexpected(invalid("The invitation was altered on its way."));
  }
  const Result<std::vector<Picture>, Error> pictures = co_await pictures_of(host, claims->iss, claims->jti);
  if (!pictures) {
    co_return unexpected(pictures.error());
  }
  co_return Invitation{.inviter = claims->iss,
                       .name = statement->name,
                       .realm = claims->aud,
                       .founder = statement->founder,
                       .admission = statement->admission,
                       .sealed = statement->sealed,
                       .expires_ms = claims->expires_ms,
                       .pictures = *pictures};
}

Task<Result<Membership, Error>> accept_invitation(Host& host, const Identity& self, std::string text) {
  const Result<Invitation, Error> invitation = co_await read_invitation(host, self, std::move(text));
  if (!invitation) {
    co_return unexpected(invitation.error());
  }
  Result<RealmKey, Error> key = co_await open_content(host, invitation->realm, invitation->sealed);
  Membership membership{.realm = invitation->realm,
                        .founder = invitation->founder,
                        .keys = {},
                        .statements = {invitation->admission},
                        .entry = Entry::invitation,
                        .token = invitation->admission,
                        .heard = {}};
  if (!key || !membership.keys.add(std::move(*key))) {
    co_return unexpected(invalid("The realm's key in it cannot be opened."));
  }
  co_return membership;
}

}  // namespace skypod::realm
