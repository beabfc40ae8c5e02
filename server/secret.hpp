// Comparing what somebody says with what only few may know.
#pragma once

#include <openssl/crypto.h>

#include <string_view>

namespace skypod::server {

/// Whether they are the same. How long it takes tells nothing but whether their lengths differ.
inline bool is_same_secret(std::string_view said, std::string_view known) {
  return said.size() == known.size() && CRYPTO_memcmp(said.data(), known.data(), said.size()) == 0;
}

}  // namespace skypod::server
