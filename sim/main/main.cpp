// The simulation of realms: sim_run. Its arguments are at the top of sim/runner.hpp.
#include "sim/runner.hpp"
#include "sim/scenario.hpp"

int main(int count, char** texts) {
  return skypod::sim::run_seeds(count, texts, skypod::sim::run_scenario);
}
