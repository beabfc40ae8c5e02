#include "server/household.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

TEST(Household, IsAnIpv4AddressOrAnIpv6Network) {
  EXPECT_EQ(household_of("192.0.2.1", ""), household_of("192.0.2.1", ""));
  EXPECT_NE(household_of("192.0.2.1", ""), household_of("192.0.2.2", ""));
  EXPECT_EQ(household_of("::ffff:192.0.2.1", ""), household_of("192.0.2.1", ""));
  EXPECT_EQ(household_of("2001:db8:0:1::1", ""), household_of("2001:db8:0:1:ffff:ffff:ffff:ffff", ""));
  EXPECT_NE(household_of("2001:db8:0:1::1", ""), household_of("2001:db8:0:2::1", ""));
  EXPECT_EQ(household_of("fe80::1%eth0", ""), household_of("fe80::2", ""));
  EXPECT_NE(household_of("192.0.2.1", ""), "");
}

TEST(Household, OnThisMachineIsWhomTheProxySaw) {
  EXPECT_EQ(household_of("127.0.0.1", ""), "");
  EXPECT_EQ(household_of("::1", ""), "");
  EXPECT_EQ(household_of("127.0.0.1", "192.0.2.1"), household_of("192.0.2.1", ""));
  EXPECT_EQ(household_of("::1", "192.0.2.9, 192.0.2.1 "), household_of("192.0.2.1", ""));
  for (const char* unknown : {"somebody", "127.0.0.1", "192.0.2.1,", ", ", "192.0.2.1, ::1"}) {
    EXPECT_EQ(household_of("127.0.0.1", unknown), "") << unknown;
  }
}

TEST(Household, NobodyElseMaySayWhoItIs) {
  EXPECT_EQ(household_of("192.0.2.1", "198.51.100.7"), household_of("192.0.2.1", ""));
}

}  // namespace
}  // namespace skypod::server
