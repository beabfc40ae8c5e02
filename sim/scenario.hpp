// One run of the realm: a founder and four devices that join one after another, talk while links break, channels break
// and the server restarts, and must all be connected with every message delivered once when the trouble is over.
#pragma once

#include <cstdint>
#include <string>

namespace skypod::sim {

/// What a run came to.
struct Outcome {
  std::string problem;  // "" if all invariants held
  std::uint64_t trace = 0;
  std::size_t messages = 0;  // sent, all of them delivered if there is no problem
};

/// Runs the scenario that the seed decides.
Outcome run_scenario(std::uint64_t seed, bool print_trace);

}  // namespace skypod::sim
