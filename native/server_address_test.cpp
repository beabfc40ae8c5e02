#include "native/server_address.hpp"

#include <gtest/gtest.h>

namespace skypod {
namespace {

std::string read(std::string_view text) {
  const auto address = ServerAddress::parse(text);
  return address ? address->url() : "refused";
}

TEST(ServerAddress, IsReadAndWrittenAgain) {
  EXPECT_EQ(read("https://pod.example"), "https://pod.example");
  EXPECT_EQ(read("https://pod.example/"), "https://pod.example");
  EXPECT_EQ(read("https://pod.example:443"), "https://pod.example");
  EXPECT_EQ(read("https://pod.example/#join=abc"), "https://pod.example");
  EXPECT_EQ(read("http://127.0.0.1:7890"), "http://127.0.0.1:7890");
  EXPECT_EQ(read("http://[::1]:7890/"), "http://[::1]:7890");
  EXPECT_EQ(ServerAddress::parse("http://[::1]:7890")->host, "::1");
  EXPECT_EQ(ServerAddress::parse("http://pod.example")->port, "80");
}

TEST(ServerAddress, SaysWhatIsWrong) {
  for (const std::string text :
       {"", "pod.example", "ftp://pod.example", "https://", "https://a b", "https://user:word@pod.example",
        "https://pod.example/path", "https://pod.example/?q=1", "https://pod.example:99999", "https://:80"}) {
    const auto address = ServerAddress::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().find("write it as https://"), std::string::npos) << address.error();
  }
  EXPECT_FALSE(ServerAddress::parse("https://" + std::string(600, 'a')));
}

}  // namespace
}  // namespace skypod
