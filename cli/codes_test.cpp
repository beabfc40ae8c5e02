#include "cli/codes.hpp"

#include <gtest/gtest.h>

namespace skypod::cli {
namespace {

std::string read(CodeKind kind, std::string_view text) {
  const auto code = read_code(kind, text);
  return code ? *code : "refused: " + code.error();
}

TEST(Codes, AreReadHoweverTheyCome) {
  for (const char* text : {"r1~ab_c.D-9", "device=r1~ab_c.D-9", "https://pod.example/#device=r1~ab_c.D-9",
                           " https://pod.example/\n#device=r1~ab_\tc.D-9 \n", "#device=r1~ab_c.D-9"}) {
    EXPECT_EQ(read(CodeKind::device, text), "r1~ab_c.D-9") << text;
  }
  EXPECT_EQ(read(CodeKind::join, link(CodeKind::join, "i1~x", "https://pod.example")), "i1~x");
}

TEST(Codes, SayWhatIsWrong) {
  EXPECT_NE(read(CodeKind::join, "https://pod.example/#device=r1").find("the code of a device"), std::string::npos);
  EXPECT_NE(read(CodeKind::device, "join=i1").find("this is an invitation"), std::string::npos);
  EXPECT_NE(read(CodeKind::device, " \n").find("no code"), std::string::npos);
  EXPECT_NE(read(CodeKind::device, "a/b").find("this is no code"), std::string::npos);
  EXPECT_NE(read(CodeKind::device, "device=").find("this is no code"), std::string::npos);
  EXPECT_NE(read(CodeKind::device, std::string(2 * code_max + 1, 'a')).find("too long"), std::string::npos);
}

TEST(Codes, ALinkLeadsToItsServer) {
  EXPECT_EQ(server_of_link(" https://pod.example/#join=i1"), "https://pod.example");
  EXPECT_EQ(server_of_link("http://127.0.0.1:7890/#join=i1"), "http://127.0.0.1:7890");
  EXPECT_EQ(server_of_link("join=i1"), "");
  EXPECT_EQ(server_of_link("i1~x"), "");
}

/// The expected frames are those of web/src/pairing/frames.ts.
TEST(Codes, AreCutIntoTheAppsFrames) {
  EXPECT_EQ(to_frames("device=abc"), std::vector<std::string>{"skypod1 1/1 df81557e device=abc"});
  const std::string text = "join=" + std::string(600, 'x');
  const auto frames = to_frames(text);
  ASSERT_EQ(frames.size(), 3);
  EXPECT_EQ(frames[0].substr(0, 25), "skypod1 1/3 1bde0d8c join");
  EXPECT_EQ(frames[2].size(), 21 + 605 - 2 * 202);
}

}  // namespace
}  // namespace skypod::cli
