#include "sim/scenario.hpp"

#include <algorithm>
#include <deque>

#include "base/percent.hpp"
#include "sim/actor.hpp"

namespace skypod::sim {
namespace {

constexpr std::size_t actors_count = 5;
constexpr int messages_each = 20;
constexpr TimeMs trouble_ms = 90'000;  // from the beginning
constexpr TimeMs healing_ms = 240'000;

struct Realm {
  explicit Realm(World& the_world) : world(the_world), cloud(the_world), fabric(the_world) {
    for (std::size_t i = 0; i < actors_count; ++i) actors.emplace_back(world, cloud, fabric, i);
  }
  World& world;
  Cloud cloud;
  RtcFabric fabric;
  std::deque<Actor> actors;
};

void plan_joining(Realm& realm) {
  realm.world.after(0, [&realm] { realm.actors[0].found(); });
  for (std::size_t i = 1; i < actors_count; ++i) {
    const std::size_t inviter = realm.world.random().below(i);
    const TimeMs at = static_cast<TimeMs>(i) * 9'000 + realm.world.between(0, 3'000);
    realm.world.after(at, [&realm, i, inviter] {
      Actor& from = realm.actors[inviter].is_member() ? realm.actors[inviter] : realm.actors[0];
      realm.actors[i].join(from);
    });
  }
}

void plan_talking(Realm& realm) {
  for (Actor& actor : realm.actors) {
    for (int i = 0; i < messages_each; ++i) {
      realm.world.after(realm.world.between(15'000, trouble_ms), [&actor] { actor.talk(); });
    }
  }
}

/// Every second feed is private.
bool may_tell_server(std::int64_t number) {
  return number % 2 == 0;
}

void plan_reading(Realm& realm) {
  for (Actor& actor : realm.actors) {
    for (std::int64_t number = 0; number < feeds_known; ++number) {
      realm.world.after(realm.world.between(15'000, trouble_ms),
                        [&actor, number] { actor.want_feed(number, may_tell_server(number)); });
      realm.world.after(realm.world.between(15'000, trouble_ms), [&actor] { actor.mislead(); });
    }
  }
}

/// For some time in the middle nobody reaches anybody but by the relay.
void plan_blockade(Realm& realm) {
  World& world = realm.world;
  const TimeMs from = world.between(20'000, 50'000);
  world.after(from, [&realm] { realm.fabric.block(); });
  world.after(from + world.between(5'000, 30'000), [&realm] { realm.fabric.unblock(); });
}

void plan_trouble(Realm& realm) {
  World& world = realm.world;
  realm.fabric.set_faults(10);
  world.after(trouble_ms, [&realm] { realm.fabric.set_faults(0); });
  for (TimeMs at = 3'000; at < trouble_ms; at += world.between(500, 8'000)) {
    switch (world.random().below(10)) {
      case 0:
        if (world.random().chance(30)) world.after(at, [&realm] { realm.cloud.restart(); });
        break;
      case 1:
      case 2:
      case 3:
        world.after(at, [&realm] { realm.cloud.break_one(); });
        break;
      case 4:
      case 5:
        world.after(at, [&realm] { realm.fabric.stall_one(); });
        break;
      default:
        world.after(at, [&realm, silently = world.random().chance(30)] { realm.fabric.break_one(silently); });
    }
  }
}

std::string check_online(const Realm& realm) {
  for (const Actor& actor : realm.actors) {
    const std::string who = "device " + actor.id();
    if (!actor.is_online()) return who + " is not online";
    if (actor.known_members() != actors_count) return who + " does not know all members";
  }
  return "";
}

std::string check_connected(const Realm& realm, realm::Rung rung) {
  for (const Actor& actor : realm.actors) {
    for (const Actor& other : realm.actors) {
      if (other.id() != actor.id() && actor.rung(other.id()) != rung) {
        return "device " + actor.id() + " does not reach everyone by the rung that is there";
      }
    }
  }
  return "";
}

std::string check_delivered(const Realm& realm, std::size_t& messages) {
  for (const Actor& sender : realm.actors) {
    for (const Actor& receiver : realm.actors) {
      const auto sent = sender.sent().find(receiver.id());
      const auto received = receiver.received().find(sender.id());
      const auto none = std::vector<std::int64_t>{};
      const auto& from = sent == sender.sent().end() ? none : sent->second;
      const auto& to = received == receiver.received().end() ? none : received->second;
      messages += from.size();
      if (from != to) {
        return "sent " + std::to_string(from.size()) + " messages, " + std::to_string(to.size()) +
               " arrived, or not in order";
      }
    }
  }
  return "";
}

/// Whoever wanted a feed has been answered, and the server was told of no private one.
std::string check_feeds(const Realm& realm) {
  for (const Actor& actor : realm.actors) {
    if (actor.fetched().size() != feeds_known) return "device " + actor.id() + " still waits for a feed";
    for (std::int64_t number = 0; number < feeds_known; ++number) {
      const std::string name = percent_encode("/" + std::to_string(number));
      const bool is_told =
          std::ranges::any_of(actor.told_server(), [&](const auto& one) { return one.ends_with(name); });
      if (is_told && !may_tell_server(number)) return "the server was told of a private feed";
    }
  }
  return "";
}

Outcome judge(const Realm& realm, realm::Rung rung) {
  Outcome outcome;
  outcome.problem = realm.world.violation();
  if (outcome.problem.empty()) outcome.problem = check_online(realm);
  if (outcome.problem.empty()) outcome.problem = check_connected(realm, rung);
  if (outcome.problem.empty()) outcome.problem = check_delivered(realm, outcome.messages);
  if (outcome.problem.empty()) outcome.problem = check_feeds(realm);
  outcome.trace = realm.world.trace_hash();
  return outcome;
}

}  // namespace

Outcome run_scenario(std::uint64_t seed, bool print_trace) {
  World world(seed);
  world.print_trace(print_trace);
  Realm realm(world);
  plan_joining(realm);
  plan_talking(realm);
  plan_reading(realm);
  plan_trouble(realm);
  plan_blockade(realm);
  world.run(world.now() + trouble_ms + healing_ms);
  return judge(realm, realm::Rung::direct);
}

Outcome run_relayed(std::uint64_t seed, bool print_trace) {
  World world(seed);
  world.print_trace(print_trace);
  Realm realm(world);
  realm.fabric.block();
  plan_joining(realm);
  plan_talking(realm);
  plan_reading(realm);
  plan_trouble(realm);
  world.run(world.now() + trouble_ms + healing_ms);
  return judge(realm, realm::Rung::relay);
}

}  // namespace skypod::sim
