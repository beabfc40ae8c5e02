// Whether a data directory can keep what it is given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/finding.hpp"

namespace skypod::cli {

/// Less free space than this is a warning; less than a tenth of it is bad, as a library may not be stored.
inline constexpr std::uintmax_t free_space_min = 500'000'000;

/// Is the directory there, or can it be made; can it be written to, and is there room? Changes nothing that stays.
Findings place_findings(const std::filesystem::path& data, std::uintmax_t space_min);

/// Whether a SQLite file is whole; `mend` is for one that is not.
Finding database_finding(const std::string& name, const std::filesystem::path& file, const std::string& mend);

/// Both of a device's directory, and: is the identity this user's alone?
Findings storage_findings(const std::filesystem::path& data);

}  // namespace skypod::cli
