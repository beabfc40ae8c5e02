#include "rtc/ice/servers.hpp"

#include <gtest/gtest.h>

namespace skypod::rtc::ice {
namespace {

using Kind = Server::Kind;
using wire::Json;

Json turn(const Json& urls) {
  return Json::array({{{"urls", urls}, {"username", "user"}, {"credential", "secret"}}});
}

TEST(Servers, ReadsEveryKind) {
  const auto servers = read_servers(Json::array(
      {{{"urls", "stun:stun.example"}},
       {{"urls", Json::array({"turn:192.0.2.1:3479", "turn:t.example?transport=udp", "turn:t.example?transport=tcp",
                              "turns:[2001:db8::1]:443", "turns:t.example?transport=tcp"})},
        {"username", "user"},
        {"credential", "secret"}}}));
  ASSERT_EQ(servers.size(), 6u);
  EXPECT_EQ(servers[0].kind, Kind::stun);
  EXPECT_EQ(servers[0].host, "stun.example");
  EXPECT_EQ(servers[0].port, 3478);
  EXPECT_EQ(servers[1].kind, Kind::turn_udp);
  EXPECT_EQ(servers[1].host, "192.0.2.1");
  EXPECT_EQ(servers[1].port, 3479);
  EXPECT_EQ(servers[1].username, "user");
  EXPECT_EQ(servers[1].credential.reveal(), "secret");
  EXPECT_EQ(servers[2].kind, Kind::turn_udp);
  EXPECT_EQ(servers[3].kind, Kind::turn_tcp);
  EXPECT_EQ(servers[4].kind, Kind::turn_tls);
  EXPECT_EQ(servers[4].host, "2001:db8::1");
  EXPECT_EQ(servers[4].port, 443);
  EXPECT_EQ(servers[5].port, 5349);
}

TEST(Servers, LeavesOutWhatCannotBeUsed) {
  for (const char* url : {"", "http://x", "stun:", "stun:a b", "stun:x:0", "stun:x:65536", "stun:x:y", "stun:[::1",
                          "stun:x?transport=udp", "turn:x?transport=sctp", "turns:x?transport=udp", "stuns:x"}) {
    EXPECT_TRUE(read_servers(turn(url)).empty()) << url;
  }
  EXPECT_TRUE(read_servers(Json::array({{{"urls", "turn:x"}}})).empty());  // no credential
  EXPECT_TRUE(read_servers(Json::array({{{"urls", "turn:x"}, {"username", 1}, {"credential", 2}}})).empty());
}

TEST(Servers, SurvivesAnyShape) {
  for (const Json& list : {Json(), Json(1), Json("stun:x"), Json::object(), Json::array({1, "x", Json::array()}),
                           Json::array({{{"urls", Json::array({1, Json::object(), nullptr})}}})}) {
    EXPECT_TRUE(read_servers(list).empty()) << list.dump();
  }
}

TEST(Servers, TakesOnlyAFew) {
  Json urls = Json::array();
  for (int i = 0; i < 100; ++i) {
    urls.push_back("stun:s" + std::to_string(i) + ".example");
  }
  EXPECT_EQ(read_servers(turn(urls)).size(), servers_max);
}

}  // namespace
}  // namespace skypod::rtc::ice
