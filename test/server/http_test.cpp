// What the running server answers over HTTP, and what the program says when it cannot serve.
#include "test/support/http.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>

#include "native/test_server.hpp"
#include "test/server/running_server.hpp"

namespace skypod::test {
namespace {

using boost::asio::ip::tcp;
using wire::Json;

constexpr std::string_view feed = R"(<rss version="2.0"><channel><title>News</title><item><title>One</title>
<guid>1</guid></item></channel></rss>)";

class Http : public RunningServer {
 protected:
  void start_with_web(std::vector<std::string> more = {}) {
    directory.write("web/index.html", "<!doctype html><title>app</title>");
    directory.write("web/sw.js", "self");
    directory.write("web/manifest.webmanifest", "{}");
    directory.write("web/assets/core-1a2b.wasm", "wasm");
    directory.write("secret.txt", "secret");
    more.insert(more.end(), {"--web", directory.path() / "web"});
    start(more);
  }

  /// An error's shape: {status, code, message} with the status of the answer.
  static void expect_error(const HttpAnswer& answer, int status, std::string_view code) {
    EXPECT_EQ(answer.status, status);
    const Json body = answer.json();
    ASSERT_TRUE(body.is_object()) << answer.body;
    EXPECT_EQ(body["status"], status);
    EXPECT_EQ(body["code"], code);
    EXPECT_FALSE(body["message"].get<std::string>().empty());
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  }
};

TEST_F(Http, ServesTheWebApp) {
  start_with_web();
  HttpAnswer answer = get(port(), "/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "<!doctype html><title>app</title>");
  EXPECT_EQ(answer.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer.headers.at("cache-control"), "no-cache");
  const std::string etag = answer.headers.at("etag");
  EXPECT_EQ(get(port(), "/index.html?x=1").headers.at("etag"), etag);
  EXPECT_EQ(get(port(), "http://127.0.0.1/index.html").headers.at("etag"), etag);
  EXPECT_TRUE(answer.headers.at("date").ends_with(" GMT"));

  answer = get(port(), "/", "If-None-Match: \"other\", " + etag + "\r\n");
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("etag"), etag);
  answer = get(port(), "/assets/core-1a2b.wasm", "", "HEAD");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("content-length"), "4");
  EXPECT_EQ(answer.headers.at("content-type"), "application/wasm");
  EXPECT_EQ(answer.headers.at("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get(port(), "/sw.js").headers.at("cache-control"), "no-cache");
  EXPECT_EQ(get(port(), "/manifest.webmanifest").headers.at("content-type"), "application/manifest+json");
}

TEST_F(Http, SendsSecurityHeadersWithEverything) {
  start_with_web();
  for (const char* target : {"/", "/nothing", "/healthz", "/api/feed"}) {
    const HttpAnswer answer = get(port(), target);
    EXPECT_EQ(answer.headers.at("content-security-policy"),
              "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
              "img-src 'self' data: https: http:; media-src 'self' https: http:; "
              "connect-src 'self' ws: wss: https: http:; worker-src 'self'; object-src 'none'; base-uri 'none'; "
              "frame-ancestors 'none'");
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(answer.headers.at("permissions-policy"), "camera=(self)");
  }
}

TEST_F(Http, PathsDoNotLeadOutside) {
  start_with_web();
  for (const char* target : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt",
                             "//secret.txt", "/\\..\\secret.txt", "/assets", "/.", "/index.html/"}) {
    expect_error(get(port(), target), 404, "not_found");
  }
}

TEST_F(Http, SaysHowItIs) {
  start_with_web();
  const HttpAnswer answer = get(port(), "/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json(), Json::parse(R"({"status":"ok","version":"0.1.0","realms":0,"sockets":0})"));
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  const P256Key key = P256Key::generate();
  const std::string realm = random_realm();
  const auto visit = enter(port(), key, realm, register_request(key, genesis_of(key, realm)));
  EXPECT_EQ(get(port(), "/healthz").json()["realms"], 1);
  EXPECT_EQ(get(port(), "/healthz").json()["sockets"], 1);
}

TEST_F(Http, KeepsConnectionsOpenForMoreRequests) {
  start_with_web();
  const std::string host = "Host: x\r\n";
  const HttpAnswer both = exchange_http(
      port(), "GET /sw.js HTTP/1.1\r\n" + host + "\r\nGET /healthz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
  EXPECT_EQ(both.status, 200);
  EXPECT_EQ(both.headers.at("connection"), "keep-alive");
  EXPECT_NE(both.body.find("selfHTTP/1.1 200 OK"), std::string::npos) << both.body;
}

/// How many bodies a process holds in files of memory.
std::size_t bodies_in_files(pid_t process) {
  std::size_t bodies = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(file, gone).string().starts_with("/memfd:body")) ++bodies;
  }
  return bodies;
}

/// Asks, and hangs up after the answer's first octet.
void ask_and_go(std::uint16_t port, const std::string& request) {
  boost::asio::io_context io;
  tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(request));
  char octet = 0;
  boost::asio::read(socket, boost::asio::buffer(&octet, 1));
  socket.set_option(tcp::socket::linger(true, 0));
}

TEST_F(Http, SendsWhatIsAskedForAgainFromAFileAndWhole) {
  std::string content;
  for (int i = 0; content.size() < 1'900'000; ++i) content += std::to_string(i) + "\n";
  directory.write("web/assets/big.js", content);
  start_with_web();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(get(port(), "/assets/big.js").body == content) << i;
  EXPECT_EQ(bodies_in_files(server->id()), 1U);
  const std::string ask = "GET /assets/big.js HTTP/1.1\r\nHost: x\r\n";
  const std::string head = "HEAD /assets/big.js HTTP/1.1\r\nHost: x\r\n\r\n";
  const HttpAnswer many = exchange_http(port(), ask + "\r\n" + head + ask + "Connection: close\r\n\r\n");
  EXPECT_TRUE(many.body.starts_with(content + "HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(many.body.ends_with("\r\n\r\n" + content));
  EXPECT_LT(many.body.size(), 2 * content.size() + 2'000);
  for (int i = 0; i < 10; ++i) ask_and_go(port(), ask + "\r\n");
  EXPECT_TRUE(get(port(), "/assets/big.js").body == content) << "who hangs up harms nobody";
}

TEST_F(Http, RefusesWhatItDoesNotUnderstand) {
  start_with_web();
  expect_error(get(port(), "/nothing"), 404, "not_found");
  expect_error(get(port(), "/realm"), 426, "websocket_expected");
  const HttpAnswer posted = get(port(), "/", "", "POST");
  expect_error(posted, 405, "method_not_allowed");
  EXPECT_EQ(posted.headers.at("allow"), "GET, HEAD");
  expect_error(get(port(), "/realm", "Origin: https://evil.example\r\n"), 403, "foreign_origin");
  expect_error(exchange_http(port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), 400, "bad_host");
  expect_error(exchange_http(port(), "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, "bad_host");
  expect_error(exchange_http(port(), "\x16\x03\x01 this is TLS\r\n\r\n"), 400, "bad_request");
  expect_error(get(port(), "/", "X: " + std::string(17'000, 'x') + "\r\n"), 431, "headers_too_large");
  expect_error(get(port(), "/", "X: " + std::string(1'000'000, 'x') + "\r\n"), 431, "headers_too_large");
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "X" + std::to_string(i) + ": y\r\n";
  expect_error(get(port(), "/", many), 431, "headers_too_large");
  expect_error(get(port(), "/" + std::string(1'000'000, 'x')), 431, "headers_too_large");
  expect_error(get(port(), "/", "Content-Length: 70000\r\n", "POST"), 413, "body_too_large");
}

TEST_F(Http, AnswersFeeds) {
  Server source([](const std::string&, const Server::Send& send) {
    send("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: " + std::to_string(feed.size()) +
         "\r\n\r\n" + std::string(feed));
  });
  start_with_web({"--allow-fetch", "127.0.0.0/8", "--open-proxy"});
  const std::string target = "/api/feed?url=" + source.url("/feed.xml");
  HttpAnswer answer = get(port(), target);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/feed+json");
  EXPECT_EQ(answer.json()["title"], "News");
  EXPECT_EQ(answer.json()["items"][0]["title"], "One");
  const std::string etag = answer.headers.at("etag");
  EXPECT_EQ(etag, "W/\"" + to_hex(sha256(feed)) + "\"");
  answer = get(port(), target, "If-None-Match: " + etag + "\r\n");
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(log().find("feed.xml"), std::string::npos);
}

TEST_F(Http, FeedErrorsHaveTheShapeOfAllErrors) {
  start_with_web({"--open-proxy"});
  expect_error(get(port(), "/api/feed"), 400, "bad_request");
  expect_error(get(port(), "/api/feed?url="), 400, "bad_request");
  expect_error(get(port(), "/api/feed?url=%zz"), 400, "bad_request");
  expect_error(get(port(), "/api/feed?url=http://127.0.0.1:9999/"), 403, "address_refused");
  expect_error(get(port(), "/api/feed?url=file:///etc/passwd"), 400, "scheme_refused");
}

TEST_F(Http, WithoutAWebAppItSaysHowToGetOne) {
  directory.write("web/nothing.txt", "");
  start({"--web", directory.path() / "web"});
  const HttpAnswer answer = get(port(), "/");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("make run"), std::string::npos);
}

TEST_F(Http, WhatPreventsServingIsSaidInOneLine) {
  start();
  const std::string taken = "127.0.0.1:" + std::to_string(port());
  const std::string other = directory.path() / "other";
  const auto expect_failure = [](const std::vector<std::string>& arguments, int code, std::string_view words) {
    const Finished finished = run_program(SKYPOD_PROGRAM, arguments);
    EXPECT_EQ(finished.code, code) << finished.errors;
    EXPECT_EQ(finished.output, "");
    EXPECT_NE(finished.errors.find(words), std::string::npos) << finished.errors;
    EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
  };
  expect_failure({"serve", "--data", other, "--listen", taken}, 1, "--listen");
  expect_failure({"serve", "--data", other, "--listen", "somewhere"}, 1, "127.0.0.1:7890");
  expect_failure({"serve", "--data", data(), "--listen", "127.0.0.1:0"}, 1, "in use");
  expect_failure({"serve", "--data", "/proc/skypod", "--listen", "127.0.0.1:0"}, 1, "--data");
  expect_failure({"serve", "--data", other, "--listen", "127.0.0.1:0", "--web", "/nowhere"}, 1, "--web");
  expect_failure({"serve", "--allow-fetch", "everything"}, 2, "10.0.0.0/8");
  expect_failure({"serve", "--nonsense"}, 2, "--help");
  expect_failure({}, 2, "--help");
  expect_failure({"feed", "parse", "/nowhere"}, 1, "cannot be read");
}

TEST_F(Http, TheProgramParsesFeedsAndSaysItsVersion) {
  directory.write("feed.xml", std::string(feed));
  const Finished parsed = run_program(SKYPOD_PROGRAM, {"feed", "parse", directory.path() / "feed.xml"});
  EXPECT_EQ(parsed.code, 0) << parsed.errors;
  EXPECT_EQ(Json::parse(parsed.output)["title"], "News");
  const Finished version = run_program(SKYPOD_PROGRAM, {"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.output, "skypod 0.1.0\n");
}

}  // namespace
}  // namespace skypod::test
