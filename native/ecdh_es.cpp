#include "native/ecdh_es.hpp"

#include "native/aes.hpp"
#include "native/digest.hpp"

namespace skypod::ecdh_es {
namespace {

/// A big-endian 32-bit number.
Bytes word(std::size_t value) {
  Bytes octets;
  for (const int shift : {24, 16, 8, 0}) octets += static_cast<char>((value >> shift) & 255);
  return octets;
}

/// The key-encryption key of a shared secret: the Concat KDF of NIST SP 800-56A section 5.8.1 with SHA-256, whose one
/// round gives the 256 bits, and the OtherInfo of RFC 7518 section 4.6.2 with apu and apv absent.
Bytes concat_kdf(BytesView shared_secret) {
  return sha256(word(1) + Bytes(shared_secret) + word(name.size()) + Bytes(name) + word(0) + word(0) +
                word(aes::key_octets * 8));
}

}  // namespace

std::optional<Wrapped> wrap(const wire::Json& jwk, BytesView content_key) {
  const P256Key ephemeral = P256Key::generate();
  const auto shared_secret = ephemeral.agree(jwk);
  const auto encrypted = shared_secret ? aes::wrap_key(concat_kdf(*shared_secret), content_key) : std::nullopt;
  return encrypted ? std::optional(Wrapped{ephemeral.public_jwk(), *encrypted}) : std::nullopt;
}

std::optional<Bytes> wrapping_key(const P256Key& self, const wire::Json& epk) {
  const auto shared_secret = self.agree(epk);
  return shared_secret ? std::optional(concat_kdf(*shared_secret)) : std::nullopt;
}

}  // namespace skypod::ecdh_es
