#include "core/realm/key_exchange.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

Error not_ours() {
  return {ErrorCode::bad_token, "A key of the realm could not be opened."};
}

}  // namespace

Json sealed_content(const std::string& realm, const RealmKey& key) {
  return {{"realm", realm},  {"epoch", key.epoch},       {"by", key.by},
          {"keyId", key.id}, {"excludes", key.excludes}, {"key", base64url_encode(key.key.reveal())}};
}

Task<Result<RealmKey, Error>> open_content(Host& host, std::string realm, std::string sealed) {
  const core::Answer opened = co_await host.ask(core::ask::Unseal{std::move(sealed)});
  const Json content = opened ? wire::parse_json(wire::binary_bytes(*opened)).value_or(nullptr) : Json();
  wire::Fields fields(content);
  RealmKey key{.epoch = fields.integer("epoch", 0, INT64_MAX),
               .by = fields.text("by", 43),
               .id = fields.text("keyId", 64),
               .key = {},
               .excludes = {}};
  for (const Json& identity : fields.array("excludes", wire::limit::statements_max)) {
    if (identity.is_string()) key.excludes.push_back(identity.get<std::string>());
  }
  const auto octets = base64url_decode(fields.text("key", 43));
  const std::string said_realm = fields.text("realm", 64);
  if (!fields.ok() || !octets || octets->size() != key_octets || said_realm != realm) {
    co_return unexpected(not_ours());
  }
  key.key = SecretKey(*octets);
  co_return key;
}

Task<Result<RealmKey, Error>> make_key(Host& host, const Keyring& keys, const ledger::Ledger& ledger,
                                       std::string maker) {
  RealmKey key{.epoch = keys.newest() == nullptr ? 1 : keys.newest()->epoch + 1,
               .by = std::move(maker),
               .id = host.fresh_id(),
               .key = {},
               .excludes = {}};
  for (const auto& [identity, removal] : ledger.removed()) key.excludes.push_back(identity);
  const core::Answer entropy = co_await host.ask(core::ask::Entropy{key_octets});
  const Bytes octets = entropy ? wire::binary_bytes(*entropy) : "";
  if (octets.size() != key_octets) {
    co_return unexpected(entropy ? Error{ErrorCode::internal, ""} : entropy.error());
  }
  key.key = SecretKey(octets);
  co_return key;
}

Task<Result<std::vector<wire::Epoch>, Error>> seal_key(Host& host, std::string realm, RealmKey key,
                                                       std::vector<core::ask::SealAll::Recipient> recipients) {
  std::vector<wire::Epoch> messages;
  const Redacted<Bytes> content(wire::to_json(sealed_content(realm, key)));
  while (!recipients.empty()) {
    const auto end = recipients.begin() + static_cast<std::ptrdiff_t>(std::min(recipients.size(), sealed_for_max));
    core::ask::SealAll seal{{recipients.begin(), end}, content};
    recipients.erase(recipients.begin(), end);
    const core::Answer sealed = co_await host.ask(std::move(seal));
    if (!sealed || !sealed->is_string()) {
      co_return unexpected(sealed ? Error{ErrorCode::internal, ""} : sealed.error());
    }
    messages.push_back({key.epoch, key.by, key.id, sealed->get<std::string>()});
  }
  co_return messages;
}

Task<Result<RealmKey, Error>> open_key(Host& host, std::string realm, wire::Epoch message) {
  Result<RealmKey, Error> key = co_await open_content(host, std::move(realm), message.sealed);
  const bool fits = key && key->epoch == message.number && key->by == message.by && key->id == message.key_id;
  if (!fits) {
    co_return unexpected(not_ours());
  }
  co_return key;
}

}  // namespace skypod::realm
