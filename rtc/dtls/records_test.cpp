#include "rtc/dtls/records.hpp"

#include <gtest/gtest.h>

namespace skypod::rtc::dtls {
namespace {

Bytes record(char type, char epoch, std::size_t length, std::size_t octets) {
  Bytes out{type, '\xfe', '\xfd', 0, epoch, 0, 0, 0, 0, 0, 1};
  out += static_cast<char>(length >> 8);
  out += static_cast<char>(length & 255);
  return out + Bytes(octets, 'x');
}

/// A handshake record with one fragment of a message of `message` octets.
Bytes fragment(char message, char begin, char length, std::size_t octets) {
  const Bytes body = Bytes{1, 0, 0, message, 0, 0, 0, 0, begin, 0, 0, length} + Bytes(octets, 'x');
  return record(22, 0, body.size(), 0) + body;
}

TEST(Records, TakesWholeOnes) {
  EXPECT_TRUE(are_records(fragment(5, 0, 5, 5), gcm_overhead));
  EXPECT_TRUE(are_records(fragment(100, 20, 5, 5), gcm_overhead));
  EXPECT_TRUE(are_records(fragment(0, 0, 0, 0), gcm_overhead));
  EXPECT_TRUE(are_records(record(23, 1, 24, 24), gcm_overhead));
  EXPECT_TRUE(are_records(record(23, 1, 18, 18), chacha_overhead));
  EXPECT_TRUE(are_records(fragment(9, 0, 9, 9) + record(20, 0, 1, 1) + record(22, 1, 40, 40), gcm_overhead));
}

TEST(Records, RefusesTheRest) {
  EXPECT_FALSE(are_records("", gcm_overhead));
  EXPECT_FALSE(are_records(record(23, 1, 23, 23), gcm_overhead));
  EXPECT_FALSE(are_records(record(23, 1, 0, 0), chacha_overhead));
  EXPECT_FALSE(are_records(record(22, 0, 0, 0), gcm_overhead));
  EXPECT_FALSE(are_records(record(22, 0, 11, 11), gcm_overhead));
  EXPECT_FALSE(are_records(fragment(5, 0, 5, 4), gcm_overhead));
  EXPECT_FALSE(are_records(fragment(5, 1, 5, 5), gcm_overhead));
  EXPECT_FALSE(are_records(fragment(5, 0, 4, 5), gcm_overhead));
  EXPECT_FALSE(are_records(record(21, 0, 6, 5), gcm_overhead));
  EXPECT_FALSE(are_records(record(21, 0, 65535, 5), gcm_overhead));
  EXPECT_FALSE(are_records(record(21, 0, 5, 5) + "x", gcm_overhead));
  EXPECT_FALSE(are_records(record(19, 0, 5, 5), gcm_overhead));
  EXPECT_FALSE(are_records(record(64, 0, 5, 5), gcm_overhead));
  EXPECT_FALSE(are_records(record(21, 0, 5, 5) + record(23, 1, 10, 10), gcm_overhead));
}

}  // namespace
}  // namespace skypod::rtc::dtls
