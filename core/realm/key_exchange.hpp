// How a realm key comes to be and to the others: made from the host's entropy, sealed for each member in one JWE, and
// opened by them. docs/SECURITY.md describes the protocol around it.
#pragma once

#include <vector>

#include "base/task.hpp"
#include "core/realm/keyring.hpp"

namespace skypod::realm {

using core::Host;
using wire::Error;
using wire::ErrorCode;

/// Most members in one message; more get the same key in further ones.
inline constexpr std::size_t sealed_for_max = 64;

/// What is sealed for others: the key, to what it belongs, and whom it is closed to, so that no message can lend it
/// another name. A secret.
Json sealed_content(const std::string& realm, const RealmKey& key);

/// The key that somebody sealed for this device, if it belongs to this realm.
Task<Result<RealmKey, Error>> open_content(Host& host, std::string realm, std::string sealed);

/// A new key: the epoch after `keys`' newest, closed to everyone whom the ledger has removed.
Task<Result<RealmKey, Error>> make_key(Host& host, const Keyring& keys, const ledger::Ledger& ledger,
                                       std::string maker);

/// The messages that carry a key to these members.
Task<Result<std::vector<wire::Epoch>, Error>> seal_key(Host& host, std::string realm, RealmKey key,
                                                       std::vector<core::ask::SealAll::Recipient> recipients);

/// The key in a message, if it is for this device and what is sealed is what the message says.
Task<Result<RealmKey, Error>> open_key(Host& host, std::string realm, wire::Epoch message);

}  // namespace skypod::realm
