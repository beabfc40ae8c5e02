#include "native/address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "core/feed/privacy.hpp"

namespace skypod {
namespace {

bool is_public_text(const char* text) {
  const auto address = parse_address(text);
  EXPECT_TRUE(address) << text;
  return address && is_public(*address);
}

TEST(Address, RefusesWhatIsNotPublic) {
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.1.2",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:169.254.169.254",
                           "64:ff9b::127.0.0.1",
                           "64:ff9b::a00:1",
                           "64:ff9b:1::1",
                           "64:ff9b:1::808:808",
                           "100::1",
                           "100:0:0:1::1",
                           "2001::1",
                           "2001:0:808:808::1",
                           "2001:2::1",
                           "2001:10::1",
                           "2001:20::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "2002:a00:1::1",
                           "2002:c0a8:101::1",
                           "3fff::1",
                           "5f00::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "ff0e::1",
                           "4000::1",
                           "2620:4f:8000::1"}) {
    EXPECT_FALSE(is_public_text(text)) << text;
  }
}

TEST(Address, WhatIsNotPublicIsPrivateToTheCoreToo) {
  for (std::uint32_t high = 0; high < 65'536; ++high) {
    const std::string text = std::to_string(high >> 8) + "." + std::to_string(high & 255) + ".2.1";
    ASSERT_EQ(feed::is_inside("http://" + text + "/feed"), !is_public(*parse_address(text))) << text;
  }
}

TEST(Address, AllowsTheNeighbours) {
  for (const char* text : {"1.0.0.0",         "8.8.8.8",
                           "9.255.255.255",   "11.0.0.0",
                           "100.63.255.255",  "100.128.0.0",
                           "126.255.255.255", "128.0.0.1",
                           "169.253.255.255", "169.255.0.0",
                           "172.15.255.255",  "172.32.0.0",
                           "192.0.1.0",       "192.167.255.255",
                           "192.169.0.0",     "198.17.255.255",
                           "198.20.0.0",      "223.255.255.255",
                           "2606:4700::1111", "2a00:1450:4001::1",
                           "2001:200::1",     "2001:4860:4860::8888",
                           "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
                           "2002:808:808::1", "2620:4f:8001::1"}) {
    EXPECT_TRUE(is_public_text(text)) << text;
  }
}

TEST(Address, ParsesOnlyPlainNotation) {
  for (const char* text :
       {"", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1 ", "[::1]", "fe80::1%eth0", "a"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, ReadsSocketAddresses) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(address_of(reinterpret_cast<sockaddr*>(&v4)), parse_address("127.0.0.1"));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  EXPECT_EQ(address_of(reinterpret_cast<sockaddr*>(&v6)), parse_address("::1"));
  sockaddr unix_domain{};
  unix_domain.sa_family = AF_UNIX;
  EXPECT_FALSE(address_of(&unix_domain));
}

TEST(CidrSet, ParsesAndContains) {
  CidrSet set;
  EXPECT_TRUE(set.add("10.1.0.0/15"));
  EXPECT_TRUE(set.add("127.0.0.1"));
  EXPECT_TRUE(set.add("fd00::/8"));
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10/8", "a/8"}) {
    EXPECT_FALSE(set.add(text)) << text;
  }
  const auto has = [&](const char* text) { return set.contains(*parse_address(text)); };
  EXPECT_TRUE(has("10.0.0.1"));
  EXPECT_TRUE(has("10.1.255.255"));
  EXPECT_FALSE(has("10.2.0.0"));
  EXPECT_TRUE(has("127.0.0.1"));
  EXPECT_TRUE(has("::ffff:127.0.0.1"));
  EXPECT_FALSE(has("127.0.0.2"));
  EXPECT_TRUE(has("fdff::1"));
  EXPECT_FALSE(has("fe00::1"));
  EXPECT_FALSE(CidrSet().contains(*parse_address("8.8.8.8")));
  CidrSet all;
  EXPECT_TRUE(all.add("0.0.0.0/0"));
  EXPECT_TRUE(all.contains(*parse_address("10.0.0.1")));
  EXPECT_FALSE(all.contains(*parse_address("::1")));
}

}  // namespace
}  // namespace skypod
