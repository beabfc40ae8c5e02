// Runs a scenario over a range of seeds and says which of them broke an invariant. The command line of every
// simulation:
//
//   PROGRAM --first 1 --seeds 1000           a fixed range
//   PROGRAM --seed 42 --trace                one seed, with everything that happens
//   PROGRAM --fresh --seeds 50               seeds nobody has run before; the first is printed
//   PROGRAM --twice …                        each seed twice: the traces must be the same
//   PROGRAM --expect-violation …             succeeds only if a seed fails (for canaries)
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace skypod::sim {

/// What a run came to.
struct Outcome {
  std::string problem;  // "" if all invariants held
  std::uint64_t trace = 0;
  std::size_t messages = 0;
};

/// Runs the scenario that a seed decides.
using Scenario = std::function<Outcome(std::uint64_t seed, bool print_trace)>;

/// Reads the command line, runs the seeds, and answers the exit code.
int run_seeds(int count, char** texts, const Scenario& scenario);

}  // namespace skypod::sim
