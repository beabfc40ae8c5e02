// One run of a removal: a realm of five in which one device is removed while it goes on acting, and does not take no
// for an answer. It invites somebody, changes the key, removes others, leaves, or says things, at times that race with
// its removal, while links break and the server restarts. Afterwards all who belong to the realm agree on that, and
// nothing that anyone said after knowing of the removal can be read with what the removed device ever had.
#pragma once

#include "sim/scenario.hpp"

namespace skypod::sim {

/// Runs the scenario that the seed decides. `messages` counts what was said by way of the server.
Outcome run_removal(std::uint64_t seed, bool print_trace);

}  // namespace skypod::sim
