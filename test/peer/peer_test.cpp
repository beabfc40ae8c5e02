// Peers that are always on, and what happens to them: restarts, crashes, and a second one on the same directory.
#include <csignal>

#include "test/peer/household.hpp"

namespace skypod::test {
namespace {

class Peers : public Household {
 protected:
  /// Two peers in a realm, connected.
  void SetUp() override {
    Household::SetUp();
    desk = start_peer("desk");
    desk->command("realm.create");
    desk->await_online();
    kitchen = start_peer("kitchen");
    pair(*desk, *kitchen);
    desk->await_peer(kitchen->id(), "connected");
    kitchen->await_peer(desk->id(), "connected");
    desk->await_rung(kitchen->id(), "direct");
    kitchen->await_rung(desk->id(), "direct");
  }

  void TearDown() override {
    desk.reset();
    kitchen.reset();
    Household::TearDown();
  }

  static void say(PeerProcess& from, const std::string& text, const char* mode = "p2p") {
    from.command("message.send", {{"text", text}, {"to", nullptr}, {"mode", mode}});
  }

  static std::string heard(PeerProcess& by) { return by.event("message").value("text", ""); }

  std::unique_ptr<PeerProcess> desk, kitchen;
};

TEST_F(Peers, TalkOverTheMeshWithoutTheServer) {
  server.reset();
  desk->event("device", [](const Json& device) { return device.value("link", "") == "offline"; });
  say(*desk, "one");
  say(*kitchen, "two");
  EXPECT_EQ(heard(*kitchen), "one");
  EXPECT_EQ(heard(*desk), "two");
  const Json problem = desk->event("host.link", [](const Json& dat) { return !dat.value("problem", "").empty(); });
  EXPECT_NE(problem.value("problem", "").find(url()), std::string::npos);
}

TEST_F(Peers, ComeBackWithTheServer) {
  server.reset();
  desk->event("device", [](const Json& device) { return device.value("link", "") == "offline"; });
  kitchen->event("device", [](const Json& device) { return device.value("link", "") == "offline"; });
  start_server();
  desk->await_online();
  kitchen->await_online();
  say(*desk, "again", "relay");
  EXPECT_EQ(heard(*kitchen), "again");
}

TEST_F(Peers, AreThemselvesAfterARestart) {
  const std::string id = kitchen->id();
  EXPECT_EQ(kitchen->stop(), 0);
  say(*desk, "while it was away");
  kitchen = std::make_unique<PeerProcess>(SKYPOD_PROGRAM, data("kitchen"));  // the server is remembered
  EXPECT_EQ(kitchen->id(), id);
  EXPECT_EQ(heard(*kitchen), "while it was away");
  kitchen->await_peer(desk->id(), "connected");
}

TEST_F(Peers, SurviveKill9) {
  kitchen->command("device.rename", {{"name", "pantry"}});
  kitchen->process().kill();
  say(*desk, "while it was dead");
  kitchen = start_peer("kitchen");
  EXPECT_EQ(heard(*kitchen), "while it was dead");
  kitchen->event("device", [](const Json& device) { return device.value("name", "") == "pantry"; });
  EXPECT_EQ(run_json("kitchen", {"realm", "members"})["members"].size(), 2);  // the old socket is no hindrance
}

TEST_F(Peers, NoticeOneThatWasFrozen) {
  kitchen->process().signal(SIGSTOP);
  say(*desk, "are you there?");
  kitchen->process().signal(SIGCONT);
  EXPECT_EQ(heard(*kitchen), "are you there?");
}

TEST_F(Peers, OneProcessHasADirectory) {
  const Finished second = run("desk", {"peer"});
  expect_failure(second, 1, "is in use by process " + std::to_string(desk->process().id()) + "; stop that one");
  say(*desk, "undisturbed");
  EXPECT_EQ(heard(*kitchen), "undisturbed");
}

TEST_F(Peers, ServeAndPeerShareADirectory) {
  const ServerProcess beside(SKYPOD_PROGRAM, data("desk"));
  EXPECT_TRUE(desk->command("host.check").contains("version"));
  EXPECT_EQ(desk->stop(), 0);
  desk = start_peer("desk");
  desk->await_online();
}

TEST_F(Peers, AnswerEveryLine) {
  cli::LineSocket& lines = desk->process().lines();
  EXPECT_EQ(desk->refused_command("no.such.command").value("code", ""), "unknown_message");
  lines.write("nonsense\n{\"id\":77,\"name\":\"host.status\"}\n");
  std::string line;
  do line = desk->process().line();
  while (!line.contains("\"reply\""));
  EXPECT_NE(line.find("\"reply\":null"), std::string::npos) << line;
  EXPECT_NE(line.find("bad_input"), std::string::npos) << line;
  do line = desk->process().line();
  while (!line.contains("\"reply\""));
  const auto status = wire::parse_json(line);
  ASSERT_TRUE(status);
  EXPECT_EQ((*status)["ok"].value("id", ""), desk->id());
  EXPECT_EQ((*status)["ok"]["peers"].size(), 2);
}

TEST_F(Peers, StopOnceNobodyReads) {
  ChildProcess& process = desk->process();
  process.hang_up();
  say(*kitchen, "anybody?");  // a line that it cannot print
  EXPECT_EQ(process.wait(), 0);
}

TEST_F(Peers, WithoutDirectConnectionsRelay) {
  EXPECT_EQ(kitchen->stop(), 0);
  kitchen = start_peer("kitchen", {"--no-rtc"});
  kitchen->await_online();
  say(*desk, "by way of the server", "relay");
  EXPECT_EQ(heard(*kitchen), "by way of the server");
  say(*kitchen, "and back", "relay");
  EXPECT_EQ(heard(*desk), "and back");
}

TEST_F(Peers, TheStreamTakesTheRelayWhereUdpIsBlocked) {
  say(*kitchen, "while there was a channel");
  EXPECT_EQ(heard(*desk), "while there was a channel");
  EXPECT_EQ(kitchen->stop(), 0);
  say(*desk, "while it was away");
  kitchen = start_peer("kitchen", {"--no-rtc"});
  EXPECT_EQ(heard(*kitchen), "while it was away");
  say(*kitchen, "and back");
  EXPECT_EQ(heard(*desk), "and back");
  kitchen->await_rung(desk->id(), "relay");
  desk->await_rung(kitchen->id(), "relay");
}

TEST_F(Peers, TheStreamOutlivesARestartOfTheServerOnTheRelay) {
  EXPECT_EQ(kitchen->stop(), 0);
  kitchen = start_peer("kitchen", {"--no-rtc"});
  desk->await_rung(kitchen->id(), "relay");
  server.reset();
  desk->event("device", [](const Json& device) { return device.value("link", "") == "offline"; });
  for (const char* text : {"one", "two", "three"}) say(*desk, text);
  start_server();
  for (const char* text : {"one", "two", "three"}) EXPECT_EQ(heard(*kitchen), text);
}

}  // namespace
}  // namespace skypod::test
