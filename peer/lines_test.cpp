#include "peer/lines.hpp"

#include <gtest/gtest.h>

namespace skypod::peer {
namespace {

using wire::Json;

TEST(Lines, ReadsCommands) {
  const auto full = read_request(R"({"id":7,"name":"realm.create","args":{"a":[1]}})");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->id, 7);
  EXPECT_EQ(full->name, "realm.create");
  EXPECT_EQ(full->args, Json({{"a", {1}}}));
  const auto bare = read_request(R"({"id":0,"name":"realm.create"})");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->args, Json::object());
}

TEST(Lines, RefusesEverythingElse) {
  for (const std::string line :
       {"", "hello", "[]", "null", "{}", R"({"id":1})", R"({"name":"x"})", R"({"id":"1","name":"x"})",
        R"({"id":-1,"name":"x"})", R"({"id":1,"name":""})", R"({"id":1,"name":"x","args":[]})",
        R"({"id":1,"id":2,"name":"x"})", R"({"id":1,"name":"x"} {})"}) {
    const auto request = read_request(line);
    ASSERT_FALSE(request) << line;
    EXPECT_EQ(request.error().code, core::ErrorCode::bad_input);
  }
  EXPECT_FALSE(read_request(R"({"id":1,"name":")" + std::string(65, 'x') + "\"}"));
}

TEST(Lines, AreWritten) {
  EXPECT_EQ(event_line("device", {{"id", "a"}}), "{\"dat\":{\"id\":\"a\"},\"event\":\"device\"}\n");
  EXPECT_EQ(reply_line(3, Json{{"x", 1}}), "{\"ok\":{\"x\":1},\"reply\":3}\n");
  const std::string failed = reply_line(3, unexpected(core::Error{core::ErrorCode::offline, ""}));
  EXPECT_TRUE(failed.starts_with(R"({"error":{"code":"offline","message":")")) << failed;
  EXPECT_NE(refusal_line({core::ErrorCode::bad_input, "No."}).find("\"reply\":null"), std::string::npos);
}

}  // namespace
}  // namespace skypod::peer
