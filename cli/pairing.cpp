#include "cli/pairing.hpp"

#include <cstdio>

#include "cli/codes.hpp"
#include "cli/failure.hpp"
#include "cli/people.hpp"
#include "cli/show_code.hpp"

namespace skypod::cli {
namespace {

std::string server_of(const PeerClient& peer) {
  return peer.last("host.ready").value("server", "");
}

std::string pictures_of(const Json& code) {
  return picture_line(code.value("pictures", Json::array()));
}

/// The code of the device that wants in.
std::string ask_for_registration(bool json) {
  if (!json) {
    std::puts("On the new device run skypod realm join, or open the app there and choose to join.");
    std::puts("Paste the code that it shows here, and press Enter:");
    std::fflush(stdout);
  }
  return read_line("the new device's code");
}

/// Who wants in; a person says whether it is.
Json inspect(PeerClient& peer, const std::string& code, bool json) {
  Json guest = peer.ask("pairing.inspect", {{"registration", code}});
  if (json) return guest;
  std::printf("This is the code of %s, if that shows the pictures\n  %s\n",
              called(Json::array({guest}), guest.value("id", "")).c_str(), pictures_of(guest).c_str());
  confirm("Does it?", "no invitation was made; let the new device show its code again");
  return guest;
}

/// Shows who this device is, and takes the invitation that is made for it.
std::string exchange_codes(PeerClient& peer, bool json) {
  Json shown = peer.ask("pairing.register");
  const std::string code = shown.value("registration", "");
  if (json) {
    shown["link"] = link(CodeKind::device, code, server_of(peer));
    print_json(shown);
    std::fflush(stdout);
    return read_line("the invitation for this device");
  }
  std::printf(
      "On a device that is in the realm run skypod realm invite, or choose Devices, Add a device in the app.\n"
      "Give it this code, and see that it shows the pictures\n  %s\n\n",
      pictures_of(shown).c_str());
  return show_code(CodeKind::device, code, server_of(peer), true);
}

/// Whose invitation it is; a person says whether it is.
void preview(PeerClient& peer, const std::string& invitation) {
  const Json shown = peer.ask("pairing.preview", {{"invitation", invitation}});
  const Json inviter = {{"id", shown.value("inviter", "")}, {"name", shown.value("name", "")}};
  std::printf("This is an invitation of %s, if that shows the pictures\n  %s\n",
              called(Json::array({inviter}), shown.value("inviter", "")).c_str(), pictures_of(shown).c_str());
  confirm("Does it?", "this device has not joined; ask for another invitation");
}

}  // namespace

void require_no_realm(const PeerClient& peer) {
  if (peer.has_realm()) {
    throw Failure{failed, "this device belongs to a realm already; leave it first (skypod realm leave), or choose " +
                              std::string("another directory with --data")};
  }
}

void require_server(PeerClient& peer) {
  const std::string problem = peer.ask("host.check").value("problem", "");
  if (!problem.empty()) throw Failure{failed, problem};
}

int invite(const RealmChoices& choices) {
  PeerClient peer(choices.data);
  peer.require_realm();
  const auto code =
      read_code(CodeKind::device, choices.text.empty() ? ask_for_registration(choices.json) : choices.text);
  if (!code) throw Failure{failed, code.error()};
  peer.wait_for_link();  // for the server's clock; without it the invitation is made all the same
  const Json guest = inspect(peer, *code, choices.json);
  Json answer = peer.ask("pairing.invite", {{"registration", *code}});
  const std::string invitation = answer.value("invitation", "");
  if (choices.json) {
    answer["link"] = link(CodeKind::join, invitation, server_of(peer));
    answer["device"] = guest;
    print_json(answer);
    return done;
  }
  std::printf("Invitation for %s, good until %s, with the pictures\n  %s\n\n",
              called(Json::array({guest}), guest.value("id", "")).c_str(),
              local_time(answer.value("expiresAtMs", std::int64_t{0})).c_str(), pictures_of(answer).c_str());
  show_code(CodeKind::join, invitation, server_of(peer), false);
  return done;
}

int join(const RealmChoices& choices) {
  DataOptions data = choices.data;
  if (data.server.empty()) data.server = server_of_link(choices.text);
  PeerClient peer(data);
  require_no_realm(peer);
  require_server(peer);
  const auto code = read_code(CodeKind::join, choices.text.empty() ? exchange_codes(peer, choices.json) : choices.text);
  if (!code) throw Failure{failed, code.error()};
  if (!choices.json) preview(peer, *code);
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

}  // namespace skypod::cli
