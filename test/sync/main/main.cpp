// The simulation of libraries that sync: sync_sim. Its arguments are at the top of sim/runner.hpp.
#include "sim/runner.hpp"
#include "test/sync/scenario.hpp"

int main(int count, char** texts) {
  return skypod::sim::run_seeds(count, texts, skypod::test::run_sync_scenario);
}
