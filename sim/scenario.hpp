// One run of the realm: a founder and four devices that join one after another, talk while links break, channels break
// and the server restarts, and must all be connected with every message delivered once when the trouble is over.
#pragma once

#include <cstdint>

#include "sim/runner.hpp"

namespace skypod::sim {

/// Runs the scenario that the seed decides.
Outcome run_scenario(std::uint64_t seed, bool print_trace);

}  // namespace skypod::sim
