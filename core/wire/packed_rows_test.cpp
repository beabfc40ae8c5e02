#include "core/wire/packed_rows.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace skypod::wire {
namespace {

using Kind = PackedValue::Kind;

TEST(PackedRows, EveryValueComesBackAsItWent) {
  const std::vector<Json> values{nullptr,
                                 0,
                                 23,
                                 24,
                                 255,
                                 256,
                                 65'535,
                                 65'536,
                                 4'294'967'295,
                                 4'294'967'296,
                                 INT64_MAX,
                                 -1,
                                 -24,
                                 -25,
                                 -65'537,
                                 INT64_MIN,
                                 0.5,
                                 -0.0,
                                 1e300,
                                 "",
                                 "at",
                                 "Ж 🎧",
                                 std::string(70'000, 'x'),
                                 binary(""),
                                 binary("\xff\x00"),
                                 binary(Bytes(300, '\xf6'))};
  PackedWriter writer;
  for (const Json& value : values) writer.value(value);
  const Json packed = writer.finish();
  PackedReader reader(packed);
  for (const Json& value : values) {
    EXPECT_FALSE(reader.at_end());
    EXPECT_EQ(reader.next().to_json(), value);
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_TRUE(reader.ok());
}

TEST(PackedRows, TheyAreCbor) {
  for (const Json& value : {Json(nullptr), Json(1'000'000), Json(-500), Json(2.5), Json("text"), binary("octets")}) {
    PackedWriter writer;
    writer.value(value);
    EXPECT_EQ(parse_cbor(binary_bytes(writer.finish())), value);
  }
}

TEST(PackedRows, WhatIsMissingOrOfAnotherKindIsRemembered) {
  PackedWriter writer;
  writer.text("text");
  writer.whole(7);
  const Json packed = writer.finish();
  PackedReader reader(packed);
  EXPECT_EQ(reader.text(), "text");
  EXPECT_EQ(reader.octets(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.whole(), 0);

  PackedReader beyond(packed);
  for (int i = 0; i < 3; ++i) beyond.next();
  EXPECT_FALSE(beyond.ok());
  const Json text = "text";
  EXPECT_FALSE(PackedReader(text).ok());
}

TEST(PackedRows, WhatCborHasBesidesIsRefused) {
  // An array, a map, a tag, true, a half float, an unending text, a reserved length, a number of 64 bits, a cut length.
  for (const char* octets :
       {"\x80", "\xa0", "\xc0", "\xf5", "\xf9", "\x7f", "\x1c", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "\x19\x01"}) {
    const Json packed = binary(octets);
    PackedReader reader(packed);
    reader.next();
    EXPECT_FALSE(reader.ok()) << static_cast<int>(static_cast<unsigned char>(octets[0]));
  }
}

TEST(PackedRows, NoOctetsLeadItBeyondThem) {
  Random random(11);
  for (int i = 0; i < 20'000; ++i) {
    const Json packed = binary(random.bytes(random.below(24)));
    PackedReader reader(packed);
    while (!reader.at_end()) reader.next();
  }
}

}  // namespace
}  // namespace skypod::wire
