#include "native/digest.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <limits>

#include "native/openssl.hpp"

namespace skypod {

using openssl::octets_of;
using openssl::require;

Bytes sha256(BytesView octets) {
  Bytes digest(32, '\0');
  require(EVP_Digest(octets.data(), octets.size(), octets_of(digest), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
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
