// `skypod send` and `skypod watch`: what devices say to each other.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include "cli/command.hpp"
#include "cli/event_lines.hpp"
#include "cli/peer_client.hpp"
#include "cli/people.hpp"
#include "peer/lines.hpp"

namespace skypod::cli {
namespace {

constexpr auto confirmation_max = std::chrono::seconds(5);

constexpr const char* send_help =
    R"(The message is sent, and each device that is online confirms it. A running skypod peer
keeps it for those that are away; without one they miss it. With --relay it goes encrypted by way of the server, to the
devices that are online now, and none of them confirms it.
Examples:
  skypod send "dinner is ready"
  skypod send --to Kitchen --relay "turn the radio on"
)";

struct Choices {
  DataOptions data;
  bool json = false;
  bool relay = false;
  std::string text;
  std::string to;
};

/// Whom a message is for.
std::set<std::string> recipients_of(const Json& members, const Json& to) {
  std::set<std::string> ids;
  for (const Json& member : members) {
    const std::string id = member.value("id", "");
    const bool is_device = !member.value("self", false) && !member.value("recovery", false);
    if (is_device && (to.is_null() || to == id)) ids.insert(id);
  }
  return ids;
}

/// Waits a little for the devices that are there to confirm the message; gives those that have it.
std::set<std::string> await_delivery(PeerClient& peer, const Json& answer, std::set<std::string> present) {
  const std::string id = answer["message"].value("id", "");
  for (const Json& away : answer.value("away", Json::array())) present.erase(away.get<std::string>());
  std::set<std::string> delivered;
  const auto deadline = std::chrono::steady_clock::now() + confirmation_max;
  while (!std::ranges::includes(delivered, present)) {
    const auto event = peer.next(deadline);
    if (!event) break;
    const bool ours = event->first == "message.delivered" && event->second.value("id", "") == id;
    if (ours) delivered.insert(event->second.value("to", ""));
  }
  return delivered;
}

std::string listed(const Json& members, const Json& ids) {
  std::string names;
  for (const Json& id : ids) names += (names.empty() ? "" : ", ") + called(members, id.get<std::string>());
  return names;
}

/// What becomes of a message for devices that have not confirmed it. A peer of this process ends with it.
void print_undelivered(PeerClient& peer, const Json& ids) {
  const std::string names = listed(peer.members(), ids);
  if (peer.is_own()) {
    std::printf("not delivered to %s; a running skypod peer keeps messages until a device is back\n", names.c_str());
  } else {
    std::printf("kept for %s; skypod peer sends it when the device is back\n", names.c_str());
  }
}

/// On the stream to each device, which confirms what it has got.
int send_on_streams(PeerClient& peer, const Choices& choices, const Json& to) {
  const std::set<std::string> recipients = recipients_of(peer.members(), to);
  Json answer = peer.ask("message.send", {{"text", choices.text}, {"to", to}, {"mode", "p2p"}});
  const std::set<std::string> delivered = await_delivery(peer, answer, recipients);
  Json undelivered = Json::array();
  for (const std::string& id : recipients) {
    if (!delivered.contains(id)) undelivered.push_back(id);
  }
  answer["delivered"] = delivered;
  answer[peer.is_own() ? "undelivered" : "queued"] = undelivered;
  if (choices.json) {
    print_json(answer);
  } else {
    if (!delivered.empty()) std::printf("delivered to %s\n", listed(peer.members(), answer["delivered"]).c_str());
    if (!undelivered.empty()) print_undelivered(peer, undelivered);
  }
  return peer.is_own() && delivered.empty() ? failed : done;
}

int send_by_relay(PeerClient& peer, const Choices& choices, const Json& to) {
  const Json answer = peer.ask("message.send", {{"text", choices.text}, {"to", to}, {"mode", "relay"}});
  const auto recipients = answer.value("recipients", std::int64_t{0});
  if (choices.json) {
    print_json(answer);
  } else if (recipients > 0) {
    std::printf("sent to %lld %s\n", static_cast<long long>(recipients), recipients == 1 ? "device" : "devices");
  }
  if (recipients == 0) {
    throw Failure{failed, "no other device is online; run skypod peer, which keeps messages until one is"};
  }
  return done;
}

int send(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  if ((choices.relay || peer.is_own()) && !peer.wait_for_link()) {
    throw Failure{failed, (peer.problem().empty() ? "the server does not answer" : peer.problem()) +
                              "; the message was not sent"};
  }
  const Json to = choices.to.empty() ? Json() : Json(find_member(peer.members(), choices.to));
  if (choices.relay) return send_by_relay(peer, choices, to);
  if (recipients_of(peer.members(), to).empty()) {
    throw Failure{failed, "this device is the only one of its realm; invite another: skypod realm invite"};
  }
  return send_on_streams(peer, choices, to);
}

int watch(const Choices& choices) {
  PeerClient peer(choices.data, true);
  peer.require_realm();
  EventLines lines;
  while (const auto event = peer.next(std::nullopt)) {
    if (choices.json) {
      std::fputs(peer::event_line(event->first, event->second).c_str(), stdout);
    } else {
      for (const std::string& line : lines.take(event->first, event->second)) std::puts(line.c_str());
    }
    if (std::fflush(stdout) != 0) return done;  // nobody reads on
  }
  throw Failure{failed, "the peer has stopped; start skypod peer again, or watch without it"};
}

}  // namespace

void add_messages(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  CLI::App* sending = add_command(app, action, choices, "send", "Send a message to your other devices", send);
  sending->footer(send_help);
  sending->add_option("text", choices->text, "What to say, at most 8 KiB")->required();
  sending->add_option("--to", choices->to, "One device only: its name, its id, or the beginning of its id");
  sending->add_flag("--relay", choices->relay, "By way of the server, encrypted, instead of a direct connection");
  add_command(app, action, choices, "watch", "Print messages and changes as they come", watch);
}

}  // namespace skypod::cli
