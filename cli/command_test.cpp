#include "cli/command.hpp"

#include <gtest/gtest.h>

namespace skypod::cli {
namespace {

using Words = std::vector<std::string>;

TEST(Command, IdsThatBeginLikeOptionsAreIds) {
  const std::string id = "-" + std::string(42, 'a');
  const std::string rare = "--" + std::string(41, 'a');
  EXPECT_EQ(protect_ids({"realm", "remove", id, "--to", rare, "-Ab9"}),
            (Words{"realm", "remove", " " + id, "--to", " " + rare, " -Ab9"}));
}

TEST(Command, OptionsStayOptions) {
  const Words words{"send", "-h", "--json", "--rtc-address", "-1", "-", "- x - y", "-" + std::string(43, 'a')};
  EXPECT_EQ(protect_ids(words), words);
  const Words after{"send", "--", "-abcd"};
  EXPECT_EQ(protect_ids(after), after);
}

}  // namespace
}  // namespace skypod::cli
