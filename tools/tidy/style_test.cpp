#include "tools/tidy/style.hpp"

#include <gtest/gtest.h>

namespace skypod::tidy {
namespace {

std::string wide(std::size_t letters) {
  return std::string(letters, 'x');
}

TEST(LineLength, OneMoreThanTheLimitIsFound) {
  for (const std::string path : {"a/a.cpp", "a/a.hpp", "a/a.ts", "a/a.tsx", "a/a.css", "a/a.sh", "a/a.cmake", "a/a.mjs",
                                 "a/CMakeLists.txt", "Makefile", "a/a.md"}) {
    EXPECT_EQ(check_style({path, "x\n" + wide(120) + "\n"}), Findings{}) << path;
    const Findings found = check_style({path, "x\n" + wide(121) + "\n"});
    ASSERT_EQ(found.size(), 1U) << path;
    EXPECT_EQ(found[0].line, 2U);
    EXPECT_EQ(found[0].rule, "line-length");
  }
}

TEST(LineLength, CountsCodePoints) {
  EXPECT_EQ(check_style({"a/a.cpp", wide(118) + "\xe2\x82\xac\xe2\x82\xac\n"}), Findings{});
}

TEST(LineLength, DataAndUnlistedFilesMayBeLong) {
  EXPECT_EQ(check_style({"web/package-lock.json", wide(300)}), Findings{});
  EXPECT_EQ(check_style({"core/feed/fixtures/a.md", wide(300)}), Findings{});
}

TEST(LineLength, MarkdownTablesAddressesAndCodeMayBeLong) {
  EXPECT_EQ(check_style({"a.md", "| " + wide(130)}), Findings{});
  EXPECT_EQ(check_style({"a.md", "See [this](" + wide(130) + ")"}), Findings{});
  EXPECT_EQ(check_style({"a.md", "https://" + wide(130)}), Findings{});
  EXPECT_EQ(check_style({"a.md", "```\n" + wide(130) + "\n```\n"}), Findings{});
  EXPECT_EQ(check_style({"a.md", "```\nx\n```\n" + wide(130)}).size(), 1U);
}

TEST(StrayMarks, AreFoundInCodeAndComments) {
  for (const std::string mark : {"TODO", "FIXME", "XXX", "HACK"}) {
    for (const std::string path : {"a/a.cpp", "a/a.ts", "a/a.sh", "a/CMakeLists.txt"}) {
      const Findings found = check_style({path, "x\n// " + mark + ": later\n"});
      ASSERT_EQ(found.size(), 1U) << path << " " << mark;
      EXPECT_EQ(found[0].line, 2U);
      EXPECT_EQ(found[0].rule, "stray-mark");
    }
  }
}

TEST(StrayMarks, WordsInTextAndPartsOfWordsAreClean) {
  EXPECT_EQ(check_style({"a/a.cpp", "auto s = \"TODO\"; int TODOS; // XXXX todo\n"}), Findings{});
  EXPECT_EQ(check_style({"a/a.bin", "TODO"}), Findings{});
  EXPECT_EQ(check_style({"a/fixtures/a.ts", "// TODO"}), Findings{});
}

TEST(StrayMarks, ProseMayQuoteThem) {
  EXPECT_EQ(check_style({"docs/a.md", "the mission's \"TODO key exchange\" and `FIXME`"}), Findings{});
  EXPECT_EQ(check_style({"docs/a.md", "TODO write this"}).size(), 1U);
}

}  // namespace
}  // namespace skypod::tidy
