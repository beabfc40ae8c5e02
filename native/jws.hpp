// ES256 tokens (RFC 7515 compact JWS, RFC 7518 section 3.4), and no other algorithm. What a token must look like before
// its signature is checked stands in core/wire/token.hpp, the rules for its header in compact.hpp.
#pragma once

#include <string>
#include <string_view>

#include "core/signal/verifier.hpp"
#include "core/wire/json.hpp"
#include "native/p256.hpp"

namespace skypod {

/// A compact JWS of the payload with header {"alg":"ES256"}.
std::string sign_es256(const P256Key& key, const wire::Json& payload);

/// True if the token is a compact JWS of at most wire::token_max letters whose header is {"alg":"ES256"} with an
/// optional "typ":"JWT", signed by the key. The payload is not read.
bool verify_es256(std::string_view token, const wire::Json& jwk);

/// verify_es256, and `identity` is the key's thumbprint.
bool verify_identity(std::string_view token, const wire::Json& jwk, std::string_view identity);

/// The realm server's port.
class Es256Verifier final : public signal::Verifier {
 public:
  bool verify(std::string_view token, const wire::Json& jwk, std::string_view identity) const override;
  std::string thumbprint(const wire::Json& jwk) const override;
};

}  // namespace skypod
