// `skypod send` and `skypod watch`: what devices say to each other.
#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/event_lines.hpp"
#include "cli/peer_client.hpp"
#include "cli/people.hpp"
#include "peer/lines.hpp"

namespace skypod::cli {
namespace {

constexpr const char* send_help = R"(A running skypod peer sends over its direct connections and keeps the message
for devices that are away. Without one, or with --relay, the message goes encrypted by way of the server, to the
devices that are online now.
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

int send(const Choices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  const bool relay = choices.relay || peer.is_own();
  if (relay && !peer.wait_for_link()) {
    throw Failure{failed, (peer.problem().empty() ? "the server does not answer" : peer.problem()) +
                              "; the message was not sent"};
  }
  const Json to = choices.to.empty() ? Json() : Json(find_member(peer.members(), choices.to));
  const Json answer = peer.ask("message.send", {{"text", choices.text}, {"to", to}, {"mode", relay ? "relay" : "p2p"}});
  const auto recipients = answer.value("recipients", std::int64_t{0});
  if (choices.json) {
    print_json(answer);
  } else if (recipients > 0) {
    std::printf("%s %lld %s\n", relay ? "sent to" : "on its way to", static_cast<long long>(recipients),
                recipients == 1 ? "device" : "devices");
  }
  if (recipients == 0) {
    throw Failure{failed, "no other device is online; run skypod peer, which keeps messages until one is"};
  }
  return done;
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
