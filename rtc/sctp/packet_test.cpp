#include "rtc/sctp/packet.hpp"

#include <gtest/gtest.h>

namespace skypod::rtc::sctp {
namespace {

Bytes packet_with(Bytes chunk) {
  return Bytes(common_header, 'h') + std::move(chunk);
}

/// Type, flags, length, cumulative TSN, window, how many gaps, how many duplicates.
Bytes sack(char gaps, char duplicates) {
  return {3, 0, 0, 16, 0, 0, 0, 1, 0, 16, 0, 0, 0, gaps, 0, duplicates};
}

TEST(Packet, KnowsAnAcknowledgementThatTheNextOneReplaces) {
  EXPECT_TRUE(is_plain_acknowledgement(packet_with(sack(0, 0))));
  EXPECT_FALSE(is_plain_acknowledgement(packet_with(sack(1, 0))));
  EXPECT_FALSE(is_plain_acknowledgement(packet_with(sack(0, 1))));
  EXPECT_FALSE(is_plain_acknowledgement(packet_with(sack(0, 0) + "data")));
  EXPECT_FALSE(is_plain_acknowledgement(packet_with(Bytes(16, '\0'))));
  EXPECT_FALSE(is_plain_acknowledgement(""));
}

TEST(Packet, KnowsAHeartbeat) {
  EXPECT_TRUE(is_heartbeat(packet_with({4, 0, 0, 8, 0, 1, 0, 4})));
  EXPECT_TRUE(is_heartbeat(packet_with({5, 0, 0, 8, 0, 1, 0, 4})));
  EXPECT_FALSE(is_heartbeat(packet_with(sack(0, 0))));
  EXPECT_FALSE(is_heartbeat(packet_with("")));
}

}  // namespace
}  // namespace skypod::rtc::sctp
