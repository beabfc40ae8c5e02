#include "tools/tidy/text.hpp"

#include <gtest/gtest.h>

#include "tools/tidy/paths.hpp"

namespace skypod::tidy {
namespace {

TEST(Text, LinesCountFromOneAndALastLineEndBeginsNone) {
  EXPECT_EQ(split_lines("a\n\nb\n"), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(line_of("a\nb\nc", 0), 1U);
  EXPECT_EQ(line_of("a\nb\nc", 2), 2U);
}

TEST(Text, WordsAreWhole) {
  EXPECT_EQ(find_word("timer time", "time"), 6U);
  EXPECT_EQ(find_word("a_time timed", "time"), std::string_view::npos);
  EXPECT_EQ(split_words("  a bc\td "), (std::vector<std::string_view>{"a", "bc", "d"}));
  EXPECT_EQ(word_before("foo(bar", 7), "bar");
}

TEST(Text, LengthIsInCodePoints) {
  EXPECT_EQ(code_points("caf\xc3\xa9 \xf0\x9f\x8e\xa7"), 6U);
}

TEST(Paths, SayLanguageFolderAndTest) {
  EXPECT_EQ(language_of("core/a.hpp"), Language::cpp);
  EXPECT_EQ(language_of("web/src/a.tsx"), Language::typescript);
  EXPECT_EQ(language_of("Makefile"), Language::other);
  EXPECT_EQ(top_folder("core/wire/a.cpp"), "core");
  EXPECT_EQ(top_folder("Makefile"), "");
  EXPECT_TRUE(is_under("core/wire/a.cpp", "core/wire"));
  EXPECT_FALSE(is_under("core/wired/a.cpp", "core/wire"));
  EXPECT_TRUE(is_unit_test("a/b_test.cpp"));
  EXPECT_TRUE(is_unit_test("a/b.test.ts"));
  EXPECT_FALSE(is_unit_test("a/b_testing.cpp"));
  EXPECT_TRUE(is_data("core/feed/fixtures/a.cpp"));
  EXPECT_FALSE(is_data("core/feed/fixtures.cpp"));
}

TEST(Paths, NormaliseStaysInTheTree) {
  EXPECT_EQ(normalise("web/src/ui/../core.ts"), "web/src/core.ts");
  EXPECT_EQ(normalise("web/src/./a"), "web/src/a");
  EXPECT_EQ(normalise("web/../core/a"), "core/a");
  EXPECT_EQ(normalise("web/../../a"), "");
}

}  // namespace
}  // namespace skypod::tidy
