#include "rtc/sdp/candidate.hpp"

#include <gtest/gtest.h>

namespace skypod::rtc::sdp {
namespace {

using Transport = Candidate::Transport;
using Type = Candidate::Type;

TEST(Candidate, ReadsWhatBrowsersWrite) {
  const auto chromium = parse_candidate(
      "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.0.2.9 rport 46155 generation 0 ufrag "
      "EsAw network-cost 999");
  ASSERT_TRUE(chromium);
  EXPECT_EQ(chromium->foundation, "842163049");
  EXPECT_EQ(chromium->component, 1);
  EXPECT_EQ(chromium->transport, Transport::udp);
  EXPECT_EQ(chromium->priority, 1677729535u);
  EXPECT_EQ(chromium->address, "203.0.113.7");
  EXPECT_EQ(chromium->port, 46154);
  EXPECT_EQ(chromium->type, Type::server_reflexive);
  EXPECT_EQ(chromium->related_address, "192.0.2.9");
  EXPECT_EQ(chromium->related_port, 46155);
  EXPECT_EQ(chromium->ufrag, "EsAw");

  const auto firefox = parse_candidate(
      "candidate:3 1 TCP 2105524479 2b0f4fea-58a8-494c-9ebb-732c1b4df354.local 9 typ host tcptype active");
  ASSERT_TRUE(firefox);
  EXPECT_EQ(firefox->transport, Transport::tcp_active);
  EXPECT_EQ(firefox->address, "2b0f4fea-58a8-494c-9ebb-732c1b4df354.local");
}

TEST(Candidate, ReadsAttributesAndIpv6) {
  const auto candidate = parse_candidate("a=candidate:1 1 UDP 1 2001:db8::1 65535 typ relay");
  ASSERT_TRUE(candidate);
  EXPECT_EQ(candidate->address, "2001:db8::1");
  EXPECT_EQ(candidate->type, Type::relayed);
}

TEST(Candidate, RefusesWhatIsNotOne) {
  for (const std::string_view text : {
           "",
           "candidate:",
           "candidate:1 1 udp 1 192.0.2.1 1",
           "candidate:1 1 udp 1 192.0.2.1 1 typ",
           "candidate:1 1 udp 1 192.0.2.1 1 typ nothing",
           "candidate:1 1 udp 1 192.0.2.1 1 type host",
           "candidate:1 0 udp 1 192.0.2.1 1 typ host",
           "candidate:1 257 udp 1 192.0.2.1 1 typ host",
           "candidate:1 1 sctp 1 192.0.2.1 1 typ host",
           "candidate:1 1 udp 4294967296 192.0.2.1 1 typ host",
           "candidate:1 1 udp -1 192.0.2.1 1 typ host",
           "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
           "candidate:1 1 udp 1 192.0.2.1 +1 typ host",
           "candidate:1 1 udp 1 192.0.2.1/24 1 typ host",
           "candidate:1 1 udp 1  1 typ host",
           "candidate: 1 udp 1 192.0.2.1 1 typ host",
           "candidate:a-b 1 udp 1 192.0.2.1 1 typ host",
           "candidate:1 1 udp 1 192.0.2.1 1 typ host raddr",
           "candidate:1 1 udp 1 192.0.2.1 1 typ host rport x",
           "candidate:1 1 udp 1 192.0.2.1 1 typ host ufrag abc",
           "candidate:1 1 udp 1 192.0.2.1 1 typ host tcptype active",
           "candidate:1 1 tcp 1 192.0.2.1 1 typ host tcptype fast",
           "candidate:1 1 udp 1 192.0.2.1 1 typ host\r\na=x",
       }) {
    EXPECT_FALSE(parse_candidate(text)) << text;
  }
}

TEST(Candidate, IsBounded) {
  const std::string base = "candidate:1 1 udp 1 192.0.2.1 1 typ host";
  EXPECT_FALSE(parse_candidate("candidate:" + std::string(33, 'f') + " 1 udp 1 192.0.2.1 1 typ host"));
  EXPECT_FALSE(parse_candidate("candidate:1 1 udp 1 " + std::string(254, 'a') + " 1 typ host"));
  EXPECT_FALSE(parse_candidate(base + " x " + std::string(candidate_max, 'y')));
  std::string many = base;
  for (int i = 0; i < 17; ++i) {
    many += " x y";
  }
  EXPECT_FALSE(parse_candidate(many));
}

}  // namespace
}  // namespace skypod::rtc::sdp
