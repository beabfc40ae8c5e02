#include "core/feed/date.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

std::string normal(std::string_view text) {
  const auto ms = parse_date(text);
  return ms ? format_date(*ms) : "none";
}

struct Case {
  const char* text;
  const char* expected;
};

TEST(Date, ReadsRfc822AsItIsWritten) {
  const Case cases[] = {
      {"Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"},
      {"Thu, 01 Jan 2004 19:48:21 +0100", "2004-01-01T18:48:21Z"},
      {"Thu, 01 Jan 2004 19:48:21 EST", "2004-01-02T00:48:21Z"},
      {"Thu, 01 Jan 2004 19:48:21 PDT", "2004-01-02T02:48:21Z"},
      {"Thu, 1 Jan 2004 19:48 GMT", "2004-01-01T19:48:00Z"},
      {"01 Jan 2004", "2004-01-01T00:00:00Z"},
      {"1 Jan 04 10:00:00 Z", "2004-01-01T10:00:00Z"},
      {"1 Jan 97 10:00:00 Z", "1997-01-01T10:00:00Z"},
      {"  Thursday,1 January 2004   19:48:21 +00:00 ", "2004-01-01T19:48:21Z"},
      {"Thu, 01-Jan-2004 19:48:21 GMT", "2004-01-01T19:48:21Z"},
      {"Thu, 01 Jan 2004 19:48:21 GMT+0200", "2004-01-01T17:48:21Z"},
      {"Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"},
      {"Thu Jan  1 19:48:21 CET 2004", "2004-01-01T18:48:21Z"},
      {"January 1st, 2004 7:48 pm", "2004-01-01T19:48:00Z"},
      {"Jan 1, 2004 12:05 AM", "2004-01-01T00:05:00Z"},
      {"12/31/2003 11:59 PM", "2003-12-31T23:59:00Z"},
      {"31/12/2003", "2003-12-31T00:00:00Z"},
      {"Thu, 01 Jan 2004 19:48:21 -0130", "2004-01-01T21:18:21Z"},
      {"Thu, 01 Sept 2004 19:48:21 XYZ", "2004-09-01T19:48:21Z"},
      {"Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40Z"},
      {"mar., 24 déc. 2019 10:00:00 +0100", "2019-12-24T09:00:00Z"},
      {"Di, 5 März 2019", "2019-03-05T00:00:00Z"},
      {"Sat, 29 Feb 2020 23:59:60 GMT", "2020-03-01T00:00:00Z"},
      {"01.05.2024", "2024-05-01T00:00:00Z"},
      {"1.5.24 10:00", "2024-05-01T10:00:00Z"},
      {"05.31.2024", "2024-05-31T00:00:00Z"},
      {"01/05/2024", "2024-01-05T00:00:00Z"},
      {"2024年5月1日", "2024-05-01T00:00:00Z"},
      {"2024년 5월 1일 10:30", "2024-05-01T10:30:00Z"},
      {"2024. 5. 1.", "2024-05-01T00:00:00Z"},
      {"2024 May 5", "2024-05-05T00:00:00Z"},
      {"2024-May-05", "2024-05-05T00:00:00Z"},
      {"Thu, 01 Jan 2004 19:48:21.250 GMT", "2004-01-01T19:48:21.250Z"},
  };
  for (const Case& each : cases) EXPECT_EQ(normal(each.text), each.expected) << each.text;
}

TEST(Date, ReadsIso8601AndItsRelatives) {
  const Case cases[] = {
      {"2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"},
      {"2003-12-31T10:14:55.123456-08:00", "2003-12-31T18:14:55.123Z"},
      {"2003-12-31T10:14:55+0530", "2003-12-31T04:44:55Z"},
      {"2003-12-31T10:14:55", "2003-12-31T10:14:55Z"},
      {"2003-12-31T10:14Z", "2003-12-31T10:14:00Z"},
      {"2003-12-31 10:14:55", "2003-12-31T10:14:55Z"},
      {"2003-12-31 10:14:55 -0700 MST", "2003-12-31T17:14:55Z"},
      {"2003-12-31", "2003-12-31T00:00:00Z"},
      {"2003-12", "2003-12-01T00:00:00Z"},
      {"2003", "2003-01-01T00:00:00Z"},
      {"20031231", "2003-12-31T00:00:00Z"},
      {"20031231T101455Z", "2003-12-31T10:14:55Z"},
      {"20031231101455", "2003-12-31T10:14:55Z"},
      {"2003-365", "2003-12-31T00:00:00Z"},
      {"2003335", "2003-12-01T00:00:00Z"},
      {"2003/12/31 10:14", "2003-12-31T10:14:00Z"},
      {"2024-05-01 10:00:00 PST", "2024-05-01T18:00:00Z"},
      {"2024-05-01 10:00:00 PDT", "2024-05-01T17:00:00Z"},
      {"2024-05-01 12:30 AM", "2024-05-01T00:30:00Z"},
      {"2024-05-01 12:30 PM", "2024-05-01T12:30:00Z"},
      {"2024-05-01 01:30pm EST", "2024-05-01T18:30:00Z"},
      {"2003-12-31t24:00:00z", "2004-01-01T00:00:00Z"},
      {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
      {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
  };
  for (const Case& each : cases) EXPECT_EQ(normal(each.text), each.expected) << each.text;
}

TEST(Date, RefusesWhatIsNone) {
  for (const char* text :
       {"", "   ", "yesterday", "2003-13-01", "2003-02-29", "Thu, 32 Jan 2004 00:00:00 GMT", "12", "Jan",
        "0001-01-01T00:00:00Z", "1900eest", "9999-12-31T23:59:59-05:00", "1 2 3 4 5", "99999999999999999999",
        "10:14:55", "2003 and on", "2003-", "2003-12-31T25:00:00Z", "Thu, 01 Jan 2004 19:61:21 GMT"}) {
    EXPECT_EQ(normal(text), "none") << text;
  }
  EXPECT_EQ(normal("2003-12-31" + std::string(200, ' ') + "x"), "none");
}

TEST(Date, EveryDayOfFourCenturiesComesBack) {
  constexpr std::int64_t day_ms = 86'400'000;
  for (std::int64_t day = -25'000; day < 122'000; ++day) {
    ASSERT_EQ(parse_date(format_date(day * day_ms + 1)), day * day_ms + 1) << day;
  }
}

TEST(Duration, ReadsClocksSecondsAndIso) {
  EXPECT_EQ(parse_duration("1:02:03"), 3723);
  EXPECT_EQ(parse_duration("62:03"), 3723);
  EXPECT_EQ(parse_duration(" 3723 "), 3723);
  EXPECT_EQ(parse_duration("3723.9"), 3723);
  EXPECT_EQ(parse_duration("PT1H2M3S"), 3723);
  EXPECT_EQ(parse_duration("1h 2m 3s"), 3723);
  EXPECT_EQ(parse_duration("45 min"), 2700);
  EXPECT_EQ(parse_duration("1 hour, 2 minutes"), 3720);
  EXPECT_EQ(parse_duration("30 sec."), 30);
  EXPECT_EQ(parse_duration("0"), 0);
  for (const char* text :
       {"", "1:2:3:4", "-5", "one hour", "5 apples", "h", "3 4", "PT", "P1Y", "99999999999", "4000001", "1:"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace skypod::feed
