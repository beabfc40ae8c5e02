#include "base/base64url.hpp"

#include <gtest/gtest.h>

namespace skypod {
namespace {

// RFC 4648 section 10, with the padding left off.
TEST(Base64Url, EncodesTheStandardsExamples) {
  EXPECT_EQ(base64url_encode(""), "");
  EXPECT_EQ(base64url_encode("f"), "Zg");
  EXPECT_EQ(base64url_encode("fo"), "Zm8");
  EXPECT_EQ(base64url_encode("foo"), "Zm9v");
  EXPECT_EQ(base64url_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
}

TEST(Base64Url, DecodesWhatItEncodes) {
  Bytes all;
  for (int octet = 0; octet < 256; ++octet) {
    all += static_cast<char>(octet);
    EXPECT_EQ(base64url_decode(base64url_encode(all)), all);
  }
}

TEST(Base64, HasItsOwnLettersAndPadding) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("\xfb\xff\xbf"), "+/+/");
}

TEST(Base64Url, RefusesEveryOtherSpelling) {
  EXPECT_FALSE(base64url_decode("Zg=="));
  EXPECT_FALSE(base64url_decode("Zh"));   // unused bits set
  EXPECT_FALSE(base64url_decode("Zm9"));  // likewise: would decode to the same octets as Zm8
  EXPECT_FALSE(base64url_decode("Z"));
  EXPECT_FALSE(base64url_decode("Zm9v\n"));
  EXPECT_FALSE(base64url_decode("+/8"));
}

}  // namespace
}  // namespace skypod
