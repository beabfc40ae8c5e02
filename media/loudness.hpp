// Integrated loudness (EBU R 128, ITU-R BS.1770-4): blocks of 0.4 s that overlap by three quarters, of which the quiet
// ones do not count.
#pragma once

#include <optional>
#include <span>

#include "media/part.hpp"

namespace skypod::media {

/// In LUFS; nothing if no block is loud enough to count, or there is no whole one. The last cell counts only if it is
/// `complete` (else the file ends within it).
std::optional<double> integrated_loudness(std::span<const Cell> cells, bool complete);

}  // namespace skypod::media
