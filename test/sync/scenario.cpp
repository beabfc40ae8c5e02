#include "test/sync/scenario.hpp"

#include <deque>
#include <set>

#include "test/sync/node.hpp"

namespace skypod::test {
namespace {

using wire::TimeMs;

constexpr TimeMs trouble_ms = 60'000;
constexpr TimeMs healing_ms = 600'000;
constexpr TimeMs ticks_ms = 30'000;
constexpr TimeMs day_ms = 24 * 60 * 60'000;
constexpr std::size_t messages_max = 50'000;  // in one run: more would be a conversation without end

/// The devices and the network between them.
class Household {
 public:
  explicit Household(sim::World& world)
      : world_(world), count_(2 + world.random().below(world.random().chance(15) ? 19 : 5)) {
    for (std::size_t i = 0; i < count_; ++i) {
      nodes_.emplace_back(world_, i, count_, [this](std::size_t from, std::size_t to, const wire::Envelope& message) {
        send(from, to, message);
      });
    }
    for (Node& node : nodes_) node.start();
  }

  void plan_trouble() {
    for (TimeMs at = 0; at < trouble_ms; at += world_.between(1, 2 * trouble_ms / 90)) {
      world_.after(at, [this] { trouble(); });
    }
    const std::size_t deeds = 20 + world_.random().below(60);
    for (std::size_t i = 0; i < deeds; ++i) {
      world_.after(world_.between(10, trouble_ms), [this] { any().act(); });
    }
  }

  /// Everything works from now on. Devices form a ring with some links across.
  void heal() {
    faults_ = 0;
    ++epoch_;
    for (Node& node : nodes_) {
      node.fill_disk(false);
      node.set_skew(0);
      node.crash();  // whoever could not open its library starts again
      node.start();
      node.hear_time();
    }
    world_.after(1'000, [this] {
      for (std::size_t i = 0; i + 1 < count_; ++i) link(i, i + 1);
      for (std::size_t i = 0; i < count_ / 3; ++i) link(world_.random().below(count_), world_.random().below(count_));
    });
    for (TimeMs at = 0; at < healing_ms; at += ticks_ms) {
      world_.after(at, [this] {
        for (Node& node : nodes_) node.tick();
      });
    }
    // People go on while the devices find each other.
    const std::size_t deeds = world_.random().below(12);
    for (std::size_t i = 0; i < deeds; ++i) world_.after(world_.between(1'000, 1'060), [this] { any().act(); });
  }

  std::string problem() {
    for (std::size_t i = 1; i < count_; ++i) {
      const std::string first = nodes_[0].state();
      const std::string other = nodes_[i].state();
      if (first == other) continue;
      world_.note("state", first);
      world_.note("state", other);
      return "devices 0 and " + std::to_string(i) + " of " + std::to_string(count_) + " differ";
    }
    for (std::size_t device = 0; device < count_; ++device) {
      for (const auto& [episode, position] : nodes_[device].acknowledged()) {
        if (nodes_[0].seen(device, episode) < position) return "a position that was acknowledged is lost: " + episode;
      }
    }
    return messages_ > messages_max ? "they never stop talking" : "";
  }
  std::size_t messages() const { return messages_; }

 private:
  Node& any() { return nodes_[world_.random().below(count_)]; }

  void send(std::size_t from, std::size_t to, const wire::Envelope& message) {
    if (++messages_ > messages_max || world_.random().chance(faults_)) return;
    const int copies = world_.random().chance(faults_) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      // In trouble messages overtake each other; in peace they keep their order, as the stream of a channel does.
      const TimeMs delay = faults_ > 0 ? world_.between(1, 3'000) : 5;
      world_.after(delay, [this, from, to, message, epoch = epoch_] {
        if (epoch == epoch_) deliver(from, to, message);
      });
    }
  }

  void deliver(std::size_t from, std::size_t to, const wire::Envelope& message) {
    world_.note("deliver", std::to_string(from) + " to " + std::to_string(to) + " " + message.msg);
    nodes_[to].deliver(from, message);
    if (faults_ > 0 && world_.random().chance(25)) watch(to);
  }

  /// A record of a device that is seen to go back means that a position was rewound.
  void watch(std::size_t at) {
    if (nodes_[at].clock_was_wrong()) return;
    const std::size_t device = world_.random().below(count_);
    for (const auto& [episode, position] : nodes_[device].acknowledged()) {
      const std::int64_t now = nodes_[at].seen(device, episode);
      std::int64_t& before = watched_.try_emplace({at, device, episode}, -1).first->second;
      if (now < before) world_.violate("a position went back: " + episode);
      if (now != INT64_MAX) before = std::max(before, now);
    }
  }

  void link(std::size_t a, std::size_t b) {
    if (a == b) return;
    nodes_[a].connect(b);
    nodes_[b].connect(a);
  }

  void trouble() {
    const std::size_t a = world_.random().below(count_);
    const std::size_t b = world_.random().below(count_);
    switch (world_.random().below(13)) {
      case 0:
        nodes_[a].crash();
        return world_.after(world_.between(0, 5'000), [this, a] {
          if (!nodes_[a].running()) nodes_[a].start();
        });
      case 1:
        nodes_[a].fill_disk(true);
        return world_.after(world_.between(100, 5'000), [this, a] { nodes_[a].fill_disk(false); });
      case 2: {
        if (!world_.random().chance(30)) return;
        nodes_[a].set_skew(world_.random().chance(50) ? day_ms : -day_ms);
        return world_.after(world_.between(100, 20'000), [this, a] {
          nodes_[a].set_skew(0);
          nodes_[a].hear_time();
        });
      }
      case 3:
        faults_ = static_cast<unsigned>(world_.random().below(30));
        return;
      case 4:
        if (const auto author = nodes_[b].author()) nodes_[a].deceive(*author);
        return;
      case 5:
      case 6:
        nodes_[a].disconnect(b);
        return nodes_[b].disconnect(a);
      default:
        return link(a, b);
    }
  }

  sim::World& world_;
  std::size_t count_;
  std::deque<Node> nodes_;
  unsigned faults_ = 5;
  std::uint64_t epoch_ = 0;
  std::size_t messages_ = 0;
  std::map<std::tuple<std::size_t, std::size_t, std::string>, std::int64_t> watched_;
};

}  // namespace

sim::Outcome run_sync_scenario(std::uint64_t seed, bool print_trace) {
  sim::World world(seed);
  world.print_trace(print_trace);
  Household household(world);
  household.plan_trouble();
  world.run(world.now() + trouble_ms);
  household.heal();
  world.run(world.now() + healing_ms);
  sim::Outcome outcome;
  outcome.problem = world.violation();
  const std::string problem = household.problem();
  if (outcome.problem.empty()) outcome.problem = world.violation().empty() ? problem : world.violation();
  outcome.trace = world.trace_hash();
  outcome.messages = household.messages();
  return outcome;
}

}  // namespace skypod::test
