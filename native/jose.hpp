// ES256 (RFC 7518 section 3.4) over OpenSSL, and no other algorithm: keys, signatures and the thumbprints that are our
// identities. What a token must look like before its signature is checked stands in core/wire/token.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "core/signal/verifier.hpp"
#include "core/wire/json.hpp"

struct evp_pkey_st;

namespace skypod {

/// A P-256 key pair. Copies share the key.
class P256Key {
 public:
  /// A new key from the system's cryptographic source.
  static P256Key generate();

  /// The key in a private JWK (RFC 7518 section 6.2): exactly crv, d, kty, x, y, with d belonging to x and y.
  static std::optional<P256Key> from_private_jwk(const wire::Json& jwk);

  /// All five members: a secret.
  wire::Json private_jwk() const;

  /// The four public members.
  wire::Json public_jwk() const;

  /// The thumbprint of the public key.
  std::string identity() const;

  /// A compact JWS of the payload with header {"alg":"ES256"}.
  std::string sign(const wire::Json& payload) const;

 private:
  explicit P256Key(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

/// SHA-256.
Bytes sha256(BytesView octets);

/// `count` octets from the system's cryptographic source. Ends the process if that fails: nothing may go on without.
Bytes random_octets(std::size_t count);

/// The RFC 7638 SHA-256 thumbprint of a P-256 public JWK as base64url; "" if it is not one (its point is not checked).
std::string thumbprint(const wire::Json& jwk);

/// True if `signature` is r and s, 32 octets each, of the message under the key. Refuses r or s of 0 or at least the
/// group's order, another length, and points that are not on the curve.
bool verify_p256(BytesView message, BytesView signature, const wire::Json& jwk);

/// True if the token is a compact JWS whose header is {"alg":"ES256"} with an optional "typ":"JWT", signed by the key.
bool verify_es256(std::string_view token, const wire::Json& jwk);

/// The realm server's port.
class Es256Verifier final : public signal::Verifier {
 public:
  bool verify(std::string_view token, const wire::Json& jwk, std::string_view identity) const override;
};

}  // namespace skypod
