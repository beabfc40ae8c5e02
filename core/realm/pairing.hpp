// How a device comes into a realm: by an invitation that a member made for exactly this device's key.
//
// Pairing is two texts, each shown as QR codes, a link, or to be copied. The invitee shows its registration,
// `r1~TOKEN`: its key and name, signed by itself. The inviter answers with an invitation, `i2~TOKEN`, signed by the
// inviter as a whole: who invites, the realm's founder, the admission of the invitee's key, and the realm's key as a
// JWE for that key. Seen by anybody else, an invitation is useless: the server admits only who signs with the invitee's
// key. Each side shows the pictures (pictures.hpp) of its own text, and asks people whether the other side shows the
// same.
#pragma once

#include <string>
#include <vector>

#include "core/realm/membership.hpp"
#include "core/realm/pictures.hpp"

namespace skypod::realm {

/// A text that was made, when it expires, and the pictures to show beside it.
struct Code {
  std::string text;
  std::string id;  // the admission's `jti`: by it an invitation is taken back
  TimeMs expires_ms = 0;
  std::vector<Picture> pictures;
};

/// A device that asks to be invited.
struct Invitee {
  std::string id;
  Json pubkey;
  std::string name;
  std::vector<Picture> pictures;
};

/// An invitation as the invitee sees it, before it takes it up.
struct Invitation {
  std::string inviter;
  std::string name;  // what the inviter calls itself
  std::string realm, founder, admission, sealed;
  TimeMs expires_ms = 0;
  std::vector<Picture> pictures;
};

/// How long a registration and an invitation can be used.
inline constexpr TimeMs registration_lifetime_ms = 60 * 60 * 1000;
inline constexpr TimeMs invitation_lifetime_ms = 10 * 60 * 1000;

/// Longest text of either kind, in octets.
inline constexpr std::size_t code_max = 16 * 1024;

/// The registration of this device.
Task<Result<Code, Error>> make_registration(Host& host, const Identity& self);

/// Who a registration is from, once its signature is verified.
Task<Result<Invitee, Error>> read_registration(Host& host, std::string text);

/// Invites the device of that registration into the realm, with a key that no removed device knows.
/// `now` is the network's time (Client::network_now), since the server's clock decides when it has expired.
Task<Result<Code, Error>> make_invitation(Host& host, TimeMs now, Identity self, Membership membership, RealmKey key,
                                          std::string registration);

/// Reads an invitation: checks that all of it is the inviter's, and that it is for this device.
Task<Result<Invitation, Error>> read_invitation(Host& host, const Identity& self, std::string text);

/// Takes up an invitation: opens the realm's key. Whether it is still good is for the server to say, whose clock
/// counts.
Task<Result<Membership, Error>> accept_invitation(Host& host, const Identity& self, std::string text);

}  // namespace skypod::realm
