// Who belongs to a realm, with real processes: a device that is removed, a key that is changed, a server that has lost
// its disk, and a recovery.
#include "test/peer/household.hpp"

namespace skypod::test {
namespace {

/// Peers in one realm, by way of the server only.
class RealmOfPeers : public Household {
 protected:
  void SetUp() override {
    Household::SetUp();
    desk = start_peer("desk", {"--no-rtc"});
    desk->command("realm.create");
    desk->await_online();
    kitchen = start_peer("kitchen", {"--no-rtc"});
    pair(*desk, *kitchen);
  }

  void TearDown() override {
    desk.reset();
    kitchen.reset();
    Household::TearDown();
  }

  static void await_epoch(PeerProcess& peer, std::int64_t epoch) {
    peer.event("device", [&](const Json& device) { return device.value("keyEpoch", std::int64_t{0}) == epoch; });
  }
  static bool is_out(const Json& device) { return device["realm"].is_null(); }

  std::unique_ptr<PeerProcess> desk, kitchen;
};

TEST_F(RealmOfPeers, ARemovedPeerIsToldAndStaysOut) {
  desk->command("realm.remove", {{"id", kitchen->id()}});
  const std::string remover = desk->id().substr(0, 8);  // names travel by direct connections only
  EXPECT_EQ(kitchen->event("device", is_out)["removed"]["by"], remover);
  EXPECT_EQ(kitchen->refused_command("message.send", {{"text", "x"}, {"to", nullptr}, {"mode", "relay"}})["code"],
            "not_a_member");
  EXPECT_EQ(kitchen->stop(), 0);
  kitchen = start_peer("kitchen", {"--no-rtc"});
  EXPECT_EQ(kitchen->event("device", is_out)["removed"]["by"], remover);
  await_epoch(*desk, 2);
}

TEST_F(RealmOfPeers, ANewKeyReachesWhoWasAway) {
  EXPECT_EQ(kitchen->stop(), 0);
  EXPECT_EQ(desk->command("realm.rotate")["epoch"], 2);
  kitchen = start_peer("kitchen", {"--no-rtc"});
  await_epoch(*kitchen, 2);
  kitchen->command("message.send", {{"text", "under the new key"}, {"to", nullptr}, {"mode", "relay"}});
  EXPECT_EQ(desk->event("message").value("text", ""), "under the new key");
}

TEST_F(RealmOfPeers, AServerThatWasWipedGetsTheRealmBack) {
  server.reset();
  std::filesystem::remove_all(data("server"));
  for (PeerProcess* peer : {desk.get(), kitchen.get()}) {
    peer->event("device", [](const Json& device) { return device.value("link", "") == "offline"; });
  }
  EXPECT_EQ(desk->stop(), 0);
  start_server();
  kitchen->await_online();  // the first that comes is not the founder
  desk = start_peer("desk", {"--no-rtc"});
  desk->await_online();
  desk->command("message.send", {{"text", "all are here"}, {"to", nullptr}, {"mode", "relay"}});
  EXPECT_EQ(kitchen->event("message").value("text", ""), "all are here");
  auto tablet = start_peer("tablet", {"--no-rtc"});
  pair(*kitchen, *tablet);
  EXPECT_EQ(tablet->command("realm.members")["members"].size(), 3);
}

TEST_F(RealmOfPeers, ARecoveryKeyLetsANewDeviceIn) {
  const Json recovery = desk->command("recovery.create");
  EXPECT_EQ(kitchen->stop(), 0);
  EXPECT_EQ(desk->stop(), 0);
  auto tablet = start_peer("tablet", {"--no-rtc"});
  EXPECT_EQ(tablet->refused_command("recovery.restore", {{"file", recovery["file"]}, {"code", "nonsense"}})["code"],
            "recovery_invalid");
  tablet->command("recovery.restore", {{"file", recovery["file"]}, {"code", recovery["code"]}});
  tablet->await_online();
  EXPECT_NE(tablet->id(), desk->id());
  kitchen = start_peer("kitchen", {"--no-rtc"});
  kitchen->await_online();
  tablet->command("message.send", {{"text", "here again"}, {"to", nullptr}, {"mode", "relay"}});
  EXPECT_EQ(kitchen->event("message").value("text", ""), "here again");
}

}  // namespace
}  // namespace skypod::test
