// The short authentication string: seven pictures that both ends of a pairing show, so that people can see that the
// code which arrived is the one that was sent.
//
// The pictures of a code are derived from its signer's key and the code's own random id by PBKDF2. Whoever passes on a
// code of his own instead must find one with the same pictures: 2^42 tries of 2^18 rounds each, between the showing of
// the code and its expiry. One random try succeeds with 2^-42.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "core/ports.hpp"

namespace skypod::realm {

/// How many pictures there are, and how many are shown.
inline constexpr std::size_t pictures_all = 64;
inline constexpr std::size_t pictures_shown = 7;
/// PBKDF2 rounds for one set; about a tenth of a second on a phone.
inline constexpr std::uint32_t picture_rounds = 1U << 18U;

/// A picture and its English name.
struct Picture {
  std::size_t index = 0;
  std::string_view emoji;
  std::string_view name;
};

/// The picture of an index below pictures_all.
Picture picture_at(std::size_t index);

/// The pictures of a code: `signer` is the thumbprint of the key that signed it, `jti` its id.
Task<Result<std::vector<Picture>, wire::Error>> pictures_of(core::Host& host, std::string signer, std::string jti);

}  // namespace skypod::realm
