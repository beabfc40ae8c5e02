// Range-based set reconciliation (Aljoscha Meyer, "Range-Based Set Reconciliation", 2023) over an Index. The two sides
// compare sums of ranges; where they differ, a range is split in 16, until it is small enough to name its items. What
// it costs follows the difference, not the sets.
//
// Sums add up, so the difference of two sums tells a single missing item at any level: if it is the hash of one of our
// items, that is what the other side lacks, and no more splitting is needed.
#pragma once

#include <optional>
#include <vector>

#include "core/sync/index.hpp"

namespace skypod::sync {

/// Ranges are split in so many, and named item by item when they hold no more.
inline constexpr std::size_t split = 16;
inline constexpr std::size_t leaf_max = 16;
/// Octets of one message, and ranges and names in one.
inline constexpr std::size_t ranges_octets_max = 64 * 1024;
inline constexpr std::size_t ranges_max = 8 * 1024;
inline constexpr std::size_t names_max = 8 * 1024;

/// What a message of the other side leads to.
struct RangesOutcome {
  Bytes reply;              // "" if nothing is left to compare
  std::vector<Item> lacks;  // what the other side lacks, to be sent
};

/// The first message: the whole set, split.
Bytes open_ranges(const Index& index);

/// Handles a message; nothing if it is malformed.
std::optional<RangesOutcome> answer_ranges(const Index& index, BytesView message);

}  // namespace skypod::sync
