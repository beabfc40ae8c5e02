// Devices that are only commands: each starts a peer in its own process, or talks to the one that runs.
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "test/peer/household.hpp"

namespace skypod::test {
namespace {

class Commands : public Household {
 protected:
  std::set<std::string> ids(const std::string& device) const {
    std::set<std::string> found;
    for (const Json& member : run_json(device, {"realm", "members"})["members"]) found.insert(member.value("id", ""));
    return found;
  }
};

TEST_F(Commands, FoundInviteAndJoin) {
  found("desk");
  join("kitchen", "desk");
  const auto seen = ids("desk");
  EXPECT_EQ(seen.size(), 2);
  EXPECT_EQ(ids("kitchen"), seen);
  join("phone", "kitchen");
  EXPECT_EQ(ids("desk").size(), 3);
}

TEST_F(Commands, JoinWaitsForThePastedInvitation) {
  found("desk");
  ChildProcess joining(SKYPOD_PROGRAM, {"realm", "join", "--json", "--server", url(), "--data", data("kitchen")},
                       data("kitchen.log"));
  const auto shown = wire::parse_json(joining.line());
  ASSERT_TRUE(shown);
  const Json invited = run_json("desk", {"realm", "invite"}, shown->value("registration", "") + "\n");
  joining.lines().write(invited.value("link", "") + "\n");
  const auto joined = wire::parse_json(joining.line());
  EXPECT_EQ(joining.wait(), 0);
  EXPECT_TRUE(joined && joined->contains("realm"));
}

TEST_F(Commands, PeopleReadWhatTheyAreToDo) {
  const Finished created = run("desk", {"realm", "create", "--server", url(), "--name", "Desk"});
  EXPECT_EQ(created.code, 0);
  EXPECT_NE(created.output.find("skypod realm invite"), std::string::npos) << created.output;
  const Finished joining = run("kitchen", {"realm", "join", "--server", url()});
  EXPECT_NE(joining.output.find(url() + "/#device=r1~"), std::string::npos) << joining.output;
  expect_failure(joining, 1, "the input ended before the invitation");
  const Finished members = run("desk", {"realm", "members"});
  EXPECT_NE(members.output.find("this device"), std::string::npos) << members.output;
  EXPECT_NE(members.output.find("founder"), std::string::npos) << members.output;
}

TEST_F(Commands, AMessageIsConfirmedWithoutAPeer) {
  found("desk");
  expect_failure(run("desk", {"send", "nobody is there"}), 1, "the only one of its realm");
  join("kitchen", "desk");
  join("attic", "desk");
  const Finished unheard = run("desk", {"send", "nobody hears this"});
  EXPECT_EQ(unheard.code, 1);
  EXPECT_NE(unheard.output.find("not delivered to "), std::string::npos) << unheard.output;
  const auto kitchen = start_peer("kitchen");
  kitchen->await_online();
  const Json sent = run_json("desk", {"send", "dinner is ready"});
  EXPECT_EQ(sent["delivered"], Json::array({kitchen->id()}));
  EXPECT_EQ(sent["undelivered"].size(), 1U);
  const Json heard = kitchen->event("message");
  EXPECT_EQ(heard.value("text", ""), "dinner is ready");
  EXPECT_EQ(heard.value("id", ""), sent["message"].value("id", "-"));
}

TEST_F(Commands, AMessageReachesAPeerByRelay) {
  found("desk");
  join("kitchen", "desk");
  expect_failure(run("desk", {"send", "--relay", "nobody hears this"}), 1, "no other device is online");
  const auto kitchen = start_peer("kitchen");
  kitchen->await_online();
  EXPECT_EQ(run_json("desk", {"send", "--relay", "dinner is ready"}).value("recipients", 0), 1);
  const Json heard = kitchen->event("message");
  EXPECT_EQ(heard.value("text", ""), "dinner is ready");
  EXPECT_EQ(heard.value("mode", ""), "relay");
}

TEST_F(Commands, TalkToThePeerThatRuns) {
  found("desk");
  join("kitchen", "desk");
  const auto kitchen = start_peer("kitchen");
  const auto desk = start_peer("desk");
  kitchen->await_peer(desk->id(), "connected");
  EXPECT_EQ(ids("kitchen").size(), 2);
  const Json sent = run_json("kitchen", {"send", "--to", "desk", "over the mesh"});
  EXPECT_EQ(sent["message"].value("mode", ""), "p2p");
  EXPECT_EQ(sent["delivered"], Json::array({desk->id()}));
  EXPECT_EQ(sent["queued"], Json::array());
  EXPECT_EQ(desk->event("message").value("text", ""), "over the mesh");
  EXPECT_EQ(
      run_json("kitchen", {"send", "--to", desk->id().substr(0, 6), "--relay", "by relay"}).value("recipients", 0), 1);
  EXPECT_EQ(desk->event("message").value("mode", ""), "relay");
  expect_failure(run("kitchen", {"send", "--to", "attic", "hello"}), 1,
                 "is no other device of this realm; there are: desk");
  expect_failure(run("kitchen", {"realm", "members", "--server", "https://other.example"}), 2, "leave --server out");
}

TEST_F(Commands, SayThatAMessageIsKeptForADeviceThatIsAway) {
  found("desk");
  join("kitchen", "desk");
  const auto kitchen = start_peer("kitchen");
  kitchen->await_online();
  const Json sent = run_json("kitchen", {"send", "for later"});
  EXPECT_EQ(sent["delivered"], Json::array());
  ASSERT_EQ(sent["queued"].size(), 1);
  const Finished said = run("kitchen", {"send", "this too"});
  EXPECT_EQ(said.code, 0);
  EXPECT_NE(said.output.find("kept for "), std::string::npos) << said.output;
  const auto desk = start_peer("desk");
  EXPECT_EQ(desk->event("message").value("text", ""), "for later");
  EXPECT_EQ(desk->event("message").value("text", ""), "this too");
  const auto is_first = [&](const Json& dat) { return dat["id"] == sent["message"]["id"] && dat["to"] == desk->id(); };
  EXPECT_NO_THROW(kitchen->event("message.delivered", is_first));
}

TEST_F(Commands, WatchPrintsWhatHappens) {
  found("desk");
  join("kitchen", "desk");
  const auto kitchen = start_peer("kitchen");
  ChildProcess watching(SKYPOD_PROGRAM, {"watch", "--json", "--data", data("kitchen")}, data("watch.log"));
  EXPECT_NE(watching.line().find("host.ready"), std::string::npos);
  kitchen->await_online();
  run_json("desk", {"send", "look"});
  std::string line;
  do line = watching.line();
  while (!line.contains("\"message\""));
  EXPECT_NE(line.find("\"text\":\"look\""), std::string::npos) << line;
  EXPECT_EQ(kitchen->stop(), 0);
  EXPECT_EQ(watching.wait(), 1);
  EXPECT_NE(directory.read("watch.log").find("the peer has stopped"), std::string::npos);
}

TEST_F(Commands, RemoveADevice) {
  found("desk");
  join("kitchen", "desk");
  join("phone", "desk");
  const auto kitchen = start_peer("kitchen");
  const auto phone = start_peer("phone");
  kitchen->await_online();
  phone->await_online();
  run_json("desk", {"realm", "remove", phone->id()});
  phone->event("device", [](const Json& device) { return device.value("realm", Json()).is_null(); });
  kitchen->event("peers", [](const Json& dat) { return dat["peers"].size() == 2; });
  run_json("desk", {"send", "under the new key"});
  EXPECT_EQ(kitchen->event("message").value("text", ""), "under the new key");
  expect_failure(run("phone", {"send", "let me in"}), 1, "belongs to no realm");
  const Finished members = run("desk", {"realm", "members"});
  EXPECT_NE(members.output.find("removed 20"), std::string::npos) << members.output;
}

TEST_F(Commands, RotateKeysAndLeave) {
  found("desk");
  join("kitchen", "desk");
  const auto kitchen = start_peer("kitchen");
  kitchen->await_online();
  const auto before = run_json("desk", {"realm", "members"}).value("epoch", 0);
  run_json("desk", {"realm", "rotate"});
  EXPECT_GT(run_json("desk", {"realm", "members"}).value("epoch", 0), before);
  run_json("desk", {"send", "under the new key"});
  EXPECT_EQ(kitchen->event("message").value("text", ""), "under the new key");
  run_json("kitchen", {"realm", "leave"});
  EXPECT_EQ(ids("desk").size(), 1);
}

TEST_F(Commands, RecoverWithAFile) {
  found("desk");
  const std::filesystem::path file = directory.path() / "recovery.json";
  const std::string code = run_json("desk", {"realm", "recovery", "create", file}).value("code", "");
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(directory.read("recovery.json").find(code), std::string::npos);
  expect_failure(run("desk", {"realm", "recovery", "create", file}), 1, "cannot be made");
  const std::vector<std::string> restore = {"realm", "recovery", "restore", file, "--server", url()};
  expect_failure(run("tablet", restore, "nonsense\n"), 1, "code");
  expect_failure(run("tablet", {"realm", "recovery", "restore", data("none")}), 1, "is no recovery file");
  run_json("tablet", restore, code + "\n");
  EXPECT_EQ(run_json("tablet", {"realm", "members"})["members"].size(), 3U);
  expect_failure(run("tablet", restore, code + "\n"), 1, "belongs to a realm already");
}

/// What the doctor says of one thing.
std::string health_of(const Json& report, const std::string& name) {
  for (const Json& finding : report["findings"]) {
    if (finding["name"] == name) return finding["health"].get<std::string>();
  }
  return "not looked at";
}

TEST_F(Commands, DoctorSaysWhatIsWrong) {
  found("desk");
  const Json well = run_json("desk", {"doctor"});
  EXPECT_TRUE(well["ok"].get<bool>()) << well;
  for (const char* name : {"directory", "identity", "library", "server", "link", "clock"}) {
    EXPECT_EQ(health_of(well, name), "good") << well;
  }
  EXPECT_EQ(health_of(well, "STUN and TURN"), "warning") << "the server names none";
  EXPECT_EQ(run("desk", {"doctor", "--stun", "turn:a"}).code, 2);
  EXPECT_EQ(run("new", {"doctor"}).code, 1) << "no server is known";
  EXPECT_FALSE(std::filesystem::exists(data("new")));
  const std::string taken = url().substr(std::string("http://").size());
  const Finished serving =
      run("desk", {"doctor", "--serve", "--listen", taken, "--serve-data", data("desk"), "--json"});
  EXPECT_EQ(health_of(wire::parse_json(serving.output).value_or(nullptr), "port"), "good") << serving.output;
  EXPECT_NE(serving.output.find("serves at " + taken + " already"), std::string::npos) << serving.output;
  server.reset();
  const Finished ill = run("desk", {"doctor", "--json"});
  EXPECT_EQ(ill.code, 1);
  EXPECT_EQ(health_of(wire::parse_json(ill.output).value_or(nullptr), "server"), "bad") << ill.output;
  EXPECT_NE(run("desk", {"doctor"}).output.find("→ check the address, and that the server runs"), std::string::npos);
}

TEST_F(Commands, KeepSecretsFromOthers) {
  found("desk");
  const auto desk = start_peer("desk");
  for (const auto& entry : std::filesystem::directory_iterator(data("desk"))) {
    struct stat status{};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0077, 0) << entry.path();
  }
  EXPECT_TRUE(std::filesystem::exists(data("desk") / "peer.sock"));
}

TEST_F(Commands, WhatCoreRefusesIsSaid) {
  found("desk");
  expect_failure(run("desk", {"realm", "create"}), 1, "belongs to a realm already");
  expect_failure(run("desk", {"realm", "join", "i1~x"}), 1, "belongs to a realm already");
  expect_failure(run("desk", {"realm", "invite", "nonsense"}), 1, "not the code of a new device");
  expect_failure(run("desk", {"realm", "invite", "join=i1~x"}), 1, "this is an invitation");
  expect_failure(run("desk", {"realm", "remove", "attic"}), 1, "there is no other device in the realm");
  for (const std::vector<std::string>& alone : {std::vector<std::string>{"realm", "members", "--server", url()},
                                                {"send", "x"},
                                                {"watch"},
                                                {"realm", "leave"}}) {
    expect_failure(run("kitchen", alone), 1, "belongs to no realm; run skypod realm create");
  }
}

TEST_F(Commands, WrongUsageIsToldApart) {
  expect_failure(run("desk", {"realm"}), 2, "see skypod --help");
  expect_failure(run("desk", {"send"}), 2, "text");
  expect_failure(run("desk", {"peer", "--server", "pod.example"}), 2, "write it as https://pod.example");
  expect_failure(run("desk", {"peer"}), 2, "name one with --server");
  expect_failure(run("desk", {"peer", "--rtc-address", "localhost"}), 2, "is no IP address");
  expect_failure(run("desk", {"played", "x", "--position", "-1"}), 2, "position");
  for (const std::vector<std::string>& help :
       {std::vector<std::string>{"peer", "--help"}, {"realm", "--help"}, {"send", "--help"}, {"played", "--help"}}) {
    EXPECT_EQ(run_program(SKYPOD_PROGRAM, help).code, 0);
  }
}

}  // namespace
}  // namespace skypod::test
