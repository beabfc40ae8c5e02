// The STUN and TURN servers that members are told of. TURN servers cost their operator traffic, so each member is given
// credentials of its own that are good for an hour, by the scheme that coturn calls use-auth-secret: the username is
// "expiry:user", the password its HMAC-SHA1 under a secret that this server and the TURN server share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/redacted.hpp"
#include "base/result.hpp"
#include "core/signal/server.hpp"

namespace skypod::server {

/// What the operator named. A value; calls have no effects.
class IceServers {
 public:
  /// How long a credential may be used to begin with; an allocation that stands goes on.
  static constexpr wire::TimeMs life_ms = 3'600'000;
  /// Most addresses of either kind; devices use no more than that in all.
  static constexpr std::size_t urls_max = 8;

  /// `stun` are stun: or stuns:, `turn` are turn: or turns: addresses (RFC 7064, RFC 7065). An error is a sentence that
  /// says what, why and the mend.
  static Result<IceServers, std::string> of(std::vector<std::string> stun, std::vector<std::string> turn,
                                            Redacted<std::string> secret);

  /// For this member from this time of day on. The TURN server learns no identity: `user` is a pseudonym, the same for
  /// each of the member's credentials, so that quotas for one user hold.
  signal::IceServers operator()(std::string_view identity, wire::TimeMs day_ms) const;

 private:
  std::vector<std::string> stun_;
  std::vector<std::string> turn_;
  Redacted<std::string> secret_;
};

/// The secret in a file, without a line end; an error is such a sentence.
Result<Redacted<std::string>, std::string> read_secret(const std::string& file);

}  // namespace skypod::server
