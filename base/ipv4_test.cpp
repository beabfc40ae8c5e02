#include "base/ipv4.hpp"

#include <gtest/gtest.h>

namespace skypod {
namespace {

std::uint32_t last_of(const Ipv4Network& network) {
  return network.first | (network.bits == 32 ? 0 : 0xffffffffU >> network.bits);
}

TEST(Ipv4, TheNetworksOfTheRegistryAreNotPublicAndTheirNeighboursAre) {
  std::uint32_t special = 0;
  for (const Ipv4Network& network : special_ipv4) {
    EXPECT_EQ(network.first & (0xffffffffU >> network.bits), 0U) << network.first;
    EXPECT_FALSE(is_public_ipv4(network.first));
    EXPECT_FALSE(is_public_ipv4(last_of(network)));
    special += last_of(network) - network.first + 1;
  }
  for (const char* text :
       {"1.0.0.0",        "9.255.255.255",   "11.0.0.0",        "100.63.255.255", "100.128.0.0",    "126.255.255.255",
        "128.0.0.0",      "169.253.255.255", "169.255.0.0",     "172.15.255.255", "172.32.0.0",     "191.255.255.255",
        "192.0.1.0",      "192.0.3.0",       "192.31.195.255",  "192.31.197.0",   "192.52.192.255", "192.52.194.0",
        "192.88.98.255",  "192.88.100.0",    "192.167.255.255", "192.169.0.0",    "192.175.47.255", "192.175.49.0",
        "198.17.255.255", "198.20.0.0",      "198.51.99.255",   "198.51.101.0",   "203.0.112.255",  "203.0.114.0",
        "223.255.255.255"}) {
    EXPECT_TRUE(is_public_ipv4(parse_ipv4(text).value())) << text;
  }
  EXPECT_EQ(special, 592'709'632U);  // no network is in another: of four thousand million addresses, one in seven
}

TEST(Ipv4, IsReadInOneNotationOnly) {
  EXPECT_EQ(parse_ipv4("0.0.0.0"), 0U);
  EXPECT_EQ(parse_ipv4("255.255.255.255"), 0xffffffffU);
  EXPECT_EQ(parse_ipv4("192.0.2.17"), 0xc0000211U);
  for (const char* text : {"",           ".",      "...",       "1.2.3",      "1.2.3.",   "1.2.3.4.",   "1.2.3.4.5",
                           ".1.2.3",     "1..2.3", "256.1.1.1", "1.2.3.1000", "01.2.3.4", "0x7f.0.0.1", "0177.0.0.1",
                           "2130706433", "127.1",  "1.2.3.4 ",  " 1.2.3.4",   "1.2.3.-4", "1.2.3.a",    "::1"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
}

}  // namespace
}  // namespace skypod
