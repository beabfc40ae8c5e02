#include "core/realm/stream.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace skypod::realm {
namespace {

using wire::Envelope;

constexpr std::size_t window = 64 * 1024;

Envelope numbered(int number) {
  return wire::event("test", {{"number", number}});
}

/// A carrier that loses frames, and delivers some that were under way on an earlier one late.
struct Carrier {
  Random random;
  unsigned loss = 0;                                       // percent
  std::vector<std::pair<Stream*, Envelope>> late = {};     // receiver and frame
  std::map<Stream*, std::vector<Envelope>> received = {};  // messages

  /// Carries frames both ways until nothing moves.
  void pump(Stream& a, Stream& b) {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto [from, to] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
        while (const auto frame = from->next()) {
          moved = true;
          if (random.chance(10)) late.emplace_back(to, *frame);
          if (!random.chance(loss)) deliver(*to, *frame);
        }
      }
    }
  }

  void deliver(Stream& to, const Envelope& frame) {
    auto progress = to.receive(frame);
    ASSERT_TRUE(progress) << wire::to_json(frame.dat);
    for (Envelope& message : progress->messages) received[&to].push_back(std::move(message));
  }

  void deliver_late() {
    for (const auto& [to, frame] : std::exchange(late, {})) deliver(*to, frame);
  }
};

std::vector<int> numbers(const std::vector<Envelope>& messages) {
  std::vector<int> numbers;
  for (const Envelope& message : messages) numbers.push_back(message.dat["number"].get<int>());
  return numbers;
}

TEST(Stream, DeliversInOrderAndForgetsWhatWasAcknowledged) {
  Stream a("a"), b("b");
  Carrier carrier{.random = Random(1)};
  EXPECT_EQ(a.send(numbered(1)), 1);
  a.opened(window);
  b.opened(window);
  carrier.pump(a, b);
  EXPECT_EQ(a.send(numbered(2)), 2);
  carrier.pump(a, b);
  EXPECT_EQ(numbers(carrier.received[&b]), (std::vector{1, 2}));
  EXPECT_EQ(a.unacknowledged(), 0U);
  EXPECT_EQ(a.acknowledged(), 2);
}

TEST(Stream, DeliversOnceAndInOrderOverCarriersThatLoseAndChangeAnywhere) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Stream a("a"), b("b");
    Carrier carrier{.random = Random(seed), .loss = 20};
    for (int round = 0; round < 20; ++round) {
      ASSERT_TRUE(a.send(numbered(round)));
      ASSERT_TRUE(b.send(numbered(round)));
      if (carrier.random.chance(40)) a.opened(window);
      if (carrier.random.chance(40)) b.opened(window);
      if (carrier.random.chance(10)) a.closed();
      carrier.pump(a, b);
      carrier.deliver_late();
      if (carrier.random.chance(50)) a.again();
    }
    carrier.loss = 0;
    a.opened(window);
    b.opened(window);
    carrier.pump(a, b);
    std::vector<int> all;
    for (int i = 0; i < 20; ++i) all.push_back(i);
    EXPECT_EQ(numbers(carrier.received[&b]), all) << "seed " << seed;
    EXPECT_EQ(numbers(carrier.received[&a]), all) << "seed " << seed;
  }
}

TEST(Stream, WhatIsLostIsAskedForOnce) {
  Stream a("a"), b("b");
  Carrier carrier{.random = Random(1)};
  a.opened(window);
  b.opened(window);
  carrier.pump(a, b);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(a.send(numbered(i)));
  ASSERT_TRUE(a.next());  // lost
  for (int i = 1; i < 4; ++i) carrier.deliver(b, *a.next());
  const auto ack = b.next();
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->dat["again"], true);
  EXPECT_FALSE(b.next());
  carrier.deliver(a, *ack);
  carrier.pump(a, b);
  EXPECT_EQ(numbers(carrier.received[&b]), (std::vector{0, 1, 2, 3}));
}

TEST(Stream, ARestartedReceiverGetsOnlyWhatIsNotAcknowledged) {
  Stream a("a"), b("b");
  Carrier carrier{.random = Random(1)};
  a.opened(window);
  b.opened(window);
  ASSERT_TRUE(a.send(numbered(1)));
  carrier.pump(a, b);
  ASSERT_TRUE(a.send(numbered(2)));
  Stream reborn("c");
  reborn.opened(window);
  carrier.pump(a, reborn);
  EXPECT_EQ(numbers(carrier.received[&reborn]), std::vector{2});
}

TEST(Stream, ARestartedSenderIsNotTakenForItsEarlierLife) {
  Stream a("a"), b("b");
  Carrier carrier{.random = Random(1)};
  a.opened(window);
  b.opened(window);
  ASSERT_TRUE(a.send(numbered(1)));
  carrier.pump(a, b);
  Stream reborn("c");
  ASSERT_TRUE(reborn.send(numbered(7)));
  reborn.opened(window);
  ASSERT_TRUE(reborn.next());  // its hello is lost
  EXPECT_FALSE(reborn.next()) << "nothing follows before the other knows of the new life";
  reborn.again();
  carrier.pump(reborn, b);
  EXPECT_EQ(numbers(carrier.received[&b]), (std::vector{1, 7}));
}

TEST(Stream, ALargeMessageTravelsInPartsWithinTheWindow) {
  Stream a("a"), b("b");
  Carrier carrier{.random = Random(1)};
  a.opened(window);
  b.opened(window);
  carrier.pump(a, b);
  const Envelope large = wire::event("test", {{"octets", wire::binary(Random(2).bytes(16 * 1024 * 1024))}});
  ASSERT_TRUE(a.send(large));
  ASSERT_TRUE(a.send(numbered(2)));
  std::size_t under_way = 0;
  std::vector<Envelope> frames;
  while (auto frame = a.next()) {
    under_way += wire::binary_bytes(frame->dat["octets"]).size();
    frames.push_back(*frame);
  }
  EXPECT_EQ(under_way, window);
  for (const Envelope& frame : frames) carrier.deliver(b, frame);
  a.opened(1024 * 1024);  // another rung in the middle of it
  carrier.pump(a, b);
  ASSERT_EQ(carrier.received[&b].size(), 2U);
  EXPECT_EQ(carrier.received[&b][0], large);
  EXPECT_EQ(carrier.received[&b][1], numbered(2));
}

TEST(Stream, RefusesAPeerThatBreaksTheProtocol) {
  const auto item = [](int number, int left, const Bytes& octets) {
    return wire::event("stream.item", {{"n", number}, {"left", left}, {"octets", wire::binary(octets)}});
  };
  const auto heard = [] {
    Stream stream("a");
    stream.opened(window);
    EXPECT_TRUE(stream.receive(
        wire::event("stream.hello", {{"session", "b"}, {"base", 0}, {"heard", "a"}, {"next", 0}, {"ask", false}})));
    return stream;
  };
  EXPECT_FALSE(heard().receive(wire::event("stream.ack", {{"next", 1}}))) << "never sent";
  EXPECT_FALSE(heard().receive(
      wire::event("stream.hello", {{"session", "b"}, {"base", 1}, {"heard", "a"}, {"next", 0}, {"ask", true}})))
      << "takes for acknowledged what never arrived";
  EXPECT_FALSE(heard().receive(wire::event("stream.nonsense", wire::Json::object())));
  EXPECT_FALSE(heard().receive(item(0, 0, "no envelope")));
  EXPECT_FALSE(heard().receive(item(0, 0, Bytes(part_max + 1, 'x'))));
  EXPECT_FALSE(heard().receive(item(0, 1, "a part that is no last one is whole")));
  EXPECT_FALSE(heard().receive(item(0, 1'000'000, Bytes(part_max, 'x')))) << "longer than a message may be";
  Stream counting = heard();
  EXPECT_TRUE(counting.receive(item(0, 3, Bytes(part_max, 'x'))));
  EXPECT_FALSE(counting.receive(item(1, 1, Bytes(part_max, 'x')))) << "does not count down by one";
}

TEST(Stream, BoundsWhatItKeeps) {
  Stream a("a");
  for (std::size_t i = 0; i < stream_items_max; ++i) ASSERT_TRUE(a.send(numbered(1)));
  EXPECT_EQ(a.send(numbered(1)).error().code, wire::ErrorCode::queue_full);
  Stream b("b");
  EXPECT_EQ(b.send(wire::event("test", {{"text", std::string(stream_message_max, 'x')}})).error().code,
            wire::ErrorCode::frame_too_large);
  ASSERT_TRUE(b.send(wire::event("test", {{"text", std::string(16 * 1024 * 1024, 'x')}})));
  ASSERT_TRUE(b.send(wire::event("test", {{"text", std::string(16 * 1024 * 1024, 'x')}})));
  EXPECT_EQ(b.send(wire::event("test", {{"text", std::string(256 * 1024, 'x')}})).error().code,
            wire::ErrorCode::queue_full);
}

}  // namespace
}  // namespace skypod::realm
