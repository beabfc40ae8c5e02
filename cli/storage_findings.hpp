// Whether a data directory can keep what it is given.
#pragma once

#include <filesystem>

#include "cli/finding.hpp"

namespace skypod::cli {

/// Less free space than this is a warning; less than a tenth of it is bad, as a library may not be stored.
inline constexpr std::uintmax_t free_space_min = 500'000'000;

/// Is the directory there and writable, is there room, is the identity this user's alone, is the library whole? Changes
/// nothing that stays.
Findings storage_findings(const std::filesystem::path& data);

}  // namespace skypod::cli
