#include "native/http_field.hpp"

#include <gtest/gtest.h>

namespace skypod {
namespace {

using Field = std::pair<std::string, std::string>;

TEST(HttpField, IsANameAndAValue) {
  EXPECT_EQ(read_field("Content-Type: text/html; charset=utf-8\r\n"),
            Field("Content-Type", "text/html; charset=utf-8"));
  EXPECT_EQ(read_field("a:b"), Field("a", "b"));
  EXPECT_EQ(read_field("Empty:\r\n"), Field("Empty", ""));
  EXPECT_EQ(read_field("Time: 10:20\t \r\n"), Field("Time", "10:20"));
  EXPECT_EQ(read_field("Caf\xe9: x"), std::nullopt);
  EXPECT_EQ(read_field("Latin: caf\xe9"), Field("Latin", "caf\xe9"));
}

TEST(HttpField, WhiteSpaceBeforeTheColonIsDropped) {
  EXPECT_EQ(read_field("Clear-Site-Data : \"*\""), Field("Clear-Site-Data", "\"*\""));
  EXPECT_EQ(read_field("Set-Cookie\t: a=b"), Field("Set-Cookie", "a=b"));
}

TEST(HttpField, NothingLeadsIntoAnotherLine) {
  EXPECT_EQ(read_field("Last-Modified: x\rClear-Site-Data: \"*\"\r\n"),
            Field("Last-Modified", "x Clear-Site-Data: \"*\""));
  EXPECT_EQ(field_value(std::string_view("a\0b\nc\x7f"
                                         "d",
                                         7)),
            "a b c d");
  EXPECT_EQ(field_value("\r\n \t"), "");
  EXPECT_EQ(read_field("a b: c"), std::nullopt);
  EXPECT_EQ(read_field("a\rb: c"), std::nullopt);
  EXPECT_EQ(read_field(": c"), std::nullopt);
  EXPECT_EQ(read_field("no colon"), std::nullopt);
}

TEST(HttpField, AFoldedLineBeginsWithSpace) {
  EXPECT_TRUE(is_folded(" more\r\n"));
  EXPECT_TRUE(is_folded("\tmore"));
  EXPECT_FALSE(is_folded("More: x"));
  EXPECT_FALSE(is_folded("\r\n"));
}

}  // namespace
}  // namespace skypod
