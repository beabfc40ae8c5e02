#include "native/aes.hpp"

#include <openssl/evp.h>

#include <limits>
#include <memory>

#include "native/openssl.hpp"

namespace skypod::aes {
namespace {

using openssl::octets_of;
using openssl::require;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, openssl::Freed<EVP_CIPHER_CTX_free>>;

constexpr std::size_t block_octets = 8;                           // RFC 3394 works on halves of AES blocks
constexpr std::size_t secret_octets_min = 16;                     // section 2: n is at least 2
constexpr std::size_t secret_octets_max = 4096;                   // ours are 32
constexpr std::size_t longest = std::numeric_limits<int>::max();  // OpenSSL counts in int

enum class Direction { open = 0, seal = 1 };

Cipher start(const EVP_CIPHER* kind, Direction direction, BytesView key, const unsigned char* nonce) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  require(cipher != nullptr);
  EVP_CIPHER_CTX_set_flags(cipher.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);  // OpenSSL asks for it before any key wrap
  require(EVP_CipherInit_ex(cipher.get(), kind, nullptr, octets_of(key), nonce, static_cast<int>(direction)) == 1);
  return cipher;
}

/// Feeds the additional data and then the text; the result is as long as the text.
Bytes run_gcm(const Cipher& cipher, BytesView aad, BytesView text) {
  require(aad.size() <= longest && text.size() <= longest);
  int size = 0;
  require(EVP_CipherUpdate(cipher.get(), nullptr, &size, octets_of(aad), static_cast<int>(aad.size())) == 1);
  Bytes out(text.size(), '\0');
  require(EVP_CipherUpdate(cipher.get(), octets_of(out), &size, octets_of(text), static_cast<int>(text.size())) == 1);
  return out;
}

/// Runs RFC 3394 one way; `wrapped_octets` is the size of the longer side.
std::optional<Bytes> run_wrap(Direction direction, BytesView kek, BytesView input, std::size_t wrapped_octets) {
  if (kek.size() != key_octets || input.size() % block_octets != 0 ||
      wrapped_octets < secret_octets_min + block_octets || wrapped_octets > secret_octets_max + block_octets) {
    return std::nullopt;
  }
  const Cipher cipher = start(EVP_aes_256_wrap(), direction, kek, nullptr);  // no nonce: the default initial value
  Bytes out(wrapped_octets + block_octets, '\0');
  int size = 0;
  if (EVP_CipherUpdate(cipher.get(), octets_of(out), &size, octets_of(input), static_cast<int>(input.size())) != 1) {
    return std::nullopt;
  }
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

Sealed gcm_seal(BytesView key, BytesView nonce, BytesView aad, BytesView plaintext) {
  require(key.size() == key_octets && nonce.size() == nonce_octets);
  const Cipher cipher = start(EVP_aes_256_gcm(), Direction::seal, key, octets_of(nonce));
  Sealed sealed{run_gcm(cipher, aad, plaintext), Bytes(tag_octets, '\0')};
  int size = 0;
  require(EVP_CipherFinal_ex(cipher.get(), octets_of(sealed.tag), &size) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, tag_octets, sealed.tag.data()) == 1);
  return sealed;
}

std::optional<Bytes> gcm_open(BytesView key, BytesView nonce, BytesView aad, const Sealed& sealed) {
  if (key.size() != key_octets || nonce.size() != nonce_octets || sealed.tag.size() != tag_octets) {
    return std::nullopt;
  }
  const Cipher cipher = start(EVP_aes_256_gcm(), Direction::open, key, octets_of(nonce));
  Bytes plaintext = run_gcm(cipher, aad, sealed.ciphertext);
  Bytes tag = sealed.tag;
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, tag_octets, tag.data()) == 1);
  int size = 0;
  const bool fits = EVP_CipherFinal_ex(cipher.get(), octets_of(tag), &size) == 1;
  return fits ? std::optional(std::move(plaintext)) : std::nullopt;
}

std::optional<Bytes> wrap_key(BytesView kek, BytesView secret) {
  return run_wrap(Direction::seal, kek, secret, secret.size() + block_octets);
}

std::optional<Bytes> unwrap_key(BytesView kek, BytesView wrapped) {
  return run_wrap(Direction::open, kek, wrapped, wrapped.size());
}

}  // namespace skypod::aes
