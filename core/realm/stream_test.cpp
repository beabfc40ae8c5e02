#include "core/realm/stream.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace skypod::realm {
namespace {

using wire::Envelope;

Envelope numbered(int number) {
  return wire::event("test", {{"number", number}});
}

/// Carries frames both ways until nothing moves; each frame arrives with `percent` probability, after which the channel
/// is broken for good. Appends what came out.
void pump(Stream& a, Stream& b, std::vector<int>& at_b, Random* random = nullptr) {
  bool moved = true;
  while (moved) {
    moved = false;
    for (auto [from, to] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
      for (const Envelope& frame : from->drain()) {
        if (random != nullptr && random->chance(5)) return;
        moved = true;
        const auto messages = to->receive(frame);
        ASSERT_TRUE(messages);
        for (const Envelope& message : *messages) at_b.push_back(message.dat["number"].get<int>());
      }
    }
  }
}

TEST(Stream, DeliversInOrderAndForgetsWhatWasAcknowledged) {
  Stream a("a"), b("b");
  std::vector<int> got;
  EXPECT_TRUE(a.send(numbered(1)));
  a.opened();
  b.opened();
  pump(a, b, got);
  EXPECT_TRUE(a.send(numbered(2)));
  pump(a, b, got);
  EXPECT_EQ(got, (std::vector{1, 2}));
  EXPECT_EQ(a.unacknowledged(), 0U);
}

TEST(Stream, DeliversOnceOverChannelsThatBreakAnywhere) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    Stream a("a"), b("b");
    std::vector<int> got;
    for (int round = 0; round < 20; ++round) {
      ASSERT_TRUE(a.send(numbered(round)));
      a.opened();
      b.opened();
      pump(a, b, got, &random);
      a.closed();
      b.closed();
    }
    a.opened();
    b.opened();
    pump(a, b, got);
    ASSERT_EQ(got.size(), 20U) << "seed " << seed;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(got[static_cast<std::size_t>(i)], i) << "seed " << seed;
  }
}

TEST(Stream, ARestartedReceiverGetsOnlyWhatIsNotAcknowledged) {
  Stream a("a"), b("b");
  std::vector<int> got;
  a.opened();
  b.opened();
  ASSERT_TRUE(a.send(numbered(1)));
  pump(a, b, got);
  a.closed();
  ASSERT_TRUE(a.send(numbered(2)));
  Stream reborn("c");
  a.opened();
  reborn.opened();
  got.clear();
  pump(a, reborn, got);
  EXPECT_EQ(got, std::vector{2});
}

TEST(Stream, RefusesAPeerThatBreaksTheProtocol) {
  Stream a("a");
  a.opened();
  EXPECT_FALSE(a.receive(wire::event("stream.item", {{"n", 0}, {"message", {{"typ", "evt"}, {"msg", "x"}}}})));
  const wire::Json hello = {{"session", "b"}, {"base", 0}, {"heard", ""}, {"next", 0}};
  ASSERT_TRUE(a.receive(wire::event("stream.hello", hello)));
  EXPECT_FALSE(a.receive(wire::event("stream.hello", hello)));        // twice on one channel
  EXPECT_FALSE(a.receive(wire::event("stream.ack", {{"next", 1}})));  // never sent
  EXPECT_FALSE(a.receive(wire::event("stream.item", {{"n", 1}, {"message", {{"typ", "evt"}, {"msg", "x"}}}})));
  EXPECT_FALSE(a.receive(wire::event("stream.nonsense", {})));
}

TEST(Stream, BoundsWhatItKeeps) {
  Stream a("a");
  for (std::size_t i = 0; i < stream_items_max; ++i) ASSERT_TRUE(a.send(numbered(1)));
  EXPECT_FALSE(a.send(numbered(1)));
  Stream b("b");
  EXPECT_FALSE(b.send(wire::event("test", {{"text", std::string(stream_message_max, 'x')}})));
}

}  // namespace
}  // namespace skypod::realm
