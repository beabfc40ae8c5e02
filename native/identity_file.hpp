// This device's identity on disk: its P-256 key as a private JWK in a file that only its owner can read. Whoever has
// the file is the device.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "native/p256.hpp"

namespace skypod {

/// Most octets of an identity file; ours have about 230.
inline constexpr std::size_t identity_file_max = 4096;

/// The key in the file. Fails with a sentence that says the mend if the file is missing, is no P-256 private JWK, is
/// longer than identity_file_max, is not a plain file of this user's, or may be read or written by others.
Result<P256Key, std::string> load_identity(const std::filesystem::path& file);

/// Makes a key and stores it: mode 0600, and either whole and durable or not at all. Fails if the file is there.
Result<P256Key, std::string> create_identity(const std::filesystem::path& file);

}  // namespace skypod
