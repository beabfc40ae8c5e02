// The simulation of realms: sim_run. Its arguments are at the top of sim/runner.hpp, and one more:
//
//   sim_run --removal …                      the scenario of sim/removal.hpp instead of sim/scenario.hpp
#include <string_view>
#include <vector>

#include "sim/removal.hpp"
#include "sim/runner.hpp"
#include "sim/scenario.hpp"

int main(int count, char** texts) {
  std::vector<char*> arguments(texts, texts + count);
  const auto taken = std::erase_if(arguments, [](const char* it) { return std::string_view(it) == "--removal"; });
  const auto scenario = taken > 0 ? skypod::sim::run_removal : skypod::sim::run_scenario;
  return skypod::sim::run_seeds(static_cast<int>(arguments.size()), arguments.data(), scenario);
}
