// `skypod realm …`: founding a realm, who is in it, and changing that.
#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/pairing.hpp"
#include "cli/peer_client.hpp"
#include "cli/people.hpp"
#include "cli/recovery.hpp"

namespace skypod::cli {
namespace {

constexpr const char* examples = R"(Examples:
  skypod realm create --server https://pod.example   found a realm with this device
  skypod realm join --server https://pod.example     show this device's code, and wait for the invitation
  skypod realm invite                                wait for a new device's code, and show its invitation
  skypod realm members --json                        who is in, for programs
  skypod realm remove Kitchen                        by name, or by the beginning of its id
  skypod realm recovery create FILE                  a key for the day when all devices are lost
  skypod realm recovery restore FILE                 come back with it, on a new device
)";

using Choices = RealmChoices;

void require_link(PeerClient& peer, const std::string& otherwise) {
  if (!peer.wait_for_link()) {
    throw Failure{failed, (peer.problem().empty() ? "the server does not answer" : peer.problem()) + "; " + otherwise};
  }
}

int create(const Choices& choices) {
  PeerClient peer(choices.data);
  require_no_realm(peer);
  require_server(peer);
  const Json answer = peer.ask("realm.create");
  require_link(peer, "the realm was made, and is registered as soon as the server answers a command or skypod peer");
  if (choices.json) {
    print_json(answer);
  } else {
    std::puts("This device has founded a realm. Invite the next one with: skypod realm invite");
  }
  return done;
}

void print_member(const Json& members, const Json& member) {
  const bool is_self = member.value("self", false);
  const Json rtt = member.value("rttMs", Json());
  const std::string inviter = member.value("invitedBy", Json()).is_string() ? member.value("invitedBy", "") : "";
  std::string state = is_self ? "this device" : standing_of(member);
  if (member.value("recovery", false)) state = "recovery key";
  if (rtt.is_number()) state += ", " + std::to_string(rtt.get<std::int64_t>()) + " ms";
  std::printf("%-9s  %-22s  %-36s  %s\n", short_id(member.value("id", "")).c_str(),
              printable(member.value("name", "")).c_str(), state.c_str(),
              inviter.empty() ? "founder" : ("invited by " + called(members, inviter)).c_str());
}

int list_members(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  const bool is_online = peer.wait_for_link();
  Json answer = peer.ask("realm.members");
  if (choices.json) {
    answer["link"] = peer.last("device").value("link", "");
    print_json(answer);
    return done;
  }
  const Json members = answer.value("members", Json::array());
  for (const Json& member : members) print_member(members, member);
  for (const Json& gone : answer.value("removed", Json::array())) {
    const std::string name = gone.value("recovery", false) ? "(recovery key)" : printable(gone.value("name", ""));
    std::printf("%-9s  %-22s  removed %s\n", short_id(gone.value("id", "")).c_str(), name.c_str(),
                local_time(gone.value("atMs", std::int64_t{0})).c_str());
  }
  if (!is_online) std::fprintf(stderr, "skypod: who is online is not known: %s\n", peer.problem().c_str());
  return done;
}

/// Carries out a command of the core that changes the realm, and prints its answer or what is so now.
int change(PeerClient& peer, const Choices& choices, const std::string& command, const Json& args,
           const std::string& said) {
  const Json answer = peer.ask(command, args);
  choices.json ? print_json(answer) : static_cast<void>(std::puts(said.c_str()));
  return done;
}

int remove(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  require_link(peer, "nobody was removed");
  const std::string id = find_member(peer.members(), choices.text);
  const std::string name = called(peer.members(), id);
  return change(peer, choices, "realm.remove", {{"id", id}}, name + " is no longer in the realm.");
}

int rotate(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  require_link(peer, "the keys were not changed");
  return change(peer, choices, "realm.rotate", Json::object(), "The realm has new keys.");
}

/// Whether it can be done without the server is for the core to say.
int leave(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  peer.wait_for_link();
  return change(peer, choices, "realm.leave", Json::object(), "This device has left the realm.");
}

void add_recovery(CLI::App& realm, Action& action, const std::shared_ptr<Choices>& choices) {
  CLI::App* recovery = realm.add_subcommand("recovery", "A key for the day when all devices are lost");
  recovery->require_subcommand(1);
  add_command(*recovery, action, choices, "create", "Make a recovery key; prints its code", create_recovery)
      ->add_option("file", choices->text, "Where to write it; must not be there")
      ->required();
  add_command(*recovery, action, choices, "restore", "Take this new device into the realm", restore_recovery)
      ->add_option("file", choices->text, "The recovery file")
      ->required();
}

}  // namespace

void add_realm(CLI::App& app, Action& action) {
  CLI::App* realm = app.add_subcommand("realm", "Your devices: found, invite, join, list, remove");
  realm->require_subcommand(1);
  realm->footer(examples);
  const auto choices = std::make_shared<Choices>();
  add_command(*realm, action, choices, "create", "Found a realm with this device as its first", create);
  add_command(*realm, action, choices, "invite", "Let another device in", invite)
      ->add_option("registration", choices->text, "The code that the new device shows (default: read from stdin)");
  add_command(*realm, action, choices, "join", "Join the realm of another device", join)
      ->add_option("invitation", choices->text, "The invitation made for this device (default: read from stdin)");
  add_command(*realm, action, choices, "members", "List the devices of the realm", list_members);
  add_command(*realm, action, choices, "remove", "Put a device out of the realm, and change its keys", remove)
      ->add_option("device", choices->text, "Its name, its id, or the beginning of its id")
      ->required();
  add_command(*realm, action, choices, "rotate", "Change the realm's keys", rotate);
  add_command(*realm, action, choices, "leave", "Leave the realm with this device", leave);
  add_recovery(*realm, action, choices);
}

}  // namespace skypod::cli
