// A device as a test plays it: a key, and the tokens that a client of the realm sends with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/wire/messages.hpp"
#include "core/wire/token.hpp"
#include "native/jose.hpp"
#include "test/support/realm_socket.hpp"

namespace skypod::test {

/// A new realm's id.
std::string random_realm();

/// Claims of this key that are good for a minute; tests spoil what they want to see refused.
wire::Claims claims_of(const P256Key& key, const std::string& realm, wire::Envelope message,
                       const std::string& nonce = "");

/// The founder's statement.
std::string genesis_of(const P256Key& founder, const std::string& realm);

/// A member's invitation of one key; `jti` is the invitation's id.
std::string invitation_of(const P256Key& member, const P256Key& invitee, const std::string& realm,
                          const std::string& jti);

/// The three requests of the authentication phase.
wire::Envelope register_request(const P256Key& founder, const std::string& genesis);
wire::Envelope authn_request();
wire::Envelope exchange_request(const P256Key& invitee, const std::string& invitation);

/// Signs the claims.
std::string sign(const P256Key& key, const wire::Claims& claims);

/// Connects, answers the challenge with the request, and gives the server's answer with the connection.
struct Entrance {
  RealmSocket socket;
  std::optional<wire::Envelope> answer;

  /// Whether the server let it in.
  bool admitted() const { return answer && answer->typ == wire::Typ::res && answer->msg == wire::msg::authn; }

  /// The code of the refusal; "" if it was none.
  std::string refusal() const;
};
Entrance enter(std::uint16_t port, const P256Key& key, const std::string& realm, const wire::Envelope& request);

}  // namespace skypod::test
