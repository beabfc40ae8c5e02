// One run of the realm: a founder and four devices that join one after another and talk while links break, channels
// break, fall silent or stall, UDP is blocked for a while and the server restarts. When the trouble is over, all must
// be connected, and every message, long ones too, delivered once and in order, whichever rungs have carried it. They
// fetch feeds for each other meanwhile: each that was wanted is answered, and the server hears of no private one.
#pragma once

#include <cstdint>

#include "sim/runner.hpp"

namespace skypod::sim {

/// Runs the scenario that the seed decides.
Outcome run_scenario(std::uint64_t seed, bool print_trace);

/// The same where UDP is blocked throughout: the relay carries everything.
Outcome run_relayed(std::uint64_t seed, bool print_trace);

}  // namespace skypod::sim
