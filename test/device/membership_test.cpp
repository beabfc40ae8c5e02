// Who belongs to a realm, from command to command: devices that are removed, that leave, that come back with a recovery
// key; keys that change; and a server that has lost everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

/// Three devices of one realm, connected: `a` founded it and invited `b` and `c`.
class Trio : public testing::Test {
 protected:
  Trio() : shared(1), a(shared, 0), b(shared, 1), c(shared, 2) {
    settle(1'000);
    a.command("realm.create");
    join(a, b);
    join(a, c);
  }

  void settle(wire::TimeMs ms) { shared.world.run(shared.world.now() + ms); }

  Json invitation(VirtualDevice& inviter, VirtualDevice& invitee) {
    return inviter.command("pairing.invite", invitee.command("pairing.register"));
  }
  void join(VirtualDevice& inviter, VirtualDevice& invitee) {
    invitee.command("pairing.join", {{"invitation", invitation(inviter, invitee)["invitation"]}});
    settle(10'000);
  }

  static Json peer(const VirtualDevice& device, const std::string& id) {
    for (const Json& entry : device.told("peers")["peers"]) {
      if (entry["id"] == id) return entry;
    }
    return nullptr;
  }
  static std::size_t count(const VirtualDevice& device) { return device.told("peers")["peers"].size(); }
  static std::size_t notices(const VirtualDevice& device, const std::string& code) {
    const std::vector<Json> all = device.all_told("notice");
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Json& one) { return one["code"] == code; }));
  }
  static bool heard(const VirtualDevice& device, const std::string& text) {
    const std::vector<Json> all = device.all_told("message");
    return std::ranges::any_of(all, [&](const Json& one) { return one["text"] == text; });
  }
  static Json message(const std::string& text, const char* mode) {
    return {{"text", text}, {"to", nullptr}, {"mode", mode}};
  }
  static std::int64_t epoch(const VirtualDevice& device) {
    return device.told("device")["keyEpoch"].get<std::int64_t>();
  }

  VirtualWorld shared;
  VirtualDevice a, b, c;
};

TEST_F(Trio, ARemovedDeviceIsOutAtOnceAndToldSoInWords) {
  c.command("device.rename", {{"name", "Kitchen"}});
  settle(3'000);
  b.command("realm.remove", {{"id", c.id()}});
  settle(5'000);
  EXPECT_EQ(c.told("device")["realm"], nullptr);
  EXPECT_EQ(c.told("device")["removed"]["by"], "device 1");
  EXPECT_EQ(notices(c, "removed"), 1U);
  for (const VirtualDevice* device : {&a, &b}) {
    EXPECT_EQ(count(*device), 2U);
    EXPECT_EQ(notices(*device, "device_removed"), 1U);
    EXPECT_EQ(epoch(*device), 2);
  }
  EXPECT_EQ(a.told("notice")["text"], "Kitchen was removed by device 1.");
  EXPECT_EQ(a.told("notice")["about"], (Json{{"device", "Kitchen"}, {"by", "device 1"}}));
  const Json removed = a.command("realm.members")["removed"];
  ASSERT_EQ(removed.size(), 1U);
  EXPECT_EQ(removed[0]["name"], "Kitchen");
  EXPECT_EQ(removed[0]["removedBy"], b.id());
  EXPECT_EQ(removed[0]["recovery"], false);
}

TEST_F(Trio, WhatIsSaidAfterARemovalReachesTheOthersOnly) {
  a.command("realm.remove", {{"id", c.id()}});
  // The server may not have shut c out yet when it passes the message on; the new key does.
  EXPECT_GE(a.command("message.send", message("secret", "relay"))["recipients"], 1);
  EXPECT_EQ(a.command("message.send", message("directly", "p2p"))["recipients"], 1);
  settle(5'000);
  EXPECT_TRUE(heard(b, "secret"));
  EXPECT_TRUE(heard(b, "directly"));
  EXPECT_FALSE(heard(c, "secret"));
  EXPECT_FALSE(heard(c, "directly"));
}

TEST_F(Trio, AMessageIsAwaitedUntilADeviceSaysThatItHasIt) {
  c.stop();  // which the others have not noticed yet
  const Json sent = a.command("message.send", message("directly", "p2p"));
  EXPECT_EQ(sent["awaited"].size(), 2U);
  const auto have_it = [&] {
    std::set<std::string> devices;
    for (const Json& told : a.all_told("message.delivered")) {
      if (told["id"] == sent["message"]["id"]) devices.insert(told["to"].get<std::string>());
    }
    return devices;
  };
  settle(60'000);
  EXPECT_EQ(have_it(), std::set{b.id()});
  c.restart();
  settle(60'000);
  EXPECT_EQ(have_it(), (std::set{b.id(), c.id()}));
  EXPECT_EQ(a.command("message.send", message("by the server", "relay"))["awaited"], Json::array());
}

TEST_F(Trio, ARemovedDeviceStaysOutAcrossRestarts) {
  c.stop();
  a.command("realm.remove", {{"id", c.id()}});
  settle(60'000);
  c.restart();
  settle(10'000);
  EXPECT_EQ(c.told("device")["removed"]["by"], "device 0") << "it learns of it when it comes back";
  c.restart();
  settle(1'000);
  EXPECT_EQ(c.told("device")["realm"], nullptr);
  EXPECT_EQ(c.told("device")["removed"]["by"], "device 0") << "and goes on saying so";
  c.command("realm.create");
  EXPECT_EQ(c.told("device")["removed"], nullptr) << "until it has a realm again";
}

TEST_F(Trio, ADeviceThatWasAwayDuringARemovalCatchesUp) {
  b.stop();
  a.command("realm.remove", {{"id", c.id()}});
  settle(60'000);
  b.restart();
  settle(15'000);
  EXPECT_EQ(count(b), 2U);
  EXPECT_EQ(epoch(b), 2);
  EXPECT_EQ(peer(a, b.id())["current"], true);
  EXPECT_EQ(b.command("message.send", message("back", "relay"))["recipients"], 1);
  settle(2'000);
  EXPECT_TRUE(heard(a, "back"));
}

TEST_F(Trio, AKeyCanBeChangedOnDemandAndByTwoAtOnce) {
  EXPECT_EQ(a.command("realm.rotate")["epoch"], 2);
  settle(5'000);
  for (VirtualDevice* device : {&a, &b, &c}) EXPECT_EQ(epoch(*device), 2);
  a.command("realm.rotate");
  b.command("realm.rotate");
  settle(10'000);
  for (VirtualDevice* device : {&a, &b, &c}) {
    EXPECT_EQ(epoch(*device), 3) << "or 4, if one had heard of the other's before";
    device->command("message.send", message("from " + device->id(), "relay"));
  }
  settle(5'000);
  for (const VirtualDevice* from : {&a, &b, &c}) {
    for (const VirtualDevice* to : {&a, &b, &c}) EXPECT_TRUE(from == to || heard(*to, "from " + from->id()));
  }
  EXPECT_EQ(notices(a, "server_lies") + notices(b, "server_lies") + notices(c, "server_lies"), 0U);
}

TEST_F(Trio, WhoeverLeavesIsGoneForAll) {
  EXPECT_EQ(b.command("realm.leave")["told"], true);
  settle(5'000);
  EXPECT_EQ(b.told("device")["realm"], nullptr);
  EXPECT_EQ(b.told("device")["removed"], nullptr) << "it left by itself";
  EXPECT_EQ(count(a), 2U);
  EXPECT_EQ(count(c), 2U);
  EXPECT_EQ(epoch(a), epoch(c));
  EXPECT_EQ(epoch(a), 2) << "those who stay have a key that the one who left does not know";
}

TEST_F(Trio, RemovalsThatCannotBeAreRefused) {
  EXPECT_EQ(a.refused_command("realm.remove", {{"id", a.id()}})["code"], "bad_input");
  EXPECT_EQ(a.refused_command("realm.remove", {{"id", std::string(43, 'A')}})["code"], "not_a_member");
  EXPECT_EQ(a.refused_command("realm.remove")["code"], "bad_input");
  VirtualDevice stranger(shared, 3);
  settle(100);
  EXPECT_EQ(stranger.refused_command("realm.remove", {{"id", a.id()}})["code"], "not_a_member");
  EXPECT_EQ(stranger.refused_command("realm.rotate")["code"], "not_a_member");
  EXPECT_EQ(stranger.refused_command("realm.leave")["code"], "not_a_member");
  EXPECT_EQ(stranger.refused_command("realm.members")["code"], "not_a_member");
}

TEST_F(Trio, ARemovalWithoutAServerSpreadsDirectlyAndReachesTheServerLater) {
  shared.cloud.restart();
  settle(1);
  a.command("realm.remove", {{"id", c.id()}});
  settle(30'000);
  EXPECT_EQ(count(b), 2U);
  EXPECT_EQ(c.told("device")["removed"]["by"], "device 0");
}

TEST_F(Trio, EveryDeviceIsToldOfANewOne) {
  VirtualDevice late(shared, 3);
  settle(100);
  join(b, late);
  for (const VirtualDevice* device : {&a, &b, &c}) {
    EXPECT_EQ(notices(*device, "device_joined"), device == &a ? 3U : device == &b ? 2U : 1U);
  }
  EXPECT_EQ(a.told("notice")["text"], "A device was added by device 1.");
  EXPECT_EQ(peer(c, late.id())["invitedBy"], b.id());
}

TEST_F(Trio, BothEndsOfAPairingShowTheSamePictures) {
  VirtualDevice late(shared, 3);
  settle(100);
  const Json registration = late.command("pairing.register");
  const Json invitee = a.command("pairing.inspect", registration);
  EXPECT_EQ(registration["pictures"].size(), 7U);
  EXPECT_EQ(invitee["pictures"], registration["pictures"]);
  EXPECT_NE(late.command("pairing.register")["pictures"], registration["pictures"]) << "each code has its own";
  const Json made = a.command("pairing.invite", registration);
  const Json preview = late.command("pairing.preview", {{"invitation", made["invitation"]}});
  EXPECT_EQ(preview["pictures"], made["pictures"]);
  EXPECT_EQ(preview["name"], "device 0");
  EXPECT_EQ(preview["inviter"], a.id());
}

TEST_F(Trio, AnInvitationThatWasTakenBackIsRefused) {
  VirtualDevice late(shared, 3);
  settle(100);
  const Json made = invitation(a, late);
  a.command("pairing.cancel", {{"id", made["id"]}});
  EXPECT_EQ(late.refused_command("pairing.join", {{"invitation", made["invitation"]}})["code"], "invitation_used");
  EXPECT_EQ(late.told("device")["realm"], nullptr);
  join(a, late);
  EXPECT_EQ(count(late), 4U) << "another one is fine";
}

TEST_F(Trio, AnInvitationOfARemovedInviterIsRefused) {
  VirtualDevice late(shared, 3);
  settle(100);
  const Json made = invitation(c, late);
  a.command("realm.remove", {{"id", c.id()}});
  settle(1'000);
  EXPECT_EQ(late.refused_command("pairing.join", {{"invitation", made["invitation"]}})["code"], "invitation_invalid");
}

TEST_F(Trio, AServerThatLostEverythingGetsTheRealmBackFromTheNextMember) {
  a.command("realm.remove", {{"id", c.id()}});
  settle(5'000);
  a.stop();
  shared.cloud.wipe();
  settle(60'000);
  EXPECT_EQ(b.told("device")["link"], "online");
  a.restart();
  settle(15'000);
  EXPECT_EQ(a.told("device")["link"], "online");
  EXPECT_EQ(count(a), 2U);
  VirtualDevice late(shared, 3);
  settle(100);
  join(b, late);
  EXPECT_EQ(count(late), 3U);
  EXPECT_EQ(notices(a, "server_lies") + notices(b, "server_lies"), 0U);
}

TEST_F(Trio, ARecoveryKeyBringsAWipedDeviceBackUnderANewIdentity) {
  const Json recovery = a.command("recovery.create");
  settle(3'000);
  EXPECT_EQ(peer(b, recovery["id"].get<std::string>())["recovery"], true);
  EXPECT_EQ(peer(b, a.id())["recovery"], false);
  EXPECT_EQ(b.told("notice")["text"], "A recovery key was made by device 0.");
  EXPECT_EQ(notices(a, "recovery_made"), 0U);
  for (VirtualDevice* device : {&a, &b, &c}) device->stop();

  VirtualDevice late(shared, 3);
  settle(100);
  Json typed = recovery;
  typed.erase("id");
  auto code = typed["code"].get<std::string>();
  std::ranges::transform(code, code.begin(), [](char letter) { return letter == '-' ? ' ' : std::tolower(letter); });
  typed["code"] = code;
  late.command("recovery.restore", typed);
  settle(10'000);
  EXPECT_EQ(late.told("device")["link"], "online");
  EXPECT_EQ(peer(late, late.id())["invitedBy"], recovery["id"]);
  late.command("realm.remove", {{"id", c.id()}});
  b.restart();
  settle(15'000);
  EXPECT_EQ(count(b), 4U);
  EXPECT_EQ(late.command("message.send", message("hello again", "relay"))["recipients"], 1);
  settle(2'000);
  EXPECT_TRUE(heard(b, "hello again"));
}

TEST_F(Trio, ARecoveryWorksAlsoIfTheServerIsLostToo) {
  const Json recovery = a.command("recovery.create");
  for (VirtualDevice* device : {&a, &b, &c}) device->stop();
  shared.cloud.wipe();
  VirtualDevice late(shared, 3);
  settle(100);
  late.command("recovery.restore", {{"file", recovery["file"]}, {"code", recovery["code"]}});
  EXPECT_EQ(late.told("device")["link"], "online");
  b.restart();
  settle(15'000);
  EXPECT_EQ(peer(b, late.id())["online"], true);
}

TEST_F(Trio, ARecoveryNeedsTheFileAndTheCode) {
  const Json recovery = a.command("recovery.create");
  VirtualDevice late(shared, 3);
  settle(100);
  const auto refusal = [&](const Json& file, const Json& code) {
    return late.refused_command("recovery.restore", {{"file", file}, {"code", code}})["code"];
  };
  EXPECT_EQ(refusal(recovery["file"], "0000-0000-0000-0000-0000-0000"), "recovery_invalid");
  EXPECT_EQ(refusal(recovery["file"], "0000"), "recovery_invalid");
  EXPECT_EQ(refusal("{}", recovery["code"]), "recovery_invalid");
  EXPECT_EQ(refusal("", recovery["code"]), "bad_input");
  a.command("realm.remove", {{"id", recovery["id"]}});
  settle(3'000);
  EXPECT_EQ(refusal(recovery["file"], recovery["code"]), "invitation_invalid") << "it was revoked";
  EXPECT_EQ(a.command("realm.members")["removed"][0]["recovery"], true);
  EXPECT_EQ(b.told("notice")["text"], "A recovery key was removed by device 0.");
  EXPECT_EQ(late.told("device")["realm"], nullptr);
}

}  // namespace
}  // namespace skypod::test
