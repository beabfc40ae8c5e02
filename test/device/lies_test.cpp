// What a device makes of a server's word that no member has signed for. test/lies/ tells real clients the same and
// more.
#include <gtest/gtest.h>

#include <algorithm>

#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

/// `a` founded the realm and invited `b` and `c`; then it removed `c`.
class Lies : public testing::Test {
 protected:
  Lies() : shared(1), a(shared, 0), b(shared, 1), c(shared, 2) {
    settle(1'000);
    a.command("realm.create");
    for (VirtualDevice* guest : {&b, &c}) {
      const Json invitation = a.command("pairing.invite", guest->command("pairing.register"));
      guest->command("pairing.join", {{"invitation", invitation["invitation"]}});
      settle(10'000);
    }
    a.command("realm.remove", {{"id", c.id()}});
    settle(10'000);
  }

  void settle(wire::TimeMs ms) { shared.world.run(shared.world.now() + ms); }

  static std::size_t alarms(const VirtualDevice& device) {
    const std::vector<Json> all = device.all_told("notice");
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [](const Json& one) { return one["code"] == "server_lies" && one["level"] == "alarm"; }));
  }

  VirtualWorld shared;
  VirtualDevice a, b, c;
};

TEST_F(Lies, AnHonestServerIsNotSuspected) {
  for (const VirtualDevice* device : {&a, &b, &c}) EXPECT_EQ(alarms(*device), 0U);
}

TEST_F(Lies, ARemovalThatNobodySignedIsOnlyTheServersWord) {
  b.hear({{"typ", "err"}, {"msg", "error"}, {"dat", {{"status", 403}, {"code", "removed"}, {"message", "Out!"}}}});
  settle(1'000);
  EXPECT_EQ(alarms(b), 1U);
  EXPECT_EQ(b.told("device")["realm"], a.told("device")["realm"]);
  EXPECT_EQ(b.told("device")["removed"], nullptr);
}

TEST_F(Lies, ARemovedDeviceThatIsSaidToJoinIsReportedWhereTheServerKnewBetter) {
  const Json pubkey = {{"crv", "P-256"}, {"kty", "EC"}, {"x", std::string(43, 'A')}, {"y", std::string(43, 'A')}};
  for (VirtualDevice* device : {&a, &b}) {  // the one has told the server of the removal, the other was told by it
    device->hear({{"typ", "evt"},
                  {"msg", "realm.rtc.peer-joined"},
                  {"dat", {{"identity", c.id()}, {"pubkey", pubkey}, {"statement", "old"}, {"peers", Json::array()}}}});
    settle(1'000);
    EXPECT_EQ(alarms(*device), 1U);
    EXPECT_EQ(device->told("peers")["peers"].size(), 2U);
  }
}

TEST_F(Lies, AServerThatGoesBackBehindWhatItHasShownIsReportedTheSecondTime) {
  const Json dat = {{"peers", Json::array()}, {"identities", Json::object()}, {"ledger", Json::array()}};
  for (const std::size_t told : {0U, 1U}) {
    b.hear({{"typ", "res"}, {"msg", "preauth.authn"}, {"seq", 1}, {"dat", dat}});
    settle(5'000);
    EXPECT_EQ(alarms(b), told);
    EXPECT_EQ(b.told("peers")["peers"].size(), 2U);
  }
}

}  // namespace
}  // namespace skypod::test
