#include "sim/world.hpp"

#include <algorithm>
#include <cstdio>

namespace skypod::sim {

void World::after(TimeMs delay_ms, std::function<void()> what) {
  agenda_.emplace(std::pair{now_ + delay_ms, ++sequence_}, std::move(what));
}

TimeMs World::between(TimeMs least, TimeMs most) {
  return least + static_cast<TimeMs>(random_.below(static_cast<std::uint64_t>(most - least + 1)));
}

void World::run(TimeMs until) {
  while (!agenda_.empty() && agenda_.begin()->first.first <= until && violation_.empty()) {
    const auto next = agenda_.begin();
    now_ = next->first.first;
    const std::function<void()> what = std::move(next->second);
    agenda_.erase(next);
    what();
  }
  now_ = std::max(now_, until);
}

void World::note(std::string_view what, std::string_view detail) {
  const std::string line = std::to_string(now_) + " " + std::string(what) + " " + std::string(detail);
  for (const char letter : line) {
    trace_ = (trace_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  }
  if (printing_) {
    std::fprintf(stderr, "%.200s\n", line.c_str());
  }
}

void World::violate(std::string what) {
  note("VIOLATION", what);
  if (violation_.empty()) violation_ = std::move(what);
}

void Pipe::push(TimeMs least, TimeMs most, std::function<void()> deliver) {
  const TimeMs arrival = std::max(last_ms_, world_.now() + world_.between(least, most));
  last_ms_ = arrival;
  world_.after(arrival - world_.now(), std::move(deliver));
}

}  // namespace skypod::sim
