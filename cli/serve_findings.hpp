// Whether `skypod serve` can do its work on this machine: its port, its directory, its certificate, the clock.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/finding.hpp"

namespace skypod::cli {

/// Less free space than this is a warning; less than a tenth of it is bad. The cache alone may take 2 GiB.
inline constexpr std::uintmax_t serve_space_min = 3'000'000'000;

/// How it is run, or is to be.
struct ServePlan {
  std::string listen;
  std::filesystem::path data;
  std::optional<std::filesystem::path> tls_certificate, tls_key;
};

/// Is the port free or a skypod's already, can the directory be written to, has it room, is the registry whole, do the
/// certificate and its key go together, is the clock kept right? Changes nothing that stays.
Findings serve_findings(const ServePlan& plan);

/// What follows from whether the kernel's clock is kept right by the network.
Finding synchrony_finding(bool is_synchronised);

}  // namespace skypod::cli
