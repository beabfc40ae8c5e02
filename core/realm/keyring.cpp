#include "core/realm/keyring.hpp"

#include <algorithm>
#include <tuple>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"
#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

auto age_of(const RealmKey& key) {
  return std::tie(key.epoch, key.by, key.id);
}

std::optional<RealmKey> read_key(const Json& value) {
  wire::Fields fields(value);
  RealmKey key{.epoch = fields.integer("epoch", 0, INT64_MAX),
               .by = fields.text("by", 43),
               .id = fields.text("id", 64),
               .key = {},
               .excludes = {}};
  const auto octets = base64url_decode(fields.text("key", 43));
  for (const Json& identity : fields.array("excludes", wire::limit::statements_max)) {
    if (identity.is_string()) key.excludes.push_back(identity.get<std::string>());
  }
  if (!fields.ok() || !octets || octets->size() != key_octets) {
    return std::nullopt;
  }
  key.key = SecretKey(*octets);
  return key;
}

}  // namespace

bool RealmKey::excludes_all(const std::map<std::string, ledger::Removal>& removed) const {
  return std::ranges::all_of(
      removed, [this](const auto& entry) { return std::ranges::find(excludes, entry.first) != excludes.end(); });
}

bool Keyring::add(RealmKey key) {
  const bool leaps = !keys_.empty() && key.epoch > keys_.back().epoch + epoch_leap_max;
  if (find(key.id) != nullptr || leaps) {
    return false;
  }
  const std::string id = key.id;
  const auto place = std::ranges::upper_bound(keys_, age_of(key), {}, age_of);
  keys_.insert(place, std::move(key));
  if (keys_.size() > keys_max) keys_.erase(keys_.begin());
  return find(id) != nullptr;
}

const RealmKey* Keyring::find(const std::string& id) const {
  const auto found = std::ranges::find(keys_, id, &RealmKey::id);
  return found == keys_.end() ? nullptr : &*found;
}

const RealmKey* Keyring::clean(const std::map<std::string, ledger::Removal>& removed) const {
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
    if (key->excludes_all(removed)) return &*key;
  }
  return nullptr;
}

Json Keyring::to_json() const {
  Json list = Json::array();
  for (const RealmKey& key : keys_) {
    list.push_back({{"epoch", key.epoch},
                    {"by", key.by},
                    {"id", key.id},
                    {"key", base64url_encode(key.key.reveal())},
                    {"excludes", key.excludes}});
  }
  return list;
}

std::optional<Keyring> Keyring::from_json(const Json& value) {
  if (!value.is_array() || value.size() > keys_max) {
    return std::nullopt;
  }
  Keyring keyring;
  for (const Json& entry : value) {
    auto key = read_key(entry);
    if (!key || !keyring.add(std::move(*key))) return std::nullopt;
  }
  return keyring;
}

}  // namespace skypod::realm
