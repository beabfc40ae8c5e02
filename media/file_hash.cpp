#include "media/file_hash.hpp"

#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "base/bytes.hpp"

namespace skypod::media {
namespace {

constexpr std::size_t step_octets = 256 * 1024;

struct FreeDigest {
  void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
};

}  // namespace

Result<std::string, Failure> hash_file(int descriptor) {
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  bool is_sound = digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> step(step_octets);
  for (off_t at = 0; is_sound;) {
    const ssize_t octets = pread(descriptor, step.data(), step.size(), at);
    if (octets < 0 && errno == EINTR) continue;
    if (octets < 0)
      return unexpected(
          Failure{"unreadable", std::string("The file cannot be read: ") + std::strerror(errno) + ". Check the disk."});
    if (octets == 0) break;
    is_sound = EVP_DigestUpdate(digest.get(), step.data(), static_cast<std::size_t>(octets)) == 1;
    at += octets;
  }
  Bytes hash(32, '\0');
  is_sound = is_sound && EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr) == 1;
  if (!is_sound)
    return unexpected(Failure{"internal", "SHA-256 cannot be computed here. Check OpenSSL's configuration."});
  return to_hex(hash);
}

}  // namespace skypod::media
