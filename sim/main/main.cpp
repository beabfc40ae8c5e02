// Runs the simulation over a range of seeds and says which of them broke an invariant.
//
//   sim_run --first 1 --seeds 1000           a fixed range
//   sim_run --seed 42 --trace                one seed, with everything that happens
//   sim_run --fresh --seeds 50               seeds nobody has run before; the first is printed
//   sim_run --twice …                        each seed twice: the traces must be the same
//   sim_run --expect-violation …             succeeds only if a seed fails (for canaries)
//   sim_run --removal …                      the scenario of sim/removal.hpp instead of sim/scenario.hpp
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/removal.hpp"
#include "sim/scenario.hpp"

namespace {

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1;
  bool trace = false;
  bool twice = false;
  bool expect_violation = false;
  bool removal = false;
  bool valid = true;
};

std::uint64_t fresh_seed() {
  return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) % 1'000'000'000'000;
}

Arguments read_arguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = texts[i];
    const bool has_value = name == "--first" || name == "--seeds" || name == "--seed";
    if (has_value && i + 1 < count) {
      const std::uint64_t value = std::strtoull(texts[++i], nullptr, 10);
      (name == "--seeds" ? arguments.seeds : arguments.first) = value;
    } else if (name == "--trace") {
      arguments.trace = true;
    } else if (name == "--twice") {
      arguments.twice = true;
    } else if (name == "--fresh") {
      arguments.first = fresh_seed();
    } else if (name == "--expect-violation") {
      arguments.expect_violation = true;
    } else if (name == "--removal") {
      arguments.removal = true;
    } else {
      arguments.valid = false;
    }
  }
  return arguments;
}

/// Runs one seed; true if all was well.
bool run_seed(std::uint64_t seed, const Arguments& arguments, std::size_t& messages, std::uint64_t& combined) {
  const auto run = arguments.removal ? skypod::sim::run_removal : skypod::sim::run_scenario;
  const skypod::sim::Outcome outcome = run(seed, arguments.trace);
  messages += outcome.messages;
  combined = combined * 31 + outcome.trace;
  if (!outcome.problem.empty()) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), outcome.problem.c_str());
    return false;
  }
  if (arguments.twice && run(seed, false).trace != outcome.trace) {
    std::printf("seed %llu: two runs differ\n", static_cast<unsigned long long>(seed));
    return false;
  }
  return true;
}

}  // namespace

int main(int count, char** texts) {
  const Arguments arguments = read_arguments(count, texts);
  if (!arguments.valid) {
    std::fprintf(stderr, "sim_run: unknown argument. See the top of sim/main/main.cpp.\n");
    return 2;
  }
  std::uint64_t failed = 0;
  std::size_t messages = 0;
  std::uint64_t combined = 0;
  std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(arguments.first),
              static_cast<unsigned long long>(arguments.first + arguments.seeds - 1));
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
    failed += run_seed(arguments.first + i, arguments, messages, combined) ? 0 : 1;
    if (failed > 0 && arguments.expect_violation) break;
  }
  std::printf("%llu seeds failed, %zu messages, trace %016llx\n", static_cast<unsigned long long>(failed), messages,
              static_cast<unsigned long long>(combined));
  return (failed > 0) == arguments.expect_violation ? 0 : 1;
}
