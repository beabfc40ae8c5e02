// The realm's keys, by epoch. Members encrypt what goes by way of the server under the newest key that no removed
// device was ever given; older keys are kept, so that what is under way can still be read.
//
// Anyone may begin a new epoch at any time, also two at once: the greater (epoch, maker) is the newer, and both stay
// readable. A key is "clean" for a member if every removal that this member knows of was known to the key's maker too.
// So a member that has not heard of a removal yet can make a newer key that the removed one gets; whoever knows better
// does not use it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ledger/ledger.hpp"
#include "core/ports.hpp"

namespace skypod::realm {

using core::SecretKey;
using wire::Json;

/// Octets of a realm key.
inline constexpr std::size_t key_octets = 32;

/// One epoch's key.
struct RealmKey {
  std::int64_t epoch = 0;
  std::string by;  // the maker's identity
  std::string id;  // `kid` of what is encrypted under it
  SecretKey key;
  std::vector<std::string> excludes;  // removed identities that the maker knew of

  /// Whether none of these was given the key.
  bool excludes_all(const std::map<std::string, ledger::Removal>& removed) const;

  friend bool operator==(const RealmKey&, const RealmKey&) = default;
};

/// The keys of one realm.
class Keyring {
 public:
  /// Most keys kept; the oldest goes first.
  static constexpr std::size_t keys_max = 16;
  /// How far an epoch may be ahead of the newest known, so that nobody can use up the numbers.
  static constexpr std::int64_t epoch_leap_max = 1'000'000;

  /// Takes a key in. False if one of its id is known, its epoch leaps too far, or it is too old to be kept.
  bool add(RealmKey key);

  const RealmKey* find(const std::string& id) const;
  /// The greatest (epoch, maker); nothing while there is no key.
  const RealmKey* newest() const { return keys_.empty() ? nullptr : &keys_.back(); }
  /// The newest that none of the removed was given; nothing if there is none.
  const RealmKey* clean(const std::map<std::string, ledger::Removal>& removed) const;

  /// For this device's own database only: it holds the keys.
  Json to_json() const;
  static std::optional<Keyring> from_json(const Json& value);

  friend bool operator==(const Keyring&, const Keyring&) = default;

 private:
  std::vector<RealmKey> keys_;  // ascending by (epoch, maker, id)
};

}  // namespace skypod::realm
