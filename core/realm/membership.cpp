#include "core/realm/membership.hpp"

#include "base/base64url.hpp"
#include "core/realm/key_exchange.hpp"
#include "core/realm/statements.hpp"
#include "core/wire/fields.hpp"
#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

constexpr std::size_t realm_id_octets = 16;

/// The keys, also as they were stored while a realm had a single one.
std::optional<Keyring> read_keys(const Json& value) {
  if (value.contains("keys")) {
    return Keyring::from_json(value["keys"]);
  }
  wire::Fields fields(value);
  const std::string id = fields.text("keyId", 64);
  const auto octets = base64url_decode(fields.text("key", 43));
  Keyring keys;
  const bool read = fields.ok() && octets && octets->size() == key_octets;
  if (!read || !keys.add({1, fields.text("founder", 43), id, SecretKey(*octets), {}})) {
    return std::nullopt;
  }
  return keys;
}

}  // namespace

Json Membership::to_json() const {
  return {{"realm", realm},
          {"founder", founder},
          {"keys", keys.to_json()},
          {"statements", statements},
          {"entry", static_cast<int>(entry)},
          {"token", token},
          {"heard", heard.to_json()}};
}

std::optional<Membership> Membership::from_json(const Json& value) {
  wire::Fields fields(value);
  Membership membership{.realm = fields.text("realm", 64),
                        .founder = fields.text("founder", 43),
                        .keys = {},
                        .statements = {},
                        .entry = static_cast<Entry>(fields.integer("entry", 0, 2)),
                        .token = fields.optional_text("token", wire::limit::statement_max),
                        .heard = {}};
  for (const Json& statement : fields.array("statements", wire::limit::statements_max)) {
    if (statement.is_string()) membership.statements.push_back(statement.get<std::string>());
  }
  auto keys = fields.ok() ? read_keys(value) : std::nullopt;
  if (!keys) {
    return std::nullopt;
  }
  membership.keys = std::move(*keys);
  membership.heard = RelayLog::from_json(value.value("heard", Json()));
  return membership;
}

Task<Result<Membership, Error>> found_realm(Host& host, const Identity& self) {
  const core::Answer entropy = co_await host.ask(core::ask::Entropy{realm_id_octets});
  const Bytes octets = entropy ? wire::binary_bytes(*entropy) : "";
  if (octets.size() != realm_id_octets) {
    co_return unexpected(error_of(entropy));
  }
  Membership membership{.realm = base64url_encode(octets),
                        .founder = self.id,
                        .keys = {},
                        .statements = {},
                        .entry = Entry::genesis,
                        .token = "",
                        .heard = {}};
  const ledger::Ledger nobody(membership.realm, self.id);
  Result<RealmKey, Error> key = co_await make_key(host, membership.keys, nobody, self.id);
  if (!key) {
    co_return unexpected(key.error());
  }
  membership.keys.add(std::move(*key));
  const core::Answer genesis =
      co_await host.ask(core::ask::Sign{genesis_payload(host, membership.realm, self.id, self.pubkey)});
  membership.token = text_of(genesis);
  if (membership.token.empty()) {
    co_return unexpected(error_of(genesis));
  }
  membership.statements = {membership.token};
  co_return membership;
}

}  // namespace skypod::realm
