#include "native/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <limits>

#include "native/openssl.hpp"

namespace skypod {

using openssl::octets_of;
using openssl::require;

namespace {

Bytes hmac(const EVP_MD* digest, BytesView key, BytesView octets) {
  Bytes code(static_cast<std::size_t>(EVP_MD_get_size(digest)), '\0');
  require(HMAC(digest, key.data(), static_cast<int>(key.size()), octets_of(octets), octets.size(), octets_of(code),
               nullptr) != nullptr);
  return code;
}

}  // namespace

Bytes sha256(BytesView octets) {
  Bytes digest(32, '\0');
  require(EVP_Digest(octets.data(), octets.size(), octets_of(digest), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Bytes hmac_sha1(BytesView key, BytesView octets) {
  return hmac(EVP_sha1(), key, octets);
}

Bytes hmac_sha256(BytesView key, BytesView octets) {
  return hmac(EVP_sha256(), key, octets);
}

Bytes pbkdf2_sha256(BytesView secret, BytesView salt, std::uint32_t rounds) {
  require(rounds > 0 && rounds <= stretch_rounds_max);
  Bytes key(32, '\0');
  require(PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()), octets_of(salt),
                            static_cast<int>(salt.size()), static_cast<int>(rounds), EVP_sha256(),
                            static_cast<int>(key.size()), octets_of(key)) == 1);
  return key;
}

Bytes random_octets(std::size_t count) {
  require(count <= std::numeric_limits<int>::max());
  Bytes octets(count, '\0');
  require(RAND_bytes(octets_of(octets), static_cast<int>(count)) == 1);
  return octets;
}

}  // namespace skypod
