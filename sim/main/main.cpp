// The simulation of realms: sim_run. Its arguments are at the top of sim/runner.hpp, and one more of these:
//
//   sim_run --removal …                      the scenario of sim/removal.hpp instead of sim/scenario.hpp
//   sim_run --relayed …                      that of sim/scenario.hpp where UDP is blocked throughout
#include <string_view>
#include <vector>

#include "sim/removal.hpp"
#include "sim/runner.hpp"
#include "sim/scenario.hpp"

int main(int count, char** texts) {
  std::vector<char*> arguments(texts, texts + count);
  const auto take = [&arguments](std::string_view name) {
    return std::erase_if(arguments, [name](const char* it) { return std::string_view(it) == name; }) > 0;
  };
  skypod::sim::Scenario scenario = skypod::sim::run_scenario;
  if (take("--removal")) scenario = skypod::sim::run_removal;
  if (take("--relayed")) scenario = skypod::sim::run_relayed;
  return skypod::sim::run_seeds(static_cast<int>(arguments.size()), arguments.data(), scenario);
}
