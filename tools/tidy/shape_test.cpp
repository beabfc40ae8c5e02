#include "tools/tidy/shape.hpp"

#include <gtest/gtest.h>

namespace skypod::tidy {
namespace {

const File readme{"base/README.md", "What.\n\nContract.\nStart.\n"};

TEST(Readme, ThreeLinesAreClean) {
  EXPECT_EQ(check_shape({readme, {"base/CMakeLists.txt", ""}}), Findings{});
}

TEST(Readme, AMissingOneIsFound) {
  const Findings found = check_shape({{"base/CMakeLists.txt", ""}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "base/README.md");
  EXPECT_EQ(found[0].rule, "readme");
}

TEST(Readme, AnyOtherLengthIsFound) {
  EXPECT_EQ(check_shape({{"base/README.md", "What.\nContract.\n"}}).size(), 1U);
  EXPECT_EQ(check_shape({{"base/README.md", "a\nb\nc\nd\n"}}).size(), 1U);
}

TEST(Readme, HiddenFoldersAndLowerFoldersNeedNone) {
  EXPECT_EQ(check_shape({readme, {".ci/run", ""}, {"base/deep/notes.md", ""}, {"Makefile", ""}}), Findings{});
}

TEST(TopFolder, OutsideTheTableIsFound) {
  const Findings found = check_shape({{"stuff/README.md", "a\nb\nc\n"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "layering");
}

TEST(OpeningComment, IsMissedInHeadersAndLoneSources) {
  const Findings header = check_shape({readme, {"base/a.hpp", "#pragma once\n"}});
  ASSERT_EQ(header.size(), 1U);
  EXPECT_EQ(header[0].rule, "opening-comment");
  const Findings source = check_shape({readme, {"base/main.cpp", "int x;\n"}});
  ASSERT_EQ(source.size(), 1U);
  EXPECT_EQ(source[0].path, "base/main.cpp");
}

TEST(OpeningComment, ASourceMayLeaveItToItsHeader) {
  EXPECT_EQ(check_shape({readme, {"base/a.hpp", "// Why.\n#pragma once\n"}, {"base/a.cpp", "int x;\n"}}), Findings{});
  EXPECT_EQ(check_shape({readme, {"base/main.cpp", "// Why.\nint x;\n"}, {"base/a_test.cpp", "int x;\n"}}), Findings{});
}

TEST(PragmaOnce, IsMissedInHeadersOnly) {
  const Findings found = check_shape({readme, {"base/a.hpp", "// Why, without #pragma once\nint x;\n"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "pragma-once");
  EXPECT_EQ(check_shape({readme, {"base/a.hpp", "// Why.\n#pragma once\r\n"}}), Findings{});
}

}  // namespace
}  // namespace skypod::tidy
