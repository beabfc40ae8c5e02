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

TEST(Reply, CodingsAreTakenAsTheClientWeighsThem) {
  for (const char* header : {"gzip", "deflate, gzip", "GZip;q=0.5", "br;q=1.0, gzip ; q=0.001", "*", "br, *;q=0.1"}) {
    EXPECT_TRUE(accepts_coding(header, "gzip")) << header;
  }
  for (const char* header :
       {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*, gzip;q=0", "*;q=0", "x-gzip", "gzi", ";", "gzip;Q=0"}) {
    EXPECT_FALSE(accepts_coding(header, "gzip")) << header;
  }
}

Reply answer_with(const std::string& etag) {
  Reply reply;
  reply.etag = etag;
  reply.body = std::make_shared<const std::string>("plain");
  return reply;
}

TEST(Reply, EachCodingIsARepresentationOfItsOwn) {
  const auto packed = std::make_shared<const std::string>("packed");
  const Reply plain = in_coding(answer_with("\"a\""), packed, "br");
  EXPECT_EQ(*plain.body, "plain");
  EXPECT_EQ(plain.etag, "\"a\"");
  EXPECT_EQ(plain.fields, (HttpFields{{"Vary", "Accept-Encoding"}}));
  const Reply small = in_coding(answer_with("\"a\""), packed, "gzip, br");
  EXPECT_EQ(*small.body, "packed");
  EXPECT_EQ(small.etag, "\"a-gzip\"");
  EXPECT_EQ(small.fields, (HttpFields{{"Vary", "Accept-Encoding"}, {"Content-Encoding", "gzip"}}));
  EXPECT_EQ(in_coding(answer_with("W/\"a\""), packed, "gzip").etag, "W/\"a\"");  // the same feed in any coding
  EXPECT_EQ(in_coding(answer_with(""), packed, "gzip").etag, "");
  EXPECT_TRUE(in_coding(answer_with("\"a\""), nullptr, "gzip").fields.empty());
  const Reply known = unless_known(small, "\"a-gzip\"");
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.fields, (HttpFields{{"Vary", "Accept-Encoding"}}));
  EXPECT_EQ(unless_known(small, "\"a\"").status, 200);
}

}  // namespace
}  // namespace skypod::server
