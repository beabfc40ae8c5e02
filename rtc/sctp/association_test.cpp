#include "rtc/sctp/association.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/random.hpp"
#include "rtc/sctp/testing.hpp"

namespace skypod::rtc::sctp {
namespace {

constexpr std::uint32_t ppid = 53;
constexpr std::size_t message_max = 256 * 1024;

class SctpAssociation : public ::testing::Test {
 protected:
  SctpAssociation() {
    first.other = &second;
    second.other = &first;
    loop.run([this] { stack.emplace(loop); });
  }
  ~SctpAssociation() override {
    loop.run([this] {
      first.association.reset();
      second.association.reset();
      stack.reset();
    });
    loop.run([] {});  // what they sent last
  }

  void begin() {
    loop.run([this] {
      const Association::Settings settings{.message_max = message_max};
      first.association = std::make_unique<Association>(loop, *stack, settings, first);
      second.association = std::make_unique<Association>(loop, *stack, settings, second);
    });
  }
  bool until(const std::function<bool()>& reached) { return watch.until(loop, reached); }
  bool both_up() {
    return until([&] { return first.up && second.up; });
  }

  /// Sends them from the first to the second and compares what came.
  void expect_carried(const std::vector<Bytes>& messages) {
    loop.run([&] {
      for (const Bytes& message : messages) {
        first.queue.push_back({3, ppid, message});
      }
      first.flush();
    });
    ASSERT_TRUE(until([&] { return second.received.size() == messages.size(); }));
    for (std::size_t i = 0; i < messages.size(); ++i) {
      EXPECT_EQ(second.received[i].stream, 3);
      EXPECT_EQ(second.received[i].ppid, ppid);
      EXPECT_TRUE(second.received[i].octets == messages[i]) << i;
    }
  }

  Loop loop;
  rtc::testing::Watch watch;
  std::optional<Stack> stack;
  rtc::testing::SctpEnd first{loop, watch};
  rtc::testing::SctpEnd second{loop, watch};
};

std::vector<Bytes> some_messages() {
  Random random(5);
  std::vector<Bytes> out;
  for (const std::size_t size : {1, 2, 1000, 1100, 1200, 70'000, 262'144, 1, 262'143}) {
    out.push_back(random.bytes(size));
  }
  return out;
}

TEST_F(SctpAssociation, CarriesMessagesWhole) {
  begin();
  ASSERT_TRUE(both_up());
  expect_carried(some_messages());
}

TEST_F(SctpAssociation, CarriesThemOverALossyNetwork) {
  Random random(6);
  first.carry = [&](Bytes&) { return !random.chance(10); };
  second.carry = first.carry;
  begin();
  ASSERT_TRUE(both_up());
  expect_carried(some_messages());
  loop.run([&] { first.carry = second.carry = [](Bytes&) { return true; }; });
}

TEST_F(SctpAssociation, RefusesAMessageThatIsTooLong) {
  begin();
  ASSERT_TRUE(both_up());
  loop.run([&] {
    first.queue.push_back({0, ppid, Bytes(message_max + 1, 'x')});
    first.flush();
  });
  ASSERT_TRUE(until([&] { return second.too_long; }));
  EXPECT_TRUE(second.received.empty());
}

TEST_F(SctpAssociation, TellsOfResetStreamsAndOfItsEnd) {
  begin();
  ASSERT_TRUE(both_up());
  loop.run([&] {
    first.association->send(5, ppid, "x");
    first.association->reset(5);
  });
  ASSERT_TRUE(until([&] { return !second.resets.empty(); }));
  EXPECT_EQ(second.resets, std::vector<std::uint16_t>{5});
  loop.run([&] { first.association.reset(); });
  EXPECT_TRUE(until([&] { return second.down; }));
}

/// Hostile packets come from the authenticated other side only; they may end the association, never more.
TEST_F(SctpAssociation, SurvivesDamagedPackets) {
  Random random(7);
  first.carry = [&](Bytes& packet) {
    if (random.chance(20)) {
      const auto at = random.below(packet.size());
      packet[at] = static_cast<char>(random.next());
      packet.resize(packet.size() - random.below(packet.size()) / 8);
    }
    return true;
  };
  begin();
  const auto messages = some_messages();
  loop.run([&] {
    for (const Bytes& message : messages) {
      first.queue.push_back({3, ppid, message});
    }
    first.flush();
  });
  // No checksum guards here (DTLS does), so messages may be damaged; what matters is that this goes on to some end.
  until([&] { return second.received.size() == messages.size() || first.down || second.down || second.too_long; });
  loop.run([&] { first.carry = [](Bytes&) { return true; }; });
}

void feed_files(const std::filesystem::path& folder, Association& association, int& count) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      const Bytes packet{std::istreambuf_iterator<char>(file), {}};
      association.receive(packet);
      ++count;
    }
  }
}

TEST_F(SctpAssociation, SurvivesOthersFuzzSeeds) {
  const std::filesystem::path seeds =
      std::filesystem::path(SKYPOD_SOURCE_DIR) / "../shared/corpora/net-fuzz-seeds/usrsctp";
  if (!std::filesystem::exists(seeds)) {
    GTEST_SKIP() << "no " << seeds;
  }
  begin();
  ASSERT_TRUE(both_up());
  int count = 0;
  loop.run([&] { feed_files(seeds, *first.association, count); });
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace skypod::rtc::sctp
