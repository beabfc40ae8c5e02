// Documents that explode, never end or lead nowhere, at their real size, through the running server: each costs bounded
// memory, and is an answer in words.
#include <fstream>
#include <sstream>

#include "native/gzip.hpp"
#include "native/test_bombs.hpp"
#include "native/test_server.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

class ProxyBombs : public RunningServer {
 protected:
  void SetUp() override {
    start({"--allow-fetch", "127.0.0.0/8", "--open-proxy"});
    get(port(), "/healthz");
    before_ = most_memory();
  }

  /// What the server has had in memory at most, in KiB.
  std::size_t most_memory() const {
    std::ifstream status("/proc/" + std::to_string(server->id()) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6));
    }
    return 0;
  }

  /// The document at this origin, as each path reads it, is this error, and costs no more than so many MiB.
  void expect(Server& origin, const std::string& path, int status, std::string_view code, std::size_t mebibytes) {
    const HttpAnswer answer = get(port(), "/api/" + path + "?url=" + origin.url("/"));
    EXPECT_EQ(answer.status, status) << path << ": " << answer.body.substr(0, 200);
    if (!code.empty()) EXPECT_EQ(answer.json()["code"], code) << path;
    EXPECT_LT(most_memory() - before_, mebibytes * 1'024) << path;
    EXPECT_EQ(get(port(), "/healthz").status, 200);
  }
  static Server::Handler always(std::string answer) {
    return [answer = std::move(answer)](const std::string&, const Server::Send& send) { send(answer); };
  }

 private:
  std::size_t before_ = 0;
};

TEST_F(ProxyBombs, AGigabyteFromAMegabyte) {
  const std::string zip = gzip_bomb(1U << 30U);
  ASSERT_LT(zip.size(), 1'050'000U);
  const std::pair<const char*, std::string> bombs[] = {
      {"gzip", zip}, {"br", bomb_fixture("gigabyte-of-zeros.br")}, {"gzip, gzip", *gzip_if_worth(zip)}};
  for (const auto& [encoding, bomb] : bombs) {
    Server origin(always(Server::answer("200 OK", "Content-Encoding: " + std::string(encoding) + "\r\n", bomb)));
    for (const char* path : {"feed", "article", "discover"}) expect(origin, path, 502, "body_too_large", 128);
  }
}

TEST_F(ProxyBombs, EntitiesThatMultiply) {
  std::string laughs = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"lol\">";
  for (int i = 1; i < 30; ++i) {
    const std::string inner = "&a" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY a" + std::to_string(i) + " \"";
    for (int k = 0; k < 10; ++k) laughs += inner;
    laughs += "\">";
  }
  laughs += "]><rss version=\"2.0\"><channel><title>&a29;</title></channel></rss>";
  std::string quadratic = "<!DOCTYPE rss [<!ENTITY a \"" + std::string(100'000, 'x') + "\">]><rss><channel><title>";
  for (int i = 0; i < 100'000; ++i) quadratic += "&a;";
  quadratic += "</title></channel></rss>";
  for (const std::string& bomb : {laughs, quadratic}) {
    Server origin(always(Server::answer("200 OK", "Content-Type: application/rss+xml\r\n", bomb)));
    expect(origin, "feed", 200, "", 128);
  }
}

TEST_F(ProxyBombs, ElementsInsideOneAnother) {
  const std::pair<const char*, const char*> documents[] = {{"application/rss+xml", "<rss><channel>"},
                                                           {"text/html", "<html><body>"}};
  for (const auto& [type, begin] : documents) {
    std::string deep = begin;
    for (int i = 0; i < 1'000'000; ++i) deep += "<div>";
    Server origin(always(Server::answer("200 OK", "Content-Type: " + std::string(type) + "\r\n", deep)));
    const bool is_feed = std::string_view(type) != "text/html";
    expect(origin, is_feed ? "feed" : "article", is_feed ? 422 : 200, is_feed ? "too_deep" : "", 256);
  }
}

TEST_F(ProxyBombs, ABodyWithoutEnd) {
  Server endless([](const std::string&, const Server::Send& send) {
    send("HTTP/1.1 200 OK\r\n\r\n");
    while (send(std::string(65'536, 'x'))) {
    }
  });
  for (const char* path : {"feed", "article", "raw"}) expect(endless, path, 502, "body_too_large", 128);
}

TEST_F(ProxyBombs, ThirtyRedirects) {
  Server origin([](const std::string& head, const Server::Send& send) {
    const int hop = head.starts_with("GET /hop") ? std::stoi(head.substr(8)) : 0;
    const std::string next = hop < 30 ? "/hop" + std::to_string(hop + 1) : "/end";
    send(Server::answer("302 Found", "Location: " + next + "\r\n", ""));
  });
  for (const char* path : {"feed", "article", "media"}) expect(origin, path, 502, "too_many_redirects", 32);
  EXPECT_EQ(origin.accepted(), 3 * 6);
}

}  // namespace
}  // namespace skypod::test
