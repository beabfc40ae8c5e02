// `skypod realm …`: founding, inviting, joining, and who is in.
#include <cstdio>
#include <memory>

#include "cli/codes.hpp"
#include "cli/command.hpp"
#include "cli/peer_client.hpp"
#include "cli/people.hpp"
#include "cli/show_code.hpp"

namespace skypod::cli {
namespace {

constexpr const char* examples = R"(Examples:
  skypod realm create --server https://pod.example   found a realm with this device
  skypod realm join --server https://pod.example     show this device's code, and wait for the invitation
  skypod realm invite                                wait for a new device's code, and show its invitation
  skypod realm members --json                        who is in, for programs
  skypod realm remove Kitchen                        by name, or by the beginning of its id
)";

struct Choices {
  DataOptions data;
  bool json = false;
  std::string text;  // a code, or a member
};

void require_no_realm(const PeerClient& peer) {
  if (peer.has_realm()) {
    throw Failure{failed, "this device belongs to a realm already; leave it first (skypod realm leave), or choose " +
                              std::string("another directory with --data")};
  }
}

/// Nothing is begun that the server cannot finish.
void require_server(PeerClient& peer) {
  const std::string problem = peer.ask("host.check").value("problem", "");
  if (!problem.empty()) throw Failure{failed, problem};
}

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

int invite(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  if (choices.text.empty() && !choices.json) {
    std::puts("On the new device run skypod realm join, or open the app there and choose to join.");
    std::puts("Paste the code that it shows here, and press Enter:");
    std::fflush(stdout);
  }
  const auto code =
      read_code(CodeKind::device, choices.text.empty() ? read_line("the new device's code") : choices.text);
  if (!code) throw Failure{failed, code.error()};
  peer.wait_for_link();  // for the server's clock; without it the invitation is made all the same
  const Json guest = peer.ask("pairing.inspect", {{"registration", *code}});
  const Json answer = peer.ask("pairing.invite", {{"registration", *code}});
  const std::string invitation = answer.value("invitation", "");
  const std::string server = peer.last("host.ready").value("server", "");
  if (choices.json) {
    print_json({{"invitation", invitation},
                {"link", link(CodeKind::join, invitation, server)},
                {"expiresAtMs", answer.value("expiresAtMs", 0)},
                {"device", guest}});
    return done;
  }
  std::printf("Invitation for %s, good until %s:\n\n", called(Json::array({guest}), guest.value("id", "")).c_str(),
              local_time(answer.value("expiresAtMs", std::int64_t{0})).c_str());
  show_code(CodeKind::join, invitation, server, false);
  return done;
}

/// Shows who this device is, and takes the invitation that is made for it.
std::string exchange_codes(PeerClient& peer, bool json) {
  const std::string code = peer.ask("pairing.register").value("registration", "");
  const std::string server = peer.last("host.ready").value("server", "");
  if (json) {
    print_json({{"registration", code}, {"link", link(CodeKind::device, code, server)}});
    std::fflush(stdout);
    return read_line("the invitation for this device");
  }
  std::printf(
      "This device is %s. On one that is in the realm run skypod realm invite,\n"
      "or choose Devices, Add a device in the app, and give it this code:\n\n",
      short_id(peer.last("device").value("id", "")).c_str());
  return show_code(CodeKind::device, code, server, true);
}

int join(const Choices& chosen) {
  Choices choices = chosen;
  if (choices.data.server.empty()) choices.data.server = server_of_link(choices.text);
  PeerClient peer(choices.data);
  require_no_realm(peer);
  require_server(peer);
  const auto code = read_code(CodeKind::join, choices.text.empty() ? exchange_codes(peer, choices.json) : choices.text);
  if (!code) throw Failure{failed, code.error()};
  const Json answer = peer.ask("pairing.join", {{"invitation", *code}});
  peer.wait_for_link();
  if (choices.json) {
    print_json(answer);
  } else {
    std::printf("This device is in the realm, with %zu others. Keep it on with: skypod peer\n",
                peer.members().empty() ? 0 : peer.members().size() - 1);
  }
  return done;
}

void print_member(const Json& members, const Json& member) {
  const bool is_self = member.value("self", false);
  const Json rtt = member.value("rttMs", Json());
  const std::string inviter = member.value("invitedBy", Json()).is_string() ? member.value("invitedBy", "") : "";
  std::string state = is_self ? "this device" : member.value("state", "");
  if (!is_self && state == "closed") state = member.value("online", false) ? "online" : "offline";
  if (rtt.is_number()) state += " " + std::to_string(rtt.get<std::int64_t>()) + " ms";
  std::printf("%-9s  %-22s  %-20s  %s\n", short_id(member.value("id", "")).c_str(),
              printable(member.value("name", "")).c_str(), state.c_str(),
              inviter.empty() ? "founder" : ("invited by " + called(members, inviter)).c_str());
}

int list_members(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  const bool is_online = peer.wait_for_link();
  if (choices.json) {
    print_json({{"members", peer.members()}, {"link", peer.last("device").value("link", "")}});
    return done;
  }
  for (const Json& member : peer.members()) print_member(peer.members(), member);
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
}

}  // namespace skypod::cli
