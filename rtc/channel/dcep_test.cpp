#include "rtc/channel/dcep.hpp"

#include <gtest/gtest.h>

namespace skypod::rtc::channel {
namespace {

const Open example{.ordered = false,
                   .reliability = Reliability::lifetime,
                   .priority = 513,
                   .parameter = 0x01020304,
                   .label = "caf\xc3\xa9",
                   .protocol = "p"};

Bytes octets(std::string_view text) {
  return Bytes(text);
}

TEST(Dcep, WritesTheFormat) {
  using namespace std::string_view_literals;
  EXPECT_EQ(write_dcep(example), octets("\x03\x82\x02\x01\x01\x02\x03\x04\x00\x05\x00\x01"
                                        "caf\xc3\xa9"
                                        "p"sv));
  EXPECT_EQ(write_dcep(Ack{}), "\x02");
}

TEST(Dcep, ReadsWhatItWrites) {
  const auto message = parse_dcep(write_dcep(example));
  ASSERT_TRUE(message);
  const auto& open = std::get<Open>(*message);
  EXPECT_FALSE(open.ordered);
  EXPECT_EQ(open.reliability, Reliability::lifetime);
  EXPECT_EQ(open.priority, 513);
  EXPECT_EQ(open.parameter, 0x01020304u);
  EXPECT_EQ(open.label, "caf\xc3\xa9");
  EXPECT_EQ(open.protocol, "p");
  EXPECT_TRUE(std::holds_alternative<Ack>(*parse_dcep(write_dcep(Ack{}))));
}

TEST(Dcep, RefusesEveryCutAndEveryAddition) {
  const Bytes whole = write_dcep(example);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_dcep(BytesView(whole).substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_dcep(whole + "x"));
  EXPECT_FALSE(parse_dcep(write_dcep(Ack{}) + "x"));
}

TEST(Dcep, RefusesUnknownTypesAndBadNames) {
  Bytes message = write_dcep(example);
  message[1] = 3;
  EXPECT_FALSE(parse_dcep(message));
  message = write_dcep(example);
  message[0] = 1;
  EXPECT_FALSE(parse_dcep(message));
  EXPECT_FALSE(parse_dcep(write_dcep(Open{.label = "\xff", .protocol = {}})));
}

TEST(Dcep, BoundsNames) {
  Bytes message = octets(std::string_view("\x03\x00\x00\x00\x00\x00\x00\x00\x04\x01\x00\x00", 12));
  EXPECT_FALSE(parse_dcep(message + Bytes(name_max + 1, 'x')));
  message[9] = 0;
  EXPECT_TRUE(parse_dcep(message + Bytes(name_max, 'x')));
  const auto cut = parse_dcep(write_dcep(Open{.label = std::string(5000, 'x'), .protocol = {}}));
  ASSERT_TRUE(cut);
  EXPECT_EQ(std::get<Open>(*cut).label.size(), name_max);
}

}  // namespace
}  // namespace skypod::rtc::channel
