#include "sim/removal.hpp"

#include <deque>

#include "sim/actor.hpp"

namespace skypod::sim {
namespace {

constexpr std::size_t members_count = 5;
constexpr std::size_t removed_index = 2;
constexpr std::size_t outsider_index = members_count;  // whom the removed one invites
constexpr int messages_each = 12;
constexpr TimeMs together_ms = 60'000;  // by then everyone is in
constexpr TimeMs trouble_ms = 110'000;
constexpr TimeMs healing_ms = 300'000;

struct Realm {
  explicit Realm(World& the_world) : world(the_world), cloud(the_world), fabric(the_world) {
    for (std::size_t i = 0; i <= outsider_index; ++i) actors.emplace_back(world, cloud, fabric, i);
  }
  Actor& removed() { return actors[removed_index]; }
  World& world;
  Cloud cloud;
  RtcFabric fabric;
  std::deque<Actor> actors;
};

void plan_joining(Realm& realm) {
  realm.removed().be_stubborn();
  realm.world.after(0, [&realm] { realm.actors[0].found(); });
  for (std::size_t i = 1; i < members_count; ++i) {
    const std::size_t inviter = realm.world.random().below(i);
    realm.world.after(static_cast<TimeMs>(i) * 9'000, [&realm, i, inviter] {
      Actor& from = realm.actors[inviter].is_member() ? realm.actors[inviter] : realm.actors[0];
      realm.actors[i].join(from);
    });
  }
}

/// Someone removes it, perhaps two at once; within seconds of that, before or after, it acts.
void plan_race(Realm& realm) {
  World& world = realm.world;
  const TimeMs at = together_ms + world.between(0, 5'000);
  const std::string& whom = realm.removed().id();
  const std::size_t remover = world.random().chance(50) ? 0 : 3;
  world.after(at, [&realm, &whom, remover] { realm.actors[remover].remove(whom); });
  if (world.random().chance(30)) world.after(at + world.between(0, 2'000), [&] { realm.actors[1].remove(whom); });
  const auto when = [&] { return at + world.between(-3'000, 3'000); };
  if (world.random().chance(50)) {
    world.after(when(), [&realm] {
      if (realm.removed().is_member()) realm.actors[outsider_index].join(realm.removed());
    });
  }
  if (world.random().chance(50)) world.after(when(), [&realm] { realm.removed().rotate(); });
  if (world.random().chance(30)) world.after(when(), [&realm] { realm.removed().remove(realm.actors[4].id()); });
  if (world.random().chance(20)) world.after(when(), [&realm] { realm.removed().leave(); });
  if (world.random().chance(40)) world.after(when(), [&realm] { realm.actors[4].rotate(); });
}

void plan_talking(Realm& realm) {
  std::int64_t number = 0;
  for (Actor& actor : realm.actors) {
    for (int i = 0; i < messages_each; ++i) {
      const TimeMs at = together_ms + realm.world.between(-5'000, 60'000);
      realm.world.after(at, [&actor, said = ++number] { actor.broadcast(said); });
    }
  }
}

void plan_trouble(Realm& realm) {
  World& world = realm.world;
  if (world.random().chance(20)) {
    world.after(together_ms + world.between(-10'000, 20'000), [&realm] { realm.cloud.wipe(); });
  }
  for (TimeMs at = together_ms - 5'000; at < trouble_ms; at += world.between(1'000, 10'000)) {
    switch (world.random().below(6)) {
      case 0:
        if (world.random().chance(20)) world.after(at, [&realm] { realm.cloud.restart(); });
        break;
      case 1:
      case 2:
        world.after(at, [&realm] { realm.cloud.break_one(); });
        break;
      default:
        world.after(at, [&realm, silently = world.random().chance(30)] { realm.fabric.break_one(silently); });
    }
  }
}

bool is_removed(const Actor& witness, const std::string& id) {
  return witness.ledger() != nullptr && witness.ledger()->removal_of(id) != nullptr;
}

/// Whether it belongs to the realm in the founder's view, which is the view of all if they agree.
bool belongs(const Realm& realm, const Actor& actor) {
  return realm.actors[0].ledger()->find(actor.id()) != nullptr;
}

std::string check_agreement(const Realm& realm) {
  const Actor& founder = realm.actors[0];
  if (!is_removed(founder, realm.actors[removed_index].id())) return "the founder does not know of the removal";
  for (const Actor& actor : realm.actors) {
    if (&actor == &realm.actors[removed_index] || !belongs(realm, actor)) continue;
    // What the removed one did before others knew may be void, but who believed it has forgotten the realm.
    if (actor.removed_by() == realm.actors[removed_index].id()) continue;
    const std::string who = "device " + actor.id();
    if (!actor.is_online()) return who + " is not online";
    if (actor.ledger()->members() != founder.ledger()->members()) return who + " knows other members than the founder";
    if (actor.is_connected(realm.actors[removed_index].id())) return who + " is connected to the removed one";
  }
  return "";
}

std::string check_secrets(const Realm& realm, std::size_t& messages) {
  const Actor& removed = realm.actors[removed_index];
  for (const Actor& actor : realm.actors) {
    if (&actor == &removed) continue;
    messages += actor.said().size();
    const auto heard = removed.heard().find(actor.id());
    for (const Actor::Said& said : actor.said()) {
      if (!said.removed.contains(removed.id())) continue;
      if (removed.keys_seen().contains(said.key_id)) return "a message was encrypted under a key of the removed one";
      if (heard != removed.heard().end() && heard->second.contains(said.number))
        return "the removed one read a message";
    }
  }
  return "";
}

std::string check_shown_out(const Realm& realm) {
  const Actor& removed = realm.actors[removed_index];
  if (removed.is_online()) return "the removed one is let in";
  for (const Actor& actor : realm.actors) {
    if (actor.accusations() > 0 && &actor != &removed) return "an honest server is called a liar";
  }
  return "";
}

}  // namespace

Outcome run_removal(std::uint64_t seed, bool print_trace) {
  World world(seed);
  world.print_trace(print_trace);
  Realm realm(world);
  plan_joining(realm);
  plan_talking(realm);
  plan_race(realm);
  plan_trouble(realm);
  world.run(world.now() + trouble_ms + healing_ms);
  Outcome outcome;
  outcome.problem = world.violation();
  if (outcome.problem.empty()) outcome.problem = check_agreement(realm);
  if (outcome.problem.empty()) outcome.problem = check_secrets(realm, outcome.messages);
  if (outcome.problem.empty()) outcome.problem = check_shown_out(realm);
  outcome.trace = world.trace_hash();
  return outcome;
}

}  // namespace skypod::sim
