// One run of the sync simulation: 2 to 20 devices that people use while everything goes wrong, then peace; in the end
// all must be the same, and nothing that was acknowledged may be missing.
#pragma once

#include <cstdint>

#include "sim/runner.hpp"

namespace skypod::test {

/// Runs the scenario that the seed decides.
sim::Outcome run_sync_scenario(std::uint64_t seed, bool print_trace);

}  // namespace skypod::test
