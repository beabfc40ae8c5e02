// Fetches many feeds: some at once, so that a slow host holds up nobody but its own feeds; few of one host, which is
// polite; none twice at the same time, whoever wants it. What several rounds want is taken in turns. Tells the host's
// people how far it is: "feeds.progress" {done, left}, of all rounds that overlap.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "core/ports.hpp"

namespace skypod::device {

/// Feeds that are fetched at once, and how many of them of one origin.
inline constexpr std::size_t feeds_at_once = 6;
inline constexpr std::size_t origin_feeds_at_once = 2;

/// One device's crew. Outlives whoever waits for a round.
class FetchCrew {
 public:
  explicit FetchCrew(core::Host& host) : host_(host) {}

  /// Fetches one feed. What it captured lives until its task has ended.
  using Fetch = std::function<Task<Result<void, wire::Error>>(std::string feed)>;

  /// Has each of these fetched, in their order as far as others of the same origin allow; done when all of them are.
  /// The first problem that came up, if one did.
  Task<Result<void, wire::Error>> run(std::vector<std::string> feeds, Fetch fetch);

 private:
  struct Round {
    Fetch fetch;
    std::deque<std::string> waiting;
    std::size_t under_way = 0;
    Result<void, wire::Error> outcome{};
    OneShot<bool> over{};
  };
  using RoundPtr = std::shared_ptr<Round>;

  void begin_what_may();
  bool begin_one();
  bool may_begin(const std::string& feed) const;
  Task<void> work(RoundPtr round, std::string feed);
  void tell_progress();

  core::Host& host_;
  std::deque<RoundPtr> rounds_;  // with something waiting or under way; the next one to be served in front
  std::set<std::string> feeds_;  // under way
  std::map<std::string, std::size_t> origins_;
  std::size_t done_ = 0, left_ = 0;
  bool beginning_ = false;
  TaskScope tasks_;  // last: destroyed first
};

}  // namespace skypod::device
