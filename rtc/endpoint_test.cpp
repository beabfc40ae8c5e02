#include "rtc/endpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;

TEST(Endpoint, ConnectsAndSaysHow) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  for (const auto& side : couple.sides) {
    EXPECT_EQ(side.opened, 1);
    ASSERT_TRUE(side.path);
    EXPECT_EQ(side.path->kind, event::Path::Kind::direct);
    EXPECT_FALSE(side.failed);
  }
}

TEST(Endpoint, CarriesMessagesOfEverySizeBothWays) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  Random random(1);
  std::vector<Bytes> sent;
  for (const std::size_t size : {0, 1, 1000, 1200, 65536, 262144, 0, 3}) {
    sent.push_back(random.bytes(size));
  }
  for (const int from : {0, 1}) {
    for (const Bytes& message : sent) {
      couple.endpoint(from).send(Couple::id, message);
    }
    auto& got = couple.sides[1 - from].messages;
    ASSERT_TRUE(couple.run([&] { return got.size() == sent.size(); }));
    EXPECT_TRUE(std::ranges::equal(got, sent));
    EXPECT_EQ(couple.endpoint(from).buffered(Couple::id), 0u);
  }
}

TEST(Endpoint, CarriesManyMegabytesInOrder) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  Random random(2);
  const Bytes block = random.bytes(65536);
  constexpr std::size_t count = 160;
  for (std::size_t i = 0; i < count; ++i) {
    couple.endpoint(0).send(Couple::id, Bytes(1, static_cast<char>(i)) + block);
  }
  auto& got = couple.sides[1].messages;
  ASSERT_TRUE(couple.run([&] { return got.size() == count && couple.sides[0].drained > 0; }));
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(got[i][0], static_cast<char>(i));
    ASSERT_EQ(BytesView(got[i]).substr(1), block);
  }
}

TEST(Endpoint, ConnectsOverIpv6) {
  Couple couple(testing::loopback("::1"));
  ASSERT_TRUE(couple.connect());
  EXPECT_NE(couple.sides[0].candidates[0].find(" ::1 "), std::string::npos);
}

TEST(Endpoint, TellsTheOtherSideWhenItCloses) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  couple.endpoint(0).close(Couple::id);
  ASSERT_TRUE(couple.run([&] { return couple.sides[1].failed.has_value(); }));
  EXPECT_EQ(couple.sides[1].failed, Fault::closed_by_peer);
  EXPECT_EQ(couple.endpoint(0).buffered(Couple::id), 0u);
}

TEST(Endpoint, SendsWhatWaitedForTheChannel) {
  Couple couple;
  couple.endpoint(0).send(Couple::id, "early");
  EXPECT_EQ(couple.endpoint(0).buffered(Couple::id), 5u);
  ASSERT_TRUE(couple.connect());
  ASSERT_TRUE(couple.run([&] { return couple.sides[1].messages.size() == 1; }));
  EXPECT_EQ(couple.sides[1].messages[0], "early");
}

TEST(Endpoint, RefusesToSendTooMuch) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  couple.endpoint(0).send(Couple::id, Bytes(message_max + 1, 'x'));
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed.has_value(); }));
  EXPECT_EQ(couple.sides[0].failed, Fault::message_too_long);
}

TEST(Endpoint, KeepsToWhatTheOtherSideTakes) {
  Couple couple;
  couple.tamper_sdp = [](int, std::string sdp) {
    const std::string size = "a=max-message-size:262144";
    return sdp.replace(sdp.find(size), size.size(), "a=max-message-size:1000");
  };
  ASSERT_TRUE(couple.connect());
  couple.endpoint(0).send(Couple::id, Bytes(1000, 'x'));
  ASSERT_TRUE(couple.run([&] { return couple.sides[1].messages.size() == 1; }));
  couple.endpoint(0).send(Couple::id, Bytes(1001, 'x'));
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed.has_value(); }));
  EXPECT_EQ(couple.sides[0].failed, Fault::message_too_long);
}

TEST(Endpoint, BoundsWhatWaits) {
  Options options = testing::loopback();
  options.buffer_max = 1'000'000;
  Couple couple(options);
  for (int i = 0; i < 5; ++i) {
    couple.endpoint(0).send(Couple::id, Bytes(250'000, 'x'));
  }
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed.has_value(); }));
  EXPECT_EQ(couple.sides[0].failed, Fault::buffer_full);
}

TEST(Endpoint, GivesUpWhenNobodyIsThere) {
  Options options = testing::loopback();
  options.connect_max_ms = 300;
  Couple couple(options);
  couple.tamper_candidate = [](int, const std::string&) { return std::string(); };
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed && couple.sides[1].failed; }));
  EXPECT_EQ(couple.sides[0].failed, Fault::ice_failed);
  EXPECT_EQ(couple.sides[1].failed, Fault::ice_failed);
}

TEST(Endpoint, SurvivesCreationAndDestructionAtAnyMoment) {
  Random random(3);
  for (int round = 0; round < 60; ++round) {
    Couple couple;
    couple.offer(0);
    const auto stop = random.below(12);
    std::uint64_t steps = 0;
    couple.run([&] { return steps++ == stop || couple.sides[1].opened > 0; });
  }
}

TEST(Endpoint, KeepsManyConnectionsApart) {
  constexpr Id count = 30;
  testing::Mailbox mailbox;
  Endpoint first([&](Event event) { mailbox.post(0, std::move(event)); }, testing::loopback());
  Endpoint second([&](Event event) { mailbox.post(1, std::move(event)); }, testing::loopback());
  Endpoint* endpoints[] = {&first, &second};
  for (Id id = 1; id <= count; ++id) {
    first.open(id, wire::Json::array());
    second.open(id, wire::Json::array());
    first.send(id, std::to_string(id));
    first.offer(id);
  }
  std::map<Id, Bytes> got;
  const auto deadline = std::chrono::steady_clock::now() + testing::patience;
  while (got.size() < count) {
    auto next = mailbox.next(deadline);
    ASSERT_TRUE(next) << got.size();
    Endpoint& other = *endpoints[1 - next->first];
    if (auto* local = std::get_if<event::Local>(&next->second)) {
      other.remote(local->id, local->is_offer, local->sdp);
    } else if (auto* candidate = std::get_if<event::Candidate>(&next->second)) {
      other.candidate(candidate->id, candidate->candidate, candidate->mid, candidate->line);
    } else if (auto* message = std::get_if<event::Message>(&next->second)) {
      got[message->id] = message->octets;
    }
  }
  for (const auto& [id, octets] : got) {
    EXPECT_EQ(octets, std::to_string(id));
  }
}

TEST(Endpoint, IgnoresHandlesThatAreNotOpen) {
  Couple couple;
  Endpoint& endpoint = couple.endpoint(0);
  endpoint.offer(99);
  endpoint.remote(99, true, "x");
  endpoint.candidate(99, "x", "0", 0);
  endpoint.send(99, "x");
  endpoint.close(99);
  EXPECT_EQ(endpoint.buffered(99), 0u);
  ASSERT_TRUE(couple.connect());
}

}  // namespace
}  // namespace skypod::rtc
