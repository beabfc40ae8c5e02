// What a device must remember to be a member of its realm, and how it gets there: by founding the realm, or by an
// invitation that a member made for exactly this device's key.
//
// Pairing is two texts, each shown as QR codes, a link, or to be copied. The invitee shows its registration,
// `r1~TOKEN`: its key and name, signed by itself. The inviter answers with an invitation,
// `i1~REALM~FOUNDER~ADMISSION~KEY`: the admission is signed for the invitee's key and short-lived, KEY is the realm's
// key as a JWE for that key. Seen by anybody else, an invitation is useless: the server admits only who signs with the
// invitee's key.
#pragma once

#include <string>
#include <vector>

#include "base/task.hpp"
#include "core/ports.hpp"

namespace skypod::realm {

using core::Host;
using core::SecretKey;
using wire::Error;
using wire::ErrorCode;
using wire::Json;
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
  std::string key_id;  // names the key's epoch
  SecretKey key;       // 32 octets
  std::vector<std::string> statements;
  Entry entry = Entry::none;
  std::string token;  // the genesis or admission to enter with

  /// For this device's own database only: it holds the realm's key.
  Json to_json() const;
  static std::optional<Membership> from_json(const Json& value);
};

/// A device that asks to be invited.
struct Invitee {
  std::string id;
  Json pubkey;
  std::string name;
};

/// An invitation, and until when it can be used.
struct Invitation {
  std::string text;
  TimeMs expires_ms = 0;
};

/// How long a registration and an invitation can be used.
inline constexpr TimeMs registration_lifetime_ms = 60 * 60 * 1000;
inline constexpr TimeMs invitation_lifetime_ms = 10 * 60 * 1000;

/// Founds a realm: a random id and key, and a genesis to register it with.
Task<Result<Membership, Error>> found_realm(Host& host, const Identity& self);

/// The registration of this device.
Task<Result<std::string, Error>> make_registration(Host& host, const Identity& self);

/// Who a registration is from, once its signature is verified.
Task<Result<Invitee, Error>> read_registration(Host& host, std::string text);

/// Invites the device of that registration into the realm.
/// `now` is the network's time (Client::network_now), since the server's clock decides when it has expired.
Task<Result<Invitation, Error>> make_invitation(Host& host, TimeMs now, Identity self, Membership membership,
                                                std::string registration);

/// Takes up an invitation: checks that it is for this device, and opens the realm's key. Whether it is still good is
/// for the server to say, whose clock counts.
Task<Result<Membership, Error>> accept_invitation(Host& host, const Identity& self, std::string text);

}  // namespace skypod::realm
