// Descriptions and candidates in every order: crossing offers, restarts, late and early candidates, refusals.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;

void expect_talking(Couple& couple) {
  for (const int from : {0, 1}) {
    auto& got = couple.sides[1 - from].messages;
    const std::size_t before = got.size();
    couple.endpoint(from).send(Couple::id, "hello");
    ASSERT_TRUE(couple.run([&] { return got.size() == before + 1; }));
    EXPECT_EQ(got.back(), "hello");
    EXPECT_EQ(couple.sides[from].opened, 1);
    EXPECT_FALSE(couple.sides[from].failed);
  }
}

TEST(Negotiation, CrossingOffersMakeOneConnection) {
  for (int round = 0; round < 25; ++round) {
    Couple couple;
    couple.offer(round % 2);
    couple.offer(1 - round % 2);
    ASSERT_TRUE(couple.open()) << round;
    expect_talking(couple);
  }
}

TEST(Negotiation, AnOfferMayBeRepeated) {
  Couple couple;
  couple.offer(0);
  couple.offer(0);
  ASSERT_TRUE(couple.open());
  expect_talking(couple);
}

TEST(Negotiation, CandidatesMayAllComeWithinTheDescription) {
  Couple couple;
  std::vector<std::string> held[2];
  couple.tamper_candidate = [&](int side, const std::string& text) {
    held[side].push_back(text);
    return std::string();
  };
  couple.tamper_sdp = [](int, const std::string&) { return std::string(); };
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return !held[0].empty() && held[0].back().empty(); }));
  couple.tamper_sdp = nullptr;
  couple.offer(0);  // once more, with all that was found
  ASSERT_TRUE(couple.open());
  EXPECT_NE(couple.sides[0].sdp.find("a=candidate:"), std::string::npos);
  expect_talking(couple);
}

TEST(Negotiation, CandidatesMayComeBeforeTheirDescription) {
  Couple couple;
  std::string offer;
  couple.tamper_sdp = [&](int side, const std::string& sdp) { return side == 0 ? (offer = sdp, std::string()) : sdp; };
  couple.offer(0);
  ASSERT_TRUE(
      couple.run([&] { return !couple.sides[0].candidates.empty() && couple.sides[0].candidates.back().empty(); }));
  couple.endpoint(1).remote(Couple::id, true, offer);
  ASSERT_TRUE(couple.open());
}

TEST(Negotiation, CandidatesMayComeLate) {
  Couple couple;
  std::vector<std::string> held;  // the offerer's; the answerer's are lost, so that nothing can begin without these
  couple.tamper_candidate = [&](int side, const std::string& text) {
    if (side == 0) {
      held.push_back(text);
    }
    return std::string();
  };
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return !held.empty() && held.back().empty() && couple.sides[1].locals == 1; }));
  EXPECT_EQ(couple.sides[0].opened, 0);
  for (const std::string& text : held) {
    couple.endpoint(1).candidate(Couple::id, text, "0", 0);
  }
  ASSERT_TRUE(couple.open());
  expect_talking(couple);
}

TEST(Negotiation, UselessCandidatesDoNoHarm) {
  Couple couple;
  for (const char* text :
       {"nonsense", "candidate:1 1 udp 1 0123abcd.local 9 typ host", "candidate:1 1 udp 1 0.0.0.0 9 typ host",
        "candidate:1 1 udp 1 255.255.255.255 9 typ host", "candidate:1 1 udp 1 224.0.0.1 9 typ host",
        "candidate:1 1 udp 1 ff02::1 9 typ host", "candidate:1 1 udp 1 127.0.0.1 0 typ host",
        "candidate:1 2 udp 1 127.0.0.1 9 typ host", "candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active",
        "candidate:1 1 udp 1 127.0.0.1 9 typ host ufrag gone"}) {
    couple.endpoint(0).candidate(Couple::id, text, "0", 0);
    couple.endpoint(1).candidate(Couple::id, text, "nowhere", 77);
  }
  ASSERT_TRUE(couple.connect());
  expect_talking(couple);
}

/// A restart from `side` while messages flow both ways: none is lost or doubled.
void restart_during_transfer(int side, bool both) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  Random random(3);
  const Bytes block = random.bytes(40'000);
  constexpr std::size_t count = 200;
  const auto send = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      couple.endpoint(0).send(Couple::id, std::to_string(i) + block);
      couple.endpoint(1).send(Couple::id, std::to_string(i) + block);
    }
  };
  send(0, count / 2);
  const int described = couple.sides[1 - side].locals;
  couple.offer(side, true);
  if (both) {
    couple.offer(1 - side, true);
  }
  ASSERT_TRUE(couple.run([&] { return couple.sides[1 - side].locals > described; }));
  send(count / 2, count);
  for (auto& to : couple.sides) {
    ASSERT_TRUE(couple.run([&] { return to.messages.size() == count; }));
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(to.messages[i], std::to_string(i) + block) << i;
    }
  }
  expect_talking(couple);
}

TEST(Negotiation, RestartsDuringATransfer) {
  restart_during_transfer(0, false);
  restart_during_transfer(1, false);
}

TEST(Negotiation, CrossingRestartsDuringATransfer) {
  restart_during_transfer(0, true);
  restart_during_transfer(1, true);
}

TEST(Negotiation, ManyRestartsInARow) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  for (int round = 0; round < 10; ++round) {
    const int side = round % 2;
    const int described = couple.sides[1 - side].locals;
    const std::string before = couple.sides[side].sdp;
    couple.offer(side, true);
    ASSERT_TRUE(couple.run([&] { return couple.sides[1 - side].locals > described; }));
    EXPECT_NE(couple.sides[side].sdp, before);
    expect_talking(couple);
  }
}

TEST(Negotiation, AnOfferWithoutRestartChangesNothing) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  couple.offer(1);
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].locals == 2; }));
  expect_talking(couple);
}

TEST(Negotiation, RefusesAnAnswerToNothing) {
  Couple couple;
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return couple.sides[1].locals == 1; }));
  Couple other;
  other.endpoint(0).remote(Couple::id, false, couple.sides[1].sdp);
  ASSERT_TRUE(other.run([&] { return other.sides[0].failed.has_value(); }));
  EXPECT_EQ(other.sides[0].failed, Fault::wrong_state);
}

TEST(Negotiation, RefusesAnAnswerThatDecidesNothing) {
  Couple couple;
  couple.tamper_sdp = [](int side, std::string sdp) {
    const std::size_t at = sdp.find("a=setup:active");
    return side == 1 && at != std::string::npos ? sdp.replace(at, 14, "a=setup:actpass") : sdp;
  };
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed.has_value(); }));
  EXPECT_EQ(couple.sides[0].failed, Fault::bad_description);
}

TEST(Negotiation, RefusesWhatIsNoDescription) {
  Random random(4);
  for (const Bytes& text : {Bytes("x"), Bytes(), random.bytes(1000), Bytes(1'000'000, 'a')}) {
    Couple couple;
    couple.endpoint(1).remote(Couple::id, true, text);
    ASSERT_TRUE(couple.run([&] { return couple.sides[1].failed.has_value(); }));
    EXPECT_EQ(couple.sides[1].failed, Fault::bad_description);
  }
}

}  // namespace
}  // namespace skypod::rtc
