#include "tools/tidy/ratchet.hpp"

#include <gtest/gtest.h>

namespace skypod::tidy {
namespace {

/// A function of exactly `lines` lines, signature and closing brace included.
File source(std::size_t lines) {
  std::string text = "void long_one() {\n";
  for (std::size_t i = 2; i < lines; ++i) {
    text += "  step();\n";
  }
  return {"server/a.cpp", text + "}\n"};
}

File ratchet(std::string text) {
  return {std::string(ratchet_path), std::move(text)};
}

TEST(FunctionLength, TheLimitItselfIsAllowed) {
  EXPECT_EQ(check_function_lengths({source(function_lines_max)}), Findings{});
}

TEST(FunctionLength, OneMoreIsFoundAtItsSignature) {
  const Findings found = check_function_lengths({source(function_lines_max + 1)});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "server/a.cpp");
  EXPECT_EQ(found[0].line, 1U);
  EXPECT_NE(found[0].text.find("long_one has 61 lines, more than 60"), std::string::npos) << found[0].text;
}

TEST(FunctionLength, TypescriptIsMeasuredToo) {
  std::string text = "\nexport function f() {\n" + std::string(60, '\n') + "}\n";
  const Findings found = check_function_lengths({{"web/src/a.ts", text}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 2U);
}

TEST(FunctionLength, RecordedDataIsNotMeasured) {
  EXPECT_EQ(check_function_lengths({{"core/feed/fixtures/a.cpp", source(80).text}}), Findings{});
}

TEST(Ratchet, AnEntryAllowsExactlyItsLength) {
  EXPECT_EQ(check_function_lengths({source(70), ratchet("# why\nserver/a.cpp long_one 70\n")}), Findings{});
  const Findings grown = check_function_lengths({source(71), ratchet("server/a.cpp long_one 70\n")});
  ASSERT_EQ(grown.size(), 1U);
  EXPECT_NE(grown[0].text.find("more than 70"), std::string::npos);
}

TEST(Ratchet, MustBeLoweredWhenTheFunctionShrinks) {
  const Findings found = check_function_lengths({source(65), ratchet("# why\nserver/a.cpp long_one 70\n")});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, ratchet_path);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_NE(found[0].text.find("lower the ratchet to 65"), std::string::npos);
}

TEST(Ratchet, EntriesThatAreNotNeededAreFound) {
  const Findings gone = check_function_lengths({source(10), ratchet("server/a.cpp other 70\n")});
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_NE(gone[0].text.find("no longer in server/a.cpp"), std::string::npos);
  const Findings kept = check_function_lengths({source(60), ratchet("server/a.cpp long_one 70\n")});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_NE(kept[0].text.find("short enough"), std::string::npos);
}

TEST(Ratchet, MalformedAndRepeatedEntriesAreFound) {
  const Findings found = check_function_lengths(
      {source(70), ratchet("server/a.cpp long_one 70\nserver/a.cpp long_one 70\nserver/a.cpp long_one\nx y 7z\n")});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_EQ(found[1].line, 3U);
  EXPECT_EQ(found[2].line, 4U);
}

}  // namespace
}  // namespace skypod::tidy
