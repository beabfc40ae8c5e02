#include "server/proxy/http_date.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace skypod::server {
namespace {

TEST(HttpDate, IsReadInAllThreeForms) {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        " Sun, 06 Nov 1994 08:49:37 GMT\t", "Mon, 06 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(http_date(text), 784'111'777) << text;
  }
  EXPECT_EQ(http_date("Wed Nov 16 08:49:37 1994"), 784'975'777);
  EXPECT_EQ(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(http_date("Wed, 31 Dec 1969 23:59:59 GMT"), -1);
  EXPECT_EQ(http_date("Thu, 29 Feb 2024 12:00:00 GMT"), 1'709'208'000);
  EXPECT_EQ(http_date("Sat, 31 Dec 2016 23:59:60 GMT"), 1'483'228'800);  // a leap second
  EXPECT_EQ(http_date("Fri, 31 Dec 9999 23:59:59 GMT"), 253'402'300'799);
}

TEST(HttpDate, IsNothingElse) {
  for (const char* text : {"",
                           " ",
                           "0",
                           "-1",
                           "06 Nov 1994",
                           "Sun, 06 Nov 1994 08:49:37 PST",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 GMT+1",
                           "Sun, 06 Nov 1994 25:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "Sun, 06  Nov 1994 08:49:37 GMT",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov-1994 08:49:37 GMT",
                           "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 8:49:37 GMT",
                           "Sun, 06 Nov 1994 -8:49:37 GMT",
                           "Sun 06 Nov 1994 08:49:37 GMT",
                           "Sunday, 6-Nov-94 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov  6 08:49:37 94",
                           "Sun Nov  6 08:49:37 1994 GMT",
                           ", 06 Nov 1994 08:49:37 GMT",
                           "S1n, 06 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(http_date(text)) << text;
  }
}

TEST(HttpDate, OfTwoDigitsIsAtMostFiftyYearsAhead) {
  EXPECT_EQ(http_date("Saturday, 01-Jan-94 00:00:00 GMT"), 757'382'400);
  EXPECT_EQ(http_date("Friday, 01-Jan-27 00:00:00 GMT"), 1'798'761'600);
}

TEST(HttpDate, IsReadAsItIsWritten) {
  EXPECT_EQ(http_date_of(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  Random random(11);
  for (int i = 0; i < 10'000; ++i) {
    const auto seconds = static_cast<std::int64_t>(random.below(253'402'300'800));
    ASSERT_EQ(http_date(http_date_of(seconds)), seconds);
  }
}

}  // namespace
}  // namespace skypod::server
