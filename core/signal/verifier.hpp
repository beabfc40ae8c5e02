// What the server's decisions ask of cryptography. These are pure functions, so it is a port that answers at
// once rather than a request that is answered later.
#pragma once

#include <string>
#include <string_view>

#include "core/wire/json.hpp"

namespace skypod::signal {

/// Checks signatures; what it answers depends on its arguments only.
class Verifier {
 public:
  virtual ~Verifier() = default;

  /// True if the thumbprint of `jwk` (RFC 7638 with SHA-256, base64url) is `identity` and `token` is a compact JWS that
  /// this key signed with ES256 (RFC 7518 section 3.4). False for whatever cannot be parsed.
  virtual bool verify(std::string_view token, const wire::Json& jwk, std::string_view identity) const = 0;

  /// The thumbprint of `jwk` (RFC 7638 with SHA-256, base64url); "" for what is no P-256 public key.
  virtual std::string thumbprint(const wire::Json& jwk) const = 0;
};

}  // namespace skypod::signal
