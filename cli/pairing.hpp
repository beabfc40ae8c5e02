// `skypod realm invite` and `skypod realm join`: how a new device and one that is in the realm exchange their codes,
// with a person between them.
#pragma once

#include <string>

#include "cli/data_options.hpp"
#include "cli/peer_client.hpp"

namespace skypod::cli {

/// What the commands of `skypod realm` are given.
struct RealmChoices {
  DataOptions data;
  bool json = false;
  std::string text;  // a code, or a member
};

/// Makes an invitation for the device whose code is given, or pasted.
int invite(const RealmChoices& choices);

/// Joins with the invitation that is given, or pasted after this device has shown its code.
int join(const RealmChoices& choices);

/// Throws Failure if this device is in a realm.
void require_no_realm(const PeerClient& peer);

/// Throws Failure if the server is not there: nothing is begun that it cannot finish.
void require_server(PeerClient& peer);

}  // namespace skypod::cli
