// What a device must remember to be a member of its realm.
#pragma once

#include <string>
#include <vector>

#include "base/task.hpp"
#include "core/realm/keyring.hpp"
#include "core/realm/relay.hpp"

namespace skypod::realm {

using core::Host;
using wire::Error;
using wire::ErrorCode;
using wire::TimeMs;

/// This device: its certified id, its public key, and the name that people gave it (shared with members only).
struct Identity {
  std::string id;
  Json pubkey;
  std::string name;
};

/// What the server must be told first, if anything, to be let in.
enum class Entry { none, genesis, invitation };

/// A realm as one of its members remembers it.
struct Membership {
  std::string realm;
  std::string founder;
  Keyring keys = {};
  std::vector<std::string> statements = {};
  Entry entry = Entry::none;
  std::string token = {};  // the genesis or admission to enter with
  RelayLog heard = {};

  /// For this device's own database only: it holds the realm's keys.
  Json to_json() const;
  static std::optional<Membership> from_json(const Json& value);
};

/// Founds a realm: a random id and key, and a genesis to register it with.
Task<Result<Membership, Error>> found_realm(Host& host, const Identity& self);

}  // namespace skypod::realm
