#include "rtc/channel/channels.hpp"

#include <gtest/gtest.h>

#include "rtc/sctp/testing.hpp"

namespace skypod::rtc::channel {
namespace {

/// Channels on one side, a bare association on the other that says what it likes.
class ChannelsTest : public ::testing::Test, public ChannelsOwner {
 protected:
  void SetUp() override {
    loop.run([this] {
      stack.emplace(loop);
      channels = std::make_unique<Channels>(loop, *stack, settings, outbox, *this);
      other.carry = [this](Bytes& packet) {
        loop.post([this, copy = packet] {
          if (channels) {
            channels->receive(copy);
          }
        });
        return false;
      };
      other.association = std::make_unique<sctp::Association>(loop, *stack, settings, other);
    });
  }
  void TearDown() override {
    loop.run([this] {
      channels.reset();
      other.association.reset();
      stack.reset();
    });
    loop.run([] {});  // what they sent last
  }

  void channels_packet(BytesView packet) override {
    loop.post([this, copy = Bytes(packet)] {
      if (other.association) {
        other.association->receive(copy);
      }
    });
  }
  void channels_opened() override { opened = true; }
  void channels_message(Bytes octets) override {
    messages.push_back(std::move(octets));
    watch.changed();
  }
  void channels_drained() override { ++drained; }
  void channels_ended(Fault why) override {
    ended = ended.value_or(why);
    watch.changed();
  }

  bool until(const std::function<bool()>& reached) { return watch.until(loop, reached); }
  void say(std::uint16_t stream, std::uint32_t ppid, BytesView octets) {
    loop.run([&] {
      other.queue.push_back({stream, ppid, Bytes(octets)});
      if (other.up) {
        other.flush();
      }
    });
  }

  Loop loop;
  rtc::testing::Watch watch;
  std::optional<sctp::Stack> stack;
  sctp::Association::Settings settings{.message_max = 1000};
  Buffered buffered = std::make_shared<std::atomic<std::size_t>>(0);
  Outbox outbox{buffered, 100};
  std::unique_ptr<Channels> channels;
  rtc::testing::SctpEnd other{loop, watch};
  bool opened = false;
  std::vector<Bytes> messages;
  int drained = 0;
  std::optional<Fault> ended;
};

const Bytes opening = write_dcep(Open{.label = "other", .protocol = {}});

TEST_F(ChannelsTest, TakesMessagesOfTheAgreedChannel) {
  say(0, ppid::binary, "octets");
  say(0, ppid::empty_binary, BytesView("\0", 1));
  ASSERT_TRUE(until([&] { return messages.size() == 2; }));
  EXPECT_EQ(messages, (std::vector<Bytes>{"octets", ""}));
  EXPECT_TRUE(opened);
}

TEST_F(ChannelsTest, SendsWhatWaitedForTheAssociation) {
  loop.run([&] {
    for (const char* message : {"first", "", "third"}) {
      buffered->fetch_add(Bytes(message).size());
      outbox.push(message);
    }
    channels->flush();
  });
  ASSERT_TRUE(until([&] { return other.received.size() == 3; }));
  EXPECT_EQ(other.received[0].octets, "first");
  EXPECT_EQ(other.received[1].ppid, ppid::empty_binary);
  EXPECT_EQ(other.received[2].octets, "third");
  EXPECT_EQ(buffered->load(), 0u);
}

TEST_F(ChannelsTest, AcceptsAChannelThatTheOtherSideOpens) {
  say(8, ppid::dcep, opening);
  say(8, ppid::binary, "on eight");
  ASSERT_TRUE(until([&] { return messages.size() == 1 && other.received.size() == 1; }));
  EXPECT_EQ(other.received[0].stream, 8);
  EXPECT_EQ(other.received[0].ppid, ppid::dcep);
  EXPECT_EQ(other.received[0].octets, write_dcep(Ack{}));
  loop.run([&] { other.association->reset(8); });
  EXPECT_TRUE(until([&] { return !other.resets.empty(); }));  // closing is answered by closing
  EXPECT_FALSE(ended);
}

TEST_F(ChannelsTest, HearsNothingOnAChannelThatNobodyOpened) {
  say(8, ppid::binary, "nobody listens");
  say(0, ppid::binary, "here");
  ASSERT_TRUE(until([&] { return !messages.empty(); }));
  EXPECT_EQ(messages, (std::vector<Bytes>{"here"}));
}

TEST_F(ChannelsTest, ResetsWhatItCannotOpen) {
  say(8, ppid::dcep, "nonsense");
  ASSERT_TRUE(until([&] { return !other.resets.empty(); }));
  EXPECT_EQ(other.resets, std::vector<std::uint16_t>{8});
  EXPECT_FALSE(ended);
}

TEST_F(ChannelsTest, OpensOnlySoMany) {
  for (std::uint16_t stream = 2; stream < 2 * (opened_max + 2); stream += 2) {
    say(stream, ppid::dcep, opening);
  }
  ASSERT_TRUE(until([&] { return !other.resets.empty(); }));
  EXPECT_EQ(other.resets, std::vector<std::uint16_t>{2 * (opened_max + 1)});
}

TEST_F(ChannelsTest, EndsForText) {
  say(0, ppid::text, "text");
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_EQ(ended, Fault::bad_message);
}

TEST_F(ChannelsTest, EndsForTooMuch) {
  say(0, ppid::binary, Bytes(1001, 'x'));
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_EQ(ended, Fault::message_too_long);
}

TEST_F(ChannelsTest, EndsWhenTheAgreedChannelIsClosed) {
  say(0, ppid::binary, "x");
  ASSERT_TRUE(until([&] { return !messages.empty(); }));
  loop.run([&] { other.association->reset(0); });
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_EQ(ended, Fault::closed_by_peer);
}

TEST_F(ChannelsTest, EndsWithTheAssociation) {
  say(0, ppid::binary, "x");
  ASSERT_TRUE(until([&] { return !messages.empty(); }));
  loop.run([&] { other.association.reset(); });
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_EQ(ended, Fault::closed_by_peer);
}

}  // namespace
}  // namespace skypod::rtc::channel
