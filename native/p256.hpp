// P-256 (FIPS 186-4 appendix D.1.2.3) over OpenSSL: key pairs, the thumbprints that are our identities, signatures over
// octets and raw key agreement. What is signed or encrypted with them stands in jws.hpp and jwe.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
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

  /// ECDSA with SHA-256: r and s, 32 octets each (RFC 7518 section 3.4).
  Bytes sign_octets(BytesView message) const;

  /// sign_es256 of jws.hpp, where it is defined.
  std::string sign(const wire::Json& payload) const;

  /// The ECDH shared secret, 32 octets (RFC 7518 section 4.6, NIST SP 800-56A section 5.7.1.2); nothing if `jwk` is not
  /// a P-256 public key on the curve.
  std::optional<Bytes> agree(const wire::Json& jwk) const;

 private:
  explicit P256Key(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

/// The RFC 7638 SHA-256 thumbprint of a P-256 public JWK as base64url; "" if it is not one (its point is not checked).
std::string thumbprint(const wire::Json& jwk);

/// True if `signature` is r and s, 32 octets each, of the message under the key. Refuses r or s of 0 or at least the
/// group's order, another length, and points that are not on the curve.
bool verify_p256(BytesView message, BytesView signature, const wire::Json& jwk);

}  // namespace skypod
