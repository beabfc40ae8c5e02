// Virtual time: what happens when, in an order that only the seed decides. Everything that happens is hashed into a
// trace, so that two runs can be compared by one number.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "core/wire/token.hpp"

namespace skypod::sim {

using wire::TimeMs;

/// The clock, the dice, the agenda and the trace of one run.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  TimeMs now() const { return now_; }
  Random& random() { return random_; }

  /// Does something after `delay_ms`; things due at the same time happen in the order in which they were put here.
  void after(TimeMs delay_ms, std::function<void()> what);

  /// A delay in [least, most].
  TimeMs between(TimeMs least, TimeMs most);

  /// Runs until `until`, or until nothing is left.
  void run(TimeMs until);

  /// Adds to the trace.
  void note(std::string_view what, std::string_view detail = {});
  std::uint64_t trace_hash() const { return trace_; }

  /// Something happened that never may. The first one is kept.
  void violate(std::string what);
  const std::string& violation() const { return violation_; }

  /// Prints the trace to standard error as it grows.
  void print_trace(bool print) { printing_ = print; }

 private:
  TimeMs now_ = 1'700'000'000'000;  // an ordinary day
  Random random_;
  std::map<std::pair<TimeMs, std::uint64_t>, std::function<void()>> agenda_;
  std::uint64_t sequence_ = 0;
  std::uint64_t trace_ = 0xcbf29ce484222325;  // FNV-1a, 64 bits
  std::string violation_;
  bool printing_ = false;
};

/// A first-in, first-out pipe with a latency that varies: later things never overtake earlier ones.
class Pipe {
 public:
  explicit Pipe(World& world) : world_(world) {}
  /// Delivers after between(least, most) or right after what is in the pipe already.
  void push(TimeMs least, TimeMs most, std::function<void()> deliver);

 private:
  World& world_;
  TimeMs last_ms_ = 0;
};

}  // namespace skypod::sim
