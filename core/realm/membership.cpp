#include "core/realm/membership.hpp"

#include "base/base64url.hpp"
#include "core/realm/statements.hpp"
#include "core/wire/fields.hpp"
#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

constexpr std::size_t key_octets = 32;
constexpr TimeMs clock_error_max_ms = 24 * 60 * 60 * 1000;
constexpr std::size_t realm_id_octets = 16;
constexpr std::string_view registration_prefix = "r1~";
constexpr std::string_view invitation_prefix = "i1~";
// A registration names no realm; its audience says that it is one.
const std::string registration_audience = "skypod-pairing-registration";

Error invalid(std::string detail) {
  return {ErrorCode::invitation_invalid, std::move(detail)};
}

std::string text_of(const core::Answer& answer) {
  const auto* text = answer ? answer->get_ptr<const std::string*>() : nullptr;
  return text == nullptr ? "" : *text;
}

Error error_of(const core::Answer& answer) {
  return answer ? Error{ErrorCode::internal, ""} : answer.error();
}

/// People paste links: takes what follows the last '#', '=' or space before the prefix.
std::string_view after_prefix(std::string_view text, std::string_view prefix) {
  const std::size_t at = text.find(prefix);
  if (at == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(at + prefix.size());
  const std::size_t end = text.find_first_of(" \t\r\n");
  return text.substr(0, end);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char letter : text) {
    if (letter == separator) {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

}  // namespace

Json Membership::to_json() const {
  return {{"realm", realm},
          {"founder", founder},
          {"keyId", key_id},
          {"key", base64url_encode(key.reveal())},
          {"statements", statements},
          {"entry", static_cast<int>(entry)},
          {"token", token}};
}

std::optional<Membership> Membership::from_json(const Json& value) {
  wire::Fields fields(value);
  Membership membership{.realm = fields.text("realm", 64),
                        .founder = fields.text("founder", 43),
                        .key_id = fields.text("keyId", 64),
                        .key = {},
                        .statements = {},
                        .entry = static_cast<Entry>(fields.integer("entry", 0, 2)),
                        .token = fields.optional_text("token", wire::limit::statement_max)};
  const auto key = base64url_decode(fields.text("key", 43));
  for (const Json& statement : fields.array("statements", wire::limit::statements_max)) {
    if (statement.is_string()) membership.statements.push_back(statement.get<std::string>());
  }
  if (!fields.ok() || !key || key->size() != key_octets) {
    return std::nullopt;
  }
  membership.key = SecretKey(*key);
  return membership;
}

Task<Result<Membership, Error>> found_realm(Host& host, const Identity& self) {
  const core::Answer entropy = co_await host.ask(core::ask::Entropy{key_octets + realm_id_octets});
  const Bytes octets = entropy ? wire::binary_bytes(*entropy) : "";
  if (octets.size() != key_octets + realm_id_octets) {
    co_return unexpected(error_of(entropy));
  }
  Membership membership{.realm = base64url_encode(BytesView(octets).substr(key_octets)),
                        .founder = self.id,
                        .key_id = host.fresh_id(),
                        .key = SecretKey(octets.substr(0, key_octets)),
                        .statements = {},
                        .entry = Entry::genesis,
                        .token = ""};
  const core::Answer genesis =
      co_await host.ask(core::ask::Sign{genesis_payload(host, membership.realm, self.id, self.pubkey)});
  membership.token = text_of(genesis);
  if (membership.token.empty()) {
    co_return unexpected(error_of(genesis));
  }
  membership.statements = {membership.token};
  co_return membership;
}

Task<Result<std::string, Error>> make_registration(Host& host, const Identity& self) {
  const wire::KeyStatement statement{self.pubkey, self.name};
  const core::Answer token = co_await host.ask(
      core::ask::Sign{wire::claims_to_payload({.iss = self.id,
                                               .aud = registration_audience,
                                               .sub = self.id,
                                               .nonce = "",
                                               .jti = host.fresh_id(),
                                               .issued_ms = host.now(),
                                               .expires_ms = host.now() + registration_lifetime_ms,
                                               .message = wire::event(wire::msg::registration, statement.write())})});
  if (text_of(token).empty()) {
    co_return unexpected(error_of(token));
  }
  co_return std::string(registration_prefix) + text_of(token);
}

Task<Result<Invitee, Error>> read_registration(Host& host, std::string text) {
  const std::string token(after_prefix(text, registration_prefix));
  const auto claims = wire::peek_token(token);
  const auto statement =
      claims ? wire::KeyStatement::read(claims->message.dat) : unexpected(Error{ErrorCode::bad_message, ""});
  if (!claims || !statement || claims->message.msg != wire::msg::registration || claims->aud != registration_audience ||
      claims->sub != claims->iss) {
    co_return unexpected(invalid("This is not the code of a new device."));
  }
  // Self-signed and shown on a screen just now: its date only tells old photographs apart, and the new device's clock
  // may be wrong.
  if (claims->expires_ms + clock_error_max_ms < host.now()) {
    co_return unexpected(Error{ErrorCode::invitation_expired, "The new device's code is too old."});
  }
  const core::Answer genuine = co_await host.ask(core::ask::Verify{token, statement->pubkey, claims->iss});
  if (!genuine || *genuine != true) {
    co_return unexpected(invalid("The new device's code was altered on its way."));
  }
  co_return Invitee{claims->iss, statement->pubkey, statement->name};
}

Task<Result<Invitation, Error>> make_invitation(Host& host, TimeMs now, Identity self, Membership membership,
                                                std::string registration) {
  const Result<Invitee, Error> invitee = co_await read_registration(host, std::move(registration));
  if (!invitee) {
    co_return unexpected(invitee.error());
  }
  if (invitee->id == self.id) {
    co_return unexpected(invalid("This is this device's own code."));
  }
  const TimeMs expires_ms = now + invitation_lifetime_ms;
  const core::Answer admission = co_await host.ask(core::ask::Sign{
      admission_payload(host, now, membership.realm, self.id, invitee->id, invitee->pubkey, invitation_lifetime_ms)});
  const Json secret = {
      {"realm", membership.realm}, {"keyId", membership.key_id}, {"key", base64url_encode(membership.key.reveal())}};
  const core::Answer sealed =
      co_await host.ask(core::ask::Seal{invitee->pubkey, Redacted<Bytes>(wire::to_json(secret))});
  if (text_of(admission).empty() || text_of(sealed).empty()) {
    co_return unexpected(error_of(admission ? sealed : admission));
  }
  std::string text(invitation_prefix);
  text += membership.realm + "~" + membership.founder + "~" + text_of(admission) + "~" + text_of(sealed);
  co_return Invitation{std::move(text), expires_ms};
}

Task<Result<Membership, Error>> accept_invitation(Host& host, const Identity& self, std::string text) {
  const auto parts = split(after_prefix(text, invitation_prefix), '~');
  if (parts.size() != 4 || !wire::is_realm(parts[0]) || !wire::is_identity(parts[1])) {
    co_return unexpected(invalid("This is not an invitation, or a part of it is missing."));
  }
  const auto claims = wire::peek_token(parts[2]);
  if (!claims || claims->message.msg != wire::msg::admission || claims->aud != parts[0]) {
    co_return unexpected(invalid("The invitation was altered on its way."));
  }
  if (claims->sub != self.id) {
    co_return unexpected(invalid("The invitation is for another device."));
  }
  const core::Answer opened = co_await host.ask(core::ask::Unseal{parts[3]});
  const Json secret = opened ? wire::parse_json(wire::binary_bytes(*opened)).value_or(nullptr) : Json();
  wire::Fields fields(secret);
  const std::string realm = fields.text("realm", 64);
  Membership membership{.realm = parts[0],
                        .founder = parts[1],
                        .key_id = fields.text("keyId", 64),
                        .key = {},
                        .statements = {parts[2]},
                        .entry = Entry::invitation,
                        .token = parts[2]};
  const auto key = base64url_decode(fields.text("key", 43));
  if (!fields.ok() || realm != membership.realm || !key || key->size() != key_octets) {
    co_return unexpected(invalid("The realm's key in it cannot be opened."));
  }
  membership.key = SecretKey(*key);
  co_return membership;
}

}  // namespace skypod::realm
