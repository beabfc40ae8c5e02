#include "core/realm/relay.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"
#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

constexpr std::string_view item_msg = "relay.item";
constexpr std::size_t header_max = 1024;

/// The `kid` of a compact JWE's protected header; "" if there is none. Nothing of it is believed: it only finds the
/// key.
std::string key_id_of(std::string_view jwe) {
  const std::string_view part = jwe.substr(0, jwe.find('.'));
  const auto octets = part.size() <= header_max ? base64url_decode(part) : std::nullopt;
  const Json header = octets ? wire::parse_json(*octets).value_or(nullptr) : Json();
  wire::Fields fields(header);
  const std::string id = fields.text("kid", 64);
  return fields.ok() ? id : "";
}

std::optional<Relayed> read(const wire::Claims& claims) {
  wire::Fields fields(claims.message.dat);
  Relayed what{.realm = claims.aud,
               .sender = claims.iss,
               .session = fields.text("session", 64),
               .number = fields.integer("n", 1, INT64_MAX),
               .sent_ms = fields.integer("at", 0, INT64_MAX),
               .message = {}};
  auto message = wire::read_envelope(fields.object("message"));
  if (!fields.ok() || !message || claims.message.msg != item_msg) {
    return std::nullopt;
  }
  what.message = std::move(*message);
  return what;
}

/// The numbers heard before the newest, seen from a newest that is `steps` later.
std::uint32_t heard_before(std::uint32_t before, std::int64_t steps) {
  const std::uint64_t with_newest = std::uint64_t{before} << 1 | 1;
  return steps > RelayLog::overtaking_max ? 0 : static_cast<std::uint32_t>(with_newest << (steps - 1));
}

}  // namespace

bool RelayLog::note(const std::string& sender, const std::string& session, std::int64_t number, TimeMs sent_ms) {
  const auto [place, is_new] = heard_.try_emplace(sender, Heard{session, number, sent_ms});
  Heard& heard = place->second;
  const bool goes_on = heard.session == session ? number > heard.number : sent_ms > heard.sent_ms;
  if (is_new || !goes_on) {
    return is_new;
  }
  const std::uint32_t before = heard.session == session ? heard_before(heard.before, number - heard.number) : 0;
  heard = {session, number, std::max(heard.sent_ms, sent_ms), before};
  return true;
}

bool RelayLog::note_overtaken(const std::string& sender, const std::string& session, std::int64_t number,
                              TimeMs sent_ms) {
  if (note(sender, session, number, sent_ms)) {
    return true;
  }
  Heard& heard = heard_.at(sender);
  const std::int64_t behind = heard.number - number;
  if (heard.session != session || behind < 1 || behind > overtaking_max) {
    return false;
  }
  const std::uint32_t bit = std::uint32_t{1} << (behind - 1);
  const bool unheard = (heard.before & bit) == 0;
  heard.before |= bit;
  return unheard;
}

Json RelayLog::to_json() const {
  Json object = Json::object();
  for (const auto& [sender, heard] : heard_) {
    object[sender] = {{"session", heard.session}, {"n", heard.number}, {"at", heard.sent_ms}, {"before", heard.before}};
  }
  return object;
}

RelayLog RelayLog::from_json(const Json& value) {
  RelayLog log;
  const Json object = value.is_object() ? value : Json::object();
  for (const auto& [sender, entry] : object.items()) {
    wire::Fields fields(entry);
    const Heard heard{
        fields.text("session", 64), fields.integer("n", 0, INT64_MAX), fields.integer("at", 0, INT64_MAX),
        static_cast<std::uint32_t>(fields.optional_integer("before", 0, UINT32_MAX).value_or(UINT32_MAX))};
    if (fields.ok()) log.heard_.emplace(sender, heard);
  }
  return log;
}

Task<Result<std::string, Error>> wrap(Host& host, RealmKey key, Relayed what) {
  const Json item = {{"session", what.session},
                     {"n", what.number},
                     {"at", what.sent_ms},
                     {"message", wire::envelope_to_object(what.message)}};
  const core::Answer token =
      co_await host.ask(core::ask::Sign{wire::claims_to_payload({.iss = what.sender,
                                                                 .aud = what.realm,
                                                                 .sub = "",
                                                                 .nonce = "",
                                                                 .jti = host.fresh_id(),
                                                                 .issued_ms = what.sent_ms,
                                                                 .expires_ms = what.sent_ms + relay_age_max_ms,
                                                                 .message = wire::event(item_msg, item)})});
  if (!token || !token->is_string()) {
    co_return unexpected(token ? Error{wire::ErrorCode::internal, ""} : token.error());
  }
  const core::Answer jwe = co_await host.ask(core::ask::Encrypt{key.key, key.id, token->get<std::string>()});
  if (!jwe || !jwe->is_string()) {
    co_return unexpected(jwe ? Error{wire::ErrorCode::internal, ""} : jwe.error());
  }
  co_return jwe->get<std::string>();
}

Task<Result<Relayed, RelayFault>> unwrap(Host& host, const Keyring& keys, ledger::Member sender, std::string realm,
                                         TimeMs now, std::string payload) {
  const RealmKey* key = keys.find(key_id_of(payload));
  if (key == nullptr) {
    co_return unexpected(RelayFault::unknown_key);
  }
  const core::Answer opened = co_await host.ask(core::ask::Decrypt{key->key, std::move(payload)});
  const std::string token = opened ? wire::binary_bytes(*opened) : "";
  const auto claims = wire::peek_token(token);
  auto what = claims && claims->iss == sender.id && claims->aud == realm ? read(*claims) : std::nullopt;
  if (!what) {
    co_return unexpected(RelayFault::forged);
  }
  const core::Answer genuine = co_await host.ask(core::ask::Verify{token, sender.pubkey, sender.id});
  if (!genuine || *genuine != true) {
    co_return unexpected(RelayFault::forged);
  }
  if (!wire::is_current(*claims, now)) {
    co_return unexpected(RelayFault::repeated);
  }
  co_return std::move(*what);
}

}  // namespace skypod::realm
