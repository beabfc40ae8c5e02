#include "core/feed/reading_time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace skypod::feed {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(ReadingTime, CountsWords) {
  EXPECT_EQ(reading_time("", "en"), (ReadingTime{0, 0}));
  EXPECT_EQ(reading_time("One.", "en"), (ReadingTime{1, 1}));
  EXPECT_EQ(reading_time("it's one, two – three…\n\"four\" l’été", "fr").words, 6U);
}

TEST(ReadingTime, KnowsHowFastALanguageIsRead) {
  const std::string text = repeated("wort ", 1000);
  EXPECT_EQ(reading_time(text, "de-DE").minutes, 6U);  // 179 a minute
  EXPECT_EQ(reading_time(text, "en").minutes, 5U);     // 228
  EXPECT_EQ(reading_time(text, "").minutes, 5U);       // 220
}

TEST(ReadingTime, CountsCharactersWhereThereAreNoSpaces) {
  EXPECT_EQ(reading_time(repeated("漢字", 255), "zh"), (ReadingTime{510, 2}));
  EXPECT_EQ(reading_time(repeated("かな漢字", 357), "ja"), (ReadingTime{1428, 4}));
  EXPECT_EQ(reading_time("漢字 and words", "zh").words, 4U);
}

}  // namespace
}  // namespace skypod::feed
