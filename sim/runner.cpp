#include "sim/runner.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace skypod::sim {
namespace {

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1;
  bool trace = false;
  bool twice = false;
  bool expect_violation = false;
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
    } else {
      arguments.valid = false;
    }
  }
  return arguments;
}

/// Runs one seed; true if all was well.
bool run_seed(const Scenario& scenario, std::uint64_t seed, const Arguments& arguments, std::size_t& messages,
              std::uint64_t& combined) {
  const Outcome outcome = scenario(seed, arguments.trace);
  messages += outcome.messages;
  combined = combined * 31 + outcome.trace;
  if (!outcome.problem.empty()) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), outcome.problem.c_str());
    return false;
  }
  if (arguments.twice && scenario(seed, false).trace != outcome.trace) {
    std::printf("seed %llu: two runs differ\n", static_cast<unsigned long long>(seed));
    return false;
  }
  return true;
}

}  // namespace

int run_seeds(int count, char** texts, const Scenario& scenario) {
  const Arguments arguments = read_arguments(count, texts);
  if (!arguments.valid) {
    std::fprintf(stderr, "unknown argument; see the top of sim/runner.hpp\n");
    return 2;
  }
  std::uint64_t failed = 0;
  std::size_t messages = 0;
  std::uint64_t combined = 0;
  std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(arguments.first),
              static_cast<unsigned long long>(arguments.first + arguments.seeds - 1));
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
    failed += run_seed(scenario, arguments.first + i, arguments, messages, combined) ? 0 : 1;
    if (failed > 0 && arguments.expect_violation) break;
  }
  std::printf("%llu seeds failed, %zu messages, trace %016llx\n", static_cast<unsigned long long>(failed), messages,
              static_cast<unsigned long long>(combined));
  return (failed > 0) == arguments.expect_violation ? 0 : 1;
}

}  // namespace skypod::sim
