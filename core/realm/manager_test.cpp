#include "core/realm/manager.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <set>

namespace skypod::realm {
namespace {

constexpr TimeMs step_ms = 10;
constexpr std::size_t message_octets = 16 * 1024 * 1024;

/// One side: a mesh, and what its host was asked.
struct Side {
  explicit Side(std::string name) : id(std::move(name)), host(Bytes(32, id.front())), mesh(host, id) {}

  std::string id;
  core::Host host;
  Manager mesh;
  RtcId rtc = 0;                       // of the connection that is open
  std::set<RtcId> offered, restarted;  // connections that had to make an offer
  std::deque<Bytes> outgoing;          // on the channel
  std::size_t handed = 0;              // octets since the last report
  bool wants_report = false;
  std::vector<wire::Envelope> received;
  std::vector<OutgoingSignal> signals;
  int connected = 0, disconnected = 0;
  std::int64_t acknowledged = 0;

  void collect() {
    for (core::Output& output : host.drain()) {
      if (const auto* offer = std::get_if<core::out::RtcOffer>(&output)) {
        (offer->restart ? restarted : offered).insert(offer->rtc);
      } else if (auto* send = std::get_if<core::out::RtcSend>(&output)) {
        handed += send->octets.size();
        wants_report = wants_report || send->report_drained;
        outgoing.push_back(std::move(send->octets));
      }
    }
    for (OutgoingSignal& signal : mesh.drain_signals()) signals.push_back(std::move(signal));
    for (MeshEvent& happened : mesh.drain_events()) {
      if (auto* message = std::get_if<mesh::Received>(&happened)) received.push_back(std::move(message->message));
      if (const auto* told = std::get_if<mesh::Acknowledged>(&happened)) acknowledged = told->number;
      connected += std::holds_alternative<mesh::Connected>(happened) ? 1 : 0;
      disconnected += std::holds_alternative<mesh::Disconnected>(happened) ? 1 : 0;
    }
  }
};

/// Two devices that the server names to each other.
class Ladder : public testing::Test {
 protected:
  Ladder() : a("a"), b("b") {
    tick(0);
    a.mesh.peer_online(b.id, true);
    b.mesh.peer_online(a.id, false);
  }

  void tick(TimeMs ms) {
    now += ms;
    for (Side* side : {&a, &b}) {
      side->host.set_now(now);
      side->mesh.tick();
      side->collect();
    }
  }

  /// Lets `ms` pass, and carries what there is.
  void run(TimeMs ms) {
    for (const TimeMs end = now + ms; now < end;) {
      tick(step_ms);
      for (auto [from, to] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
        if (has_relay) carry_relayed(*from, *to);
        if (has_channel) carry_on_channel(*from, *to);
      }
    }
  }

  static void carry_relayed(Side& from, Side& to) {
    while (const auto batch = from.mesh.take_relay()) {
      from.mesh.relay_left(to.id, true);
      to.mesh.relay_received(from.id, batch->session, batch->frames);
      from.collect();
      to.collect();
    }
  }

  static void carry_on_channel(Side& from, Side& to) {
    for (const Bytes& octets : std::exchange(from.outgoing, {})) to.mesh.rtc_message(to.rtc, octets);
    if (std::exchange(from.wants_report, false)) {
      from.handed = 0;
      from.mesh.rtc_drained(from.rtc);
    }
    from.collect();
    to.collect();
  }

  /// Opens a channel between the two: a makes the offer.
  void open_channel() {
    a.collect();
    a.rtc = *a.offered.rbegin();
    a.mesh.rtc_local(a.rtc, true, "offer");
    a.collect();
    b.mesh.signal(a.id, a.signals.back().message);
    b.rtc = ++b_attempts;
    b.mesh.rtc_local(b.rtc, false, "answer");
    b.collect();
    a.mesh.signal(b.id, b.signals.back().message);
    a.mesh.rtc_opened(a.rtc);
    b.mesh.rtc_opened(b.rtc);
    has_channel = true;
  }

  static wire::Envelope long_message() {
    return wire::event("test", {{"octets", wire::binary(Random(7).bytes(message_octets))}});
  }

  TimeMs now = 1'000'000;
  bool has_relay = true;
  bool has_channel = false;
  RtcId b_attempts = 0;
  Side a, b;
};

TEST_F(Ladder, MeasuresAnewAfterAnOutage) {
  open_channel();
  run(100);
  has_channel = false;
  a.mesh.nudge();
  run(5'000);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay);
  has_channel = true;
  run(100);
  ASSERT_EQ(a.mesh.rung(b.id), Rung::direct);
  EXPECT_LT(*a.mesh.rtt_ms(b.id), 100) << "not the time that the network was gone";
}

TEST_F(Ladder, BeginsOnTheRelayAndMovesUpOnceAPongHasComeBack) {
  ASSERT_TRUE(a.mesh.send(b.id, wire::event("one")));
  run(100);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay);
  EXPECT_TRUE(a.mesh.rtt_ms(b.id));
  EXPECT_EQ(b.received, std::vector{wire::event("one")});
  open_channel();
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay) << "nothing has come back on the channel yet";
  run(100);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::direct);
  EXPECT_EQ(b.mesh.rung(a.id), Rung::direct);
  a.mesh.rtc_path(a.rtc, true);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::turn);
  ASSERT_TRUE(a.mesh.send(b.id, wire::event("two")));
  run(100);
  EXPECT_EQ(b.received.back(), wire::event("two"));
  EXPECT_EQ(b.connected, 1) << "a change of rung is no news to who uses the stream";
  EXPECT_EQ(b.disconnected, 0);
}

TEST_F(Ladder, FallsBackWithinASecondOfSilence) {
  open_channel();
  run(200);
  has_channel = false;  // a black hole
  ASSERT_TRUE(a.mesh.send(b.id, wire::event("lost")));
  run(1'000);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay);
  run(1'000);
  EXPECT_EQ(b.received, std::vector{wire::event("lost")}) << "the other end has found its channel dead as well";
  has_channel = true;  // what was under way arrives after all
  run(500);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::direct);
  EXPECT_EQ(b.received.size(), 1U) << "and is known to have come before";
}

TEST_F(Ladder, FallsBackAtOnceWhenTheChannelFails) {
  open_channel();
  run(200);
  has_channel = false;
  a.mesh.rtc_failed(a.rtc);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay);
  ASSERT_TRUE(a.mesh.send(b.id, wire::event("by relay")));
  run(1'200);
  EXPECT_EQ(b.received, std::vector{wire::event("by relay")});
}

TEST_F(Ladder, RestartsIceOnceInADoubtAndThenGivesUp) {
  open_channel();
  run(200);
  has_channel = false;
  a.mesh.rtc_doubtful(a.rtc);
  b.mesh.rtc_doubtful(b.rtc);
  run(PeerConnection::restart_polite_ms + step_ms);
  EXPECT_EQ(a.restarted, std::set{a.rtc}) << "a began, so it is polite and moves first";
  EXPECT_TRUE(b.restarted.empty());
  run(PeerConnection::restart_impolite_ms);
  EXPECT_EQ(b.restarted, std::set{b.rtc});
  EXPECT_EQ(a.mesh.status(b.id), PeerStatus::reconnecting);
  run(PeerConnection::doubt_max_ms);
  EXPECT_NE(a.signals.back().message.msg, wire::msg::offer);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay);
}

TEST_F(Ladder, ALongMessagePassesTheRelay) {
  ASSERT_TRUE(a.mesh.send(b.id, long_message()));
  run(10'000);
  ASSERT_EQ(b.received.size(), 1U);
  EXPECT_EQ(b.received[0], long_message());
  EXPECT_GE(a.acknowledged, 512);
}

TEST_F(Ladder, ALongMessageSurvivesAChangeOfRungInItsMiddle) {
  ASSERT_TRUE(a.mesh.send(b.id, long_message()));
  run(1'000);
  EXPECT_TRUE(b.received.empty());
  open_channel();
  run(30);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::direct);
  run(50);
  EXPECT_TRUE(b.received.empty());
  has_channel = false;
  run(30'000);
  ASSERT_EQ(b.received.size(), 1U);
  EXPECT_EQ(b.received[0], long_message());
}

TEST_F(Ladder, GivesTheChannelNoMoreThanItTakes) {
  open_channel();
  run(200);
  has_channel = false;
  a.outgoing.clear();
  a.handed = 0;
  ASSERT_TRUE(a.mesh.send(b.id, long_message()));
  a.collect();
  EXPECT_TRUE(a.wants_report);
  EXPECT_LT(a.handed, PeerConnection::handed_max + 2 * part_max);
  a.mesh.rtc_drained(a.rtc);
  a.collect();
  EXPECT_LT(a.handed, 2 * (PeerConnection::handed_max + 2 * part_max));
  a.mesh.rtc_drained(a.rtc);
  a.mesh.rtc_drained(a.rtc);
  a.mesh.rtc_drained(a.rtc);
  a.mesh.rtc_drained(a.rtc);
  a.collect();
  EXPECT_LT(a.handed, Manager::channel_window + 4 * part_max) << "nothing of it is acknowledged";
}

TEST_F(Ladder, WhatTheRelayLosesIsSentAgain) {
  run(100);
  ASSERT_TRUE(a.mesh.send(b.id, wire::event("one")));
  ASSERT_TRUE(a.mesh.take_relay());
  a.mesh.relay_left(b.id, true);  // but it never arrives
  run(RelayLane::answer_first_ms + 100);
  EXPECT_EQ(b.received, std::vector{wire::event("one")});
}

TEST_F(Ladder, ARepetitionToARestartedDeviceHasNoEffect) {
  run(100);
  ASSERT_TRUE(a.mesh.send(b.id, wire::event("one")));
  const auto batch = a.mesh.take_relay();
  ASSERT_TRUE(batch);
  Side reborn("b");
  reborn.host.set_now(now);
  reborn.mesh.peer_online(a.id, true);
  reborn.mesh.relay_received(a.id, batch->session, batch->frames);
  reborn.collect();
  EXPECT_TRUE(reborn.received.empty());
}

TEST_F(Ladder, WithoutTheServerAnOpenChannelIsUsedAsItIs) {
  open_channel();
  run(200);
  a.mesh.link_lost();
  b.mesh.link_lost();
  a.mesh.rtc_doubtful(a.rtc);
  EXPECT_EQ(a.mesh.rung(b.id), Rung::direct);
  EXPECT_EQ(a.disconnected, 0);
  a.mesh.rtc_failed(a.rtc);
  a.collect();
  EXPECT_EQ(a.mesh.rung(b.id), Rung::none);
  EXPECT_EQ(a.disconnected, 1);
}

TEST_F(Ladder, AsksForAConnectionThatTheNewcomerDoesNotBegin) {
  has_relay = false;
  a.signals.clear();
  b.signals.clear();
  run(Manager::request_after_ms + step_ms);
  ASSERT_EQ(b.signals.size(), 1U);
  EXPECT_EQ(b.signals[0].message.msg, wire::msg::request_connection);
  const std::size_t before = a.offered.size();
  a.mesh.signal(b.id, b.signals[0].message);
  a.collect();
  EXPECT_EQ(a.offered.size(), before) << "its attempt is under way";
  a.mesh.rtc_failed(*a.offered.rbegin());
  a.mesh.signal(b.id, b.signals[0].message);
  a.collect();
  EXPECT_EQ(a.offered.size(), before + 1);
}

TEST_F(Ladder, LooksAtOnceWhenTheNetworkMayHaveChanged) {
  open_channel();
  run(200);
  has_channel = false;
  a.outgoing.clear();
  a.mesh.nudge();
  run(1'000);
  EXPECT_FALSE(a.outgoing.empty()) << "a ping";
  EXPECT_EQ(a.mesh.rung(b.id), Rung::relay) << "that nobody answers";
}

}  // namespace
}  // namespace skypod::realm
