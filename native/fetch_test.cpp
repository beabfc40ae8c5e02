#include "native/fetch.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/wire/json.hpp"
#include "native/gzip.hpp"
#include "native/test_bombs.hpp"
#include "native/test_server.hpp"
#include "native/transfer.hpp"

namespace skypod {
namespace {

using test::Server;

Server::Handler always(std::string answer) {
  return [answer = std::move(answer)](const std::string&, const Server::Send& send) { send(answer); };
}

FetchOptions allowing(std::string_view cidr) {
  FetchOptions options;
  EXPECT_TRUE(options.allowed.add(cidr));
  return options;
}

FetchFailure failure_of(const Result<FetchResult, FetchError>& result) {
  EXPECT_FALSE(result);
  return result ? FetchFailure::bad_answer : result.error().failure;
}

TEST(Fetch, RefusesLoopbackUnlessAllowed) {
  Server server(always(Server::answer("200 OK", "Content-Type: text/xml\r\nETag: \"e\"\r\n", "hello")));
  for (const std::string& url :
       {server.url("/"), "http://localhost:" + std::to_string(server.port()) + "/",
        "http://[::ffff:127.0.0.1]:" + std::to_string(server.port()) + "/",
        "http://0x7f.1:" + std::to_string(server.port()) + "/", "http://0:" + std::to_string(server.port()) + "/"}) {
    EXPECT_EQ(failure_of(fetch(url, {})), FetchFailure::address_refused) << url;
  }
  const auto result = fetch(server.url("/"), allowing("127.0.0.0/8"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "hello");
  EXPECT_EQ(result->content_type, "text/xml");
  EXPECT_EQ(result->etag, "\"e\"");
  EXPECT_EQ(server.accepted(), 1);  // the allowed one; nobody came before
}

TEST(Fetch, SendsAnHonestAndAnonymousRequest) {
  std::string head;
  Server server([&](const std::string& request, const Server::Send& send) {
    head = request;
    send(Server::answer("200 OK", "Set-Cookie: a=b\r\n", ""));
  });
  ASSERT_TRUE(fetch(server.url("/feed?x=1"), allowing("127.0.0.0/8")));
  EXPECT_TRUE(head.starts_with("GET /feed?x=1 HTTP/1.1\r\n"));
  EXPECT_NE(head.find("User-Agent: skypod/0.1 (+feed reader)\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Cookie"), std::string::npos);
  EXPECT_EQ(head.find("Authorization"), std::string::npos);
}

TEST(Fetch, TellsALoginToItsOriginOnly) {
  const Redacted<std::string> login(std::string("Basic YTpi"));
  const auto noting = [](std::vector<std::string>& heads, std::string answer) {
    return [&heads, answer = std::move(answer)](const std::string& head, const Server::Send& send) {
      heads.push_back(head);
      send(head.starts_with("GET /there ") ? Server::answer("200 OK", "", "done") : answer);
    };
  };
  const auto has_login = [](const std::string& head) {
    return head.find("Authorization: Basic YTpi\r\n") != std::string::npos;
  };
  std::vector<std::string> here, there;
  Server other(noting(there, ""));
  Server same(noting(here, Server::answer("302 Found", "Location: /there\r\n", "")));
  ASSERT_TRUE(fetch(same.url("/"), allowing("127.0.0.0/8"), login));
  ASSERT_EQ(here.size(), 2U);
  EXPECT_TRUE(std::ranges::all_of(here, has_login));
  const std::string named = "http://localhost:" + std::to_string(other.port()) + "/there";
  for (const std::string& elsewhere : {other.url("/there"), named}) {
    Server leads(noting(here, Server::answer("307 Temporary", "Location: " + elsewhere + "\r\n", "")));
    ASSERT_TRUE(fetch(leads.url("/"), allowing("127.0.0.0/8"), login));
    EXPECT_TRUE(has_login(here.back()));
    EXPECT_EQ(there.back().find("Authorization"), std::string::npos);
  }
}

TEST(Fetch, KnowsOriginsApart) {
  EXPECT_TRUE(is_same_origin("https://a.example/x", "https://A.example:443/y?z#w"));
  for (const char* other : {"http://a.example/", "https://a.example:8443/", "https://b.a.example/",
                            "https://a.example./", "https://a.example@b.example/", "nothing", ""}) {
    EXPECT_FALSE(is_same_origin("https://a.example/", other)) << other;
    EXPECT_FALSE(is_same_origin(other, "https://a.example/")) << other;
  }
  EXPECT_FALSE(is_same_origin("", ""));
}

TEST(Fetch, RefusesARedirectInside) {
  Server inside(always(Server::answer("200 OK", "", "secret")), "127.0.0.2");
  for (const char* status : {"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"}) {
    Server outside(always(Server::answer(status, "Location: " + inside.url("/") + "\r\n", "")));
    EXPECT_EQ(failure_of(fetch(outside.url("/"), allowing("127.0.0.1"))), FetchFailure::address_refused);
    EXPECT_EQ(outside.accepted(), 1);
  }
  ASSERT_TRUE(fetch(inside.url("/"), allowing("127.0.0.2")));
  EXPECT_EQ(inside.accepted(), 1);
}

TEST(Fetch, ChecksEveryRedirect) {
  const std::pair<const char*, FetchFailure> cases[] = {
      {"file:///etc/passwd", FetchFailure::scheme_refused},
      {"gopher://127.0.0.1:70/", FetchFailure::scheme_refused},
      {"http:", FetchFailure::bad_url},
      {"", FetchFailure::bad_url},
      {"http://user:secret@127.0.0.1:8080/", FetchFailure::userinfo_refused},
      {"http://127.0.0.1:22/", FetchFailure::port_refused},
      {"http://169.254.169.254/latest/meta-data", FetchFailure::address_refused},
  };
  for (const auto& [location, failure] : cases) {
    Server server(always(Server::answer("302 Found", "Location: " + std::string(location) + "\r\n", "")));
    EXPECT_EQ(failure_of(fetch(server.url("/"), allowing("127.0.0.0/8"))), failure) << location;
  }
}

TEST(Fetch, FollowsFiveRedirectsAndNoMore) {
  const auto hops = [](int count) {
    return [left = count](const std::string&, const Server::Send& send) mutable {
      send(left-- > 0 ? Server::answer("302 Found", "Location: next\r\n", "") : Server::answer("200 OK", "", "done"));
    };
  };
  Server five(hops(5));
  const auto result = fetch(five.url("/a/b"), allowing("127.0.0.0/8"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->final_url, five.url("/a/next"));
  Server six(hops(6));
  EXPECT_EQ(failure_of(fetch(six.url("/"), allowing("127.0.0.0/8"))), FetchFailure::too_many_redirects);
  Server loop(always(Server::answer("301 Moved", "Location: /\r\n", "")));
  EXPECT_EQ(failure_of(fetch(loop.url("/"), allowing("127.0.0.0/8"))), FetchFailure::too_many_redirects);
}

TEST(Fetch, BoundsTheBody) {
  FetchOptions options = allowing("127.0.0.0/8");
  options.body_octets_max = 100'000;
  Server exact(always(Server::answer("200 OK", "", std::string(100'000, 'x'))));
  EXPECT_TRUE(fetch(exact.url("/"), options));
  Server endless([](const std::string&, const Server::Send& send) {
    send("HTTP/1.1 200 OK\r\n\r\n");
    while (send(std::string(65'536, 'x'))) {
    }
  });
  EXPECT_EQ(failure_of(fetch(endless.url("/"), options)), FetchFailure::body_too_large);
}

TEST(Fetch, BoundsWhatDecompresses) {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x80\x88\xf9\xe5\x11\x00\x00"
      "\x00",
      28);
  Server honest(always(Server::answer("200 OK", "Content-Encoding: gzip\r\n", packed)));
  const auto result = fetch(honest.url("/"), allowing("127.0.0.0/8"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "hello hello hello");
}

TEST(Fetch, BoundsWhatIsMadeToExplode) {
  const std::string zip = test::gzip_bomb(1U << 30U);
  EXPECT_LT(zip.size(), 1'050'000U);
  const std::pair<const char*, std::string> bombs[] = {
      {"gzip", zip}, {"br", test::bomb_fixture("gigabyte-of-zeros.br")}, {"gzip, gzip", *gzip_if_worth(zip)}};
  for (const auto& [encoding, bomb] : bombs) {
    Server server(always(Server::answer("200 OK", "Content-Encoding: " + std::string(encoding) + "\r\n", bomb)));
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    EXPECT_EQ(failure_of(fetch(server.url("/"), allowing("127.0.0.0/8"))), FetchFailure::body_too_large) << encoding;
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024) << encoding;  // KiB; the cap is 20 MiB
  }
}

TEST(Fetch, BoundsChainsOfEncodings) {
  const std::string chain = "gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip";
  Server server(always(Server::answer("200 OK", "Content-Encoding: " + chain + "\r\n", "x")));
  EXPECT_EQ(failure_of(fetch(server.url("/"), allowing("127.0.0.0/8"))), FetchFailure::bad_answer);
}

TEST(Fetch, BoundsHeaders) {
  std::string headers;
  for (int i = 0; i < 100; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
  Server server(always(Server::answer("200 OK", headers, "")));
  EXPECT_EQ(failure_of(fetch(server.url("/"), allowing("127.0.0.0/8"))), FetchFailure::headers_too_large);
}

TEST(Fetch, TellsSilenceFromSlowness) {
  FetchOptions options = allowing("127.0.0.0/8");
  options.total_timeout = std::chrono::milliseconds(200);
  Server silent([](const std::string&, const Server::Send&) {});
  Server partial(
      [](const std::string&, const Server::Send& send) { send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx"); });
  EXPECT_EQ(failure_of(fetch(silent.url("/"), options)), FetchFailure::bad_answer);  // closed without a word
  EXPECT_EQ(failure_of(fetch(partial.url("/"), options)), FetchFailure::bad_answer);
  // Nobody answers here: the connection waits in the backlog of a listener that never accepts.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size), 0);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/";
  EXPECT_EQ(failure_of(fetch(url, options)), FetchFailure::timed_out);
  close(listener);
  EXPECT_EQ(failure_of(fetch(url, options)), FetchFailure::connect_failed);
}

TEST(Fetch, RefusesBadUrlsBeforeConnecting) {
  const std::pair<std::string, FetchFailure> cases[] = {
      {"", FetchFailure::bad_url},
      {"http://", FetchFailure::bad_url},
      {"http://a b/", FetchFailure::bad_url},
      {"http://a/\r\nX: y", FetchFailure::bad_url},
      {"http://a/" + std::string(2048, 'x'), FetchFailure::bad_url},
      {"127.0.0.1/feed", FetchFailure::bad_url},
      {"file:///etc/passwd", FetchFailure::scheme_refused},
      {"ftp://127.0.0.1/", FetchFailure::scheme_refused},
      {"dict://127.0.0.1:11211/stat", FetchFailure::scheme_refused},
      {"http://user@127.0.0.1/", FetchFailure::userinfo_refused},
      {"http://:pw@127.0.0.1/", FetchFailure::userinfo_refused},
      {"http://127.0.0.1:25/", FetchFailure::port_refused},
      {"http://127.0.0.1:0/", FetchFailure::port_refused},
      {"http://127.0.0.1:6000/", FetchFailure::port_refused},
  };
  for (const auto& [url, failure] : cases) EXPECT_EQ(failure_of(fetch(url, allowing("0.0.0.0/0"))), failure) << url;
}

TEST(Fetch, IgnoresProxiesOfTheEnvironment) {
  Server proxy(always(Server::answer("200 OK", "", "proxied")));
  Server server(always(Server::answer("200 OK", "", "direct")));
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("all_proxy", proxy.url("").c_str(), 1);
  const auto result = fetch(server.url("/"), allowing("127.0.0.0/8"));
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->body, "direct");
}

TEST(Fetch, EveryFailureHasWords) {
  for (auto each = FetchFailure::bad_url; each <= FetchFailure::bad_answer;
       each = static_cast<FetchFailure>(static_cast<int>(each) + 1)) {
    const FetchError error{each};
    EXPECT_GE(error.status(), 400);
    EXPECT_FALSE(error.code().empty());
    EXPECT_GT(error.sentence().size(), 20U);
  }
}

/// Whether the host is an address in some notation, and one that is not public: then nothing is looked up, and should
/// the guard fail, nothing outside this machine's networks is reached.
bool is_inner_literal(const std::string& host) {
  in_addr address{};
  if (inet_aton(host.c_str(), &address) == 0) return host.starts_with("[");
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  socket_address.sin_addr = address;
  return !is_public(*address_of(reinterpret_cast<sockaddr*>(&socket_address)));
}

// Others' spellings of addresses that must not be reached; only literals, so that no name is ever looked up.
TEST(Fetch, RefusesTheHostileSpellings) {
  const std::filesystem::path list = SKYPOD_SOURCE_DIR "/../shared/corpora/url-ssrf/generated-payloads.json";
  if (!std::filesystem::exists(list)) {
    GTEST_SKIP() << "the corpus of hostile URLs is not beside this checkout";
  }
  std::ifstream file(list);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto payloads = wire::parse_json(text);
  ASSERT_TRUE(payloads);
  int tried = 0;
  for (const auto& payload : *payloads) {
    std::string url = payload["url"].get<std::string>();
    const std::size_t port = url.rfind(":9/");
    if (payload["expect"] == "allowed") {
      EXPECT_TRUE(is_public(*parse_address(payload["target"].get<std::string>()))) << url;
    }
    if (payload["expect"] != "blocked" || port == std::string::npos || !url.starts_with("http://")) continue;
    const std::string authority = url.substr(7, port - 7);
    const std::string host = authority.substr(authority.rfind('@') + 1);
    if (!is_inner_literal(host)) continue;
    url.replace(port, 3, ":8099/");  // past the check of ports
    const FetchFailure failure = failure_of(fetch(url, {}));
    EXPECT_TRUE(failure == FetchFailure::address_refused || failure == FetchFailure::bad_url ||
                failure == FetchFailure::userinfo_refused || failure == FetchFailure::name_not_found)
        << url << " " << FetchError{failure}.code();
    ++tried;
  }
  EXPECT_GT(tried, 200);
}

}  // namespace
}  // namespace skypod
