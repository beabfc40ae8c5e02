#include "tools/tidy/source.hpp"

#include <gtest/gtest.h>

namespace skypod::tidy {
namespace {

std::string code(std::string_view text, Language language = Language::cpp) {
  return read_source(text, language).code;
}

TEST(Source, EveryViewKeepsLengthAndLines) {
  const std::string text = "a /* b\nc */ \"d\\\"\" 'e' // f\ng";
  const Source source = read_source(text, Language::cpp);
  EXPECT_EQ(source.code, "a     \n     \"   \" ' '     \ng");
  EXPECT_EQ(source.uncommented, "a     \n     \"d\\\"\" 'e'     \ng");
  EXPECT_EQ(source.unquoted, "a /* b\nc */ \"   \" ' ' // f\ng");
}

TEST(Source, CommentMarksInsideLiteralsAreLiteral) {
  EXPECT_EQ(code("f(\"//\"); g(\"/*\");"), "f(\"  \"); g(\"  \");");
  EXPECT_EQ(code("// \"open\nnext"), "        \nnext");
}

TEST(Source, RawStringsEndOnlyAtTheirOwnDelimiter) {
  EXPECT_EQ(code("R\"x(a)\" {)x\" b"), "R\"         \" b");
  EXPECT_EQ(code("u8R\"(\n{\n)\";"), "u8R\" \n \n \";");
}

TEST(Source, DigitSeparatorsAreNotQuotes) {
  EXPECT_EQ(code("100'000 + 0x'ff'a; '{'"), "100'000 + 0x'ff'a; ' '");
}

TEST(Source, AnApostropheWithoutAPartnerHidesNothing) {
  EXPECT_EQ(code("#error don't\n{"), "#error don't\n{");
  EXPECT_EQ(code("<p>Don't {x}</p>\n}", Language::typescript), "<p>Don't {x}</p>\n}");
}

TEST(Source, TemplatesNestThroughTheirSubstitutions) {
  EXPECT_EQ(code("`a${f(`}`)}b` + c", Language::typescript), "`           ` + c");
  EXPECT_EQ(code("`\\`{` d", Language::typescript), "`   ` d");
}

TEST(Source, RegularExpressionsAreLiteralsAndDivisionsAreNot) {
  EXPECT_EQ(code("x = /[/{]\\/\"/.test(y)", Language::typescript), "x = /       /.test(y)");
  EXPECT_EQ(code("return /{/", Language::typescript), "return / /");
  EXPECT_EQ(code("a / b / c", Language::typescript), "a / b / c");
  EXPECT_EQ(code("<br a={b} />{", Language::typescript), "<br a={b} />{");
}

TEST(Source, OtherLanguagesAreLeftWhole) {
  EXPECT_EQ(code("echo 'a' // b", Language::other), "echo 'a' // b");
}

}  // namespace
}  // namespace skypod::tidy
