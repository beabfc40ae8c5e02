#include "server/reply.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

TEST(Reply, EtagsAreComparedWeaklyInLists) {
  for (const char* list : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b\" ,\t\"a\" ", "*"}) {
    EXPECT_TRUE(matches(list, "\"a\"")) << list;
  }
  for (const char* list : {"", "a", "\"b\"", "\"aa\"", ","}) {
    EXPECT_FALSE(matches(list, "\"a\"")) << list;
  }
  EXPECT_FALSE(matches("*", ""));
}

TEST(Reply, HeadHasWhatTheReplySays) {
  Reply reply = error_reply(404, "not_found", "There is nothing here.");
  EXPECT_EQ(*reply.body, R"({"code":"not_found","message":"There is nothing here.","status":404})");
  const std::string head = head_of(reply, true);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_NE(head.find("Content-Length: 68\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("Connection: keep-alive\r\n"), std::string::npos);
  EXPECT_NE(head.find("frame-ancestors 'none'\r\n"), std::string::npos);
  EXPECT_EQ(head.find("ETag"), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  reply.etag = "\"x\"";
  EXPECT_NE(head_of(reply, false).find("ETag: \"x\"\r\n"), std::string::npos);
  EXPECT_NE(head_of(reply, false).find("Connection: close\r\n"), std::string::npos);
  reply.status = 304;
  EXPECT_EQ(head_of(reply, true).find("Content-Length"), std::string::npos);
}

}  // namespace
}  // namespace skypod::server
