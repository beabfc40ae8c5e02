// The feed proxy of the running server: for members only, one request to the origin however many ask, nothing of the
// origin's that could act in our name, and nothing corrupt however the process ends.
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/base64url.hpp"
#include "native/test_server.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

constexpr wire::TimeMs minute_ms = 60'000;

class ProxyTest : public RunningServer {
 protected:
  void start_proxy(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--allow-fetch", "127.0.0.0/8"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    start(arguments);
  }

  /// An origin that answers everything so; later ones may change the answer.
  std::string answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\nContent-Type: text/html\r\n", "hello");
  Server origin{[this](const std::string&, const Server::Send& send) { send(answer); }};

  std::string target(const std::string& path = "/x") const { return "/api/raw?url=" + origin.url(path); }
  static std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }

  wire::Claims claims(const std::string& document = "") const {
    wire::Claims made = claims_of(alice, realm, wire::event(wire::msg::proxy_use));
    if (!document.empty()) made.sub = base64url_encode(sha256(document));
    return made;
  }
  void found_realm() {
    const auto entrance = enter(port(), alice, realm, register_request(alice, genesis_of(alice, realm)));
    ASSERT_TRUE(entrance.admitted());
  }
  void expect_refused(const std::string& headers, int status, std::string_view code,
                      const std::string& more = "") const {
    const HttpAnswer refused = get(port(), target() + more, headers);
    EXPECT_EQ(refused.status, status) << refused.body;
    EXPECT_EQ(refused.json()["code"], code);
  }

  /// Until so many are on the disk.
  void wait_for_rows(const std::string& table, std::int64_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto recorded = [&] {
      auto database = sqlite::Database::open(data() / "cache" / "answers.sqlite");
      auto query = database->prepare("SELECT count(*) FROM " + table);
      return query->step() && query->integer(0) == count;
    };
    while (!recorded() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(recorded()) << table;
  }

  P256Key alice = P256Key::generate();
  std::string realm = random_realm();
};

TEST_F(ProxyTest, ServesMembersOnly) {
  start_proxy();
  expect_refused("", 401, "token_missing");
  expect_refused(bearer(sign(alice, claims())), 403, "not_a_member");
  found_realm();
  EXPECT_EQ(get(port(), target(), bearer(sign(alice, claims()))).body, "hello");

  const P256Key bob = P256Key::generate();
  wire::Claims other = claims();
  expect_refused(bearer(sign(bob, other)), 401, "bad_token");
  other.iss = bob.identity();
  expect_refused(bearer(sign(bob, other)), 403, "not_a_member");
  other = claims();
  other.message.msg = "preauth.authn";
  expect_refused(bearer(sign(alice, other)), 401, "bad_token");
  other = claims();
  other.expires_ms = other.issued_ms + 16 * minute_ms;
  expect_refused(bearer(sign(alice, other)), 401, "bad_token");
  other = claims();
  other.issued_ms -= 10 * minute_ms;
  other.expires_ms = other.issued_ms + minute_ms;
  expect_refused(bearer(sign(alice, other)), 401, "token_expired");
  EXPECT_EQ(get(port(), "/api/feed?url=" + origin.url("/x")).status, 401);
  EXPECT_EQ(log().find(realm), std::string::npos);
}

TEST_F(ProxyTest, AnAddressMayCarryATokenForItsOneDocument) {
  start_proxy();
  found_realm();
  const std::string token = sign(alice, claims(origin.url("/x")));
  EXPECT_EQ(get(port(), target() + "&token=" + token).body, "hello");
  EXPECT_EQ(get(port(), target() + "&token=" + token).body, "hello");
  EXPECT_EQ(get(port(), target("/y") + "&token=" + token).status, 401);
  expect_refused(bearer(token), 401, "bad_token");
  expect_refused("", 401, "bad_token", "&token=" + sign(alice, claims()));
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(ProxyTest, TheOperatorMayOpenIt) {
  start_proxy({"--open-proxy"});
  EXPECT_EQ(get(port(), target()).body, "hello");
}

TEST_F(ProxyTest, TheOriginSeesNothingOfWhoAsks) {
  std::string head;
  Server curious([&](const std::string& request, const Server::Send& send) {
    head = request;
    send(answer);
  });
  start_proxy({"--open-proxy"});
  get(port(), "/api/raw?url=" + curious.url("/"),
      "Cookie: a=b\r\nReferer: http://secret/\r\nX-Forwarded-For: 192.0.2.1\r\nOrigin: http://127.0.0.1\r\n"
      "X-Real-IP: 192.0.2.1\r\nCF-Connecting-IP: 192.0.2.1\r\nAuthorization: Basic c2VjcmV0\r\nOther: 1\r\n");
  for (const char* field : {"Cookie", "Referer", "Forwarded", "Origin", "secret", "192.0.2.1", "Authorization"}) {
    EXPECT_EQ(head.find(field), std::string::npos) << head;
  }
  EXPECT_NE(head.find("Other: 1"), std::string::npos);
}

TEST_F(ProxyTest, AnothersDocumentDoesNothingInOurName) {
  answer = Server::answer("200 OK",
                          "Content-Type: text/html\r\nSet-Cookie: a=b\r\nClear-Site-Data: \"*\"\r\n"
                          "Service-Worker-Allowed: /\r\nAccess-Control-Allow-Origin: *\r\nX-Kept: yes\r\n"
                          "Clear-Site-Data : \"*\"\r\nSet-Cookie\t: c=d\r\nX-Folded: 1\r\n Set-Cookie: e=f\r\n"
                          "X-Bare: 1\rSet-Cookie: g=h\r\nWWW-Authenticate: Basic realm=\"skypod\"\r\n",
                          "<script>alert(1)</script>");
  start_proxy({"--open-proxy"});
  const HttpAnswer got = get(port(), target());
  EXPECT_EQ(got.headers.at("content-security-policy"), "default-src 'none'; sandbox");
  EXPECT_EQ(got.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(got.headers.at("x-kept"), "yes");
  EXPECT_EQ(got.headers.at("x-folded"), "1 Set-Cookie: e=f");
  EXPECT_EQ(got.headers.at("x-bare"), "1 Set-Cookie: g=h");
  for (const auto& [name, value] : got.headers) {
    EXPECT_FALSE(name.contains("set-cookie") || name.contains("clear-site-data")) << name;
  }
  for (const char* name : {"service-worker-allowed", "access-control-allow-origin", "www-authenticate"}) {
    EXPECT_FALSE(got.headers.contains(name)) << name;
  }
}

TEST_F(ProxyTest, FeedsOutliveTheirOrigin) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=0\r\nContent-Type: application/rss+xml\r\n",
                          "<rss version=\"2.0\"><channel><title>News</title></channel></rss>");
  start_proxy({"--open-proxy"});
  const std::string feed = "/api/feed?url=" + origin.url("/feed");
  const HttpAnswer first = get(port(), feed);
  EXPECT_FALSE(first.json()["_skypod"].contains("stale"));
  answer = "";
  const HttpAnswer later = get(port(), feed, "If-None-Match: " + first.headers.at("etag") + "\r\n");
  EXPECT_EQ(later.status, 200) << "a 304 would keep the problem from who has the feed";
  EXPECT_EQ(later.json()["title"], "News");
  EXPECT_EQ(later.json()["_skypod"]["stale"], true);
  EXPECT_TRUE(later.json()["_skypod"]["problem"].get<std::string>().contains("try again later"));
}

TEST_F(ProxyTest, PacksWhatItHasMadeForWhoTakesIt) {
  std::string items, page;
  for (int i = 0; i < 50; ++i) {
    items += "<item><guid>" + std::to_string(i) + "</guid><title>The same title</title></item>";
    page += "<p>Paragraph " + std::to_string(i) + " of an article that goes on and on, as articles on the web do.</p>";
  }
  start_proxy({"--open-proxy"});
  for (const std::string path : {"/api/feed?url=", "/api/article?url="}) {
    const bool is_feed = path.starts_with("/api/feed");
    answer = is_feed ? Server::answer("200 OK", "Content-Type: application/rss+xml\r\nCache-Control: max-age=9\r\n",
                                      "<rss><channel><title>News</title>" + items + "</channel></rss>")
                     : Server::answer("200 OK", "Content-Type: text/html\r\nCache-Control: max-age=9\r\n",
                                      "<html><body><article><h1>T</h1>" + page + "</article></body></html>");
    const std::string target = path + origin.url(is_feed ? "/feed" : "/page");
    const HttpAnswer plain = get(port(), target);
    EXPECT_FALSE(plain.headers.contains("content-encoding"));
    EXPECT_EQ(plain.headers.at("vary"), "Accept-Encoding");
    EXPECT_FALSE(plain.json().is_null());
    const HttpAnswer packed = get(port(), target, "Accept-Encoding: br, gzip\r\n");
    EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
    EXPECT_EQ(packed.headers.at("vary"), "Accept-Encoding");
    EXPECT_EQ(packed.headers.at("content-length"), std::to_string(packed.body.size()));
    EXPECT_LT(packed.body.size() * 3, plain.body.size());
    EXPECT_TRUE(packed.body.starts_with("\x1f\x8b")) << path;
    EXPECT_EQ(packed.headers.at("etag") == plain.headers.at("etag"), is_feed) << "the feed's is weak";
    const std::string known = "If-None-Match: " + packed.headers.at("etag") + "\r\n";
    const HttpAnswer again = get(port(), target, "Accept-Encoding: gzip\r\n" + known);
    EXPECT_EQ(again.status, 304);
    EXPECT_FALSE(again.headers.contains("content-encoding"));
    EXPECT_EQ(again.headers.at("vary"), "Accept-Encoding");
  }
}

TEST_F(ProxyTest, GivesEarlierVersionsOfFeeds) {
  const auto rss = [](const std::string& title) {
    return Server::answer("200 OK", "Content-Type: application/rss+xml\r\n",
                          "<rss><channel><title>" + title + "</title></channel></rss>");
  };
  const std::string target = "/api/feed?url=" + origin.url("/feed");
  start_proxy({"--open-proxy"});
  answer = rss("old");
  const auto hash = get(port(), target).json()["_skypod"]["hash"].get<std::string>();
  answer = rss("new");
  const wire::Json now = get(port(), target).json();
  EXPECT_EQ(now["title"], "new");
  EXPECT_EQ(now["_skypod"]["versions"][0]["hash"], hash);
  wait_for_rows("version", 2);
  server->kill();
  start_proxy({"--open-proxy"});
  EXPECT_EQ(get(port(), target + "&version=" + hash).json()["title"], "old");
  EXPECT_EQ(get(port(), target + "&version=0123").json()["code"], "no_such_version");
}

TEST_F(ProxyTest, WhatIsStoredOutlivesAKill) {
  start_proxy({"--open-proxy"});
  EXPECT_EQ(get(port(), target()).body, "hello");
  wait_for_rows("answer", 1);
  server->kill();
  start_proxy({"--open-proxy"});
  EXPECT_EQ(get(port(), target()).body, "hello");
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(ProxyTest, NothingCorruptIsServedHoweverTheProcessEnds) {
  std::string whole;
  for (int i = 0; whole.size() < 3'000'000; ++i) whole += std::to_string(i) + ",";
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\n", whole);
  for (int round = 0; round < 12; ++round) {
    start_proxy({"--open-proxy"});
    std::thread asking([this, round] {
      try {
        get(port(), target("/" + std::to_string(round)));
      } catch (const std::exception&) {  // killed before it could take the connection
      }
    });
    const auto bodies = data() / "cache" / "bodies";
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20 * round);
    while (std::filesystem::is_empty(bodies) && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    server->kill();
    asking.join();
    start_proxy({"--open-proxy"});
    for (int i = 0; i <= round; i += 4) EXPECT_TRUE(get(port(), target("/" + std::to_string(i))).body == whole);
    server->kill();
  }
}

TEST_F(ProxyTest, ADamagedBodyIsFetchedAgain) {
  start_proxy({"--open-proxy"});
  EXPECT_EQ(get(port(), target()).body, "hello");
  server->ask_to_stop();
  EXPECT_EQ(server->wait(), 0);
  for (const auto& entry : std::filesystem::directory_iterator(data() / "cache" / "bodies")) {
    std::ofstream(entry.path(), std::ios::trunc) << "jello";
  }
  start_proxy({"--open-proxy"});
  EXPECT_EQ(get(port(), target()).body, "hello");
  EXPECT_EQ(origin.accepted(), 2);
}

}  // namespace
}  // namespace skypod::test
