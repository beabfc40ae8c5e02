#include "native/http_get.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "native/test_server.hpp"

namespace skypod {
namespace {

using Outcome = Result<HttpAnswer, std::string>;

Outcome get(const std::string& url, const std::string& target) {
  boost::asio::io_context io;
  Outcome outcome = unexpected("nothing came");
  const Dialer dialer = Dialer::make(ServerAddress::parse(url).value(), std::nullopt).value();
  boost::asio::co_spawn(
      io, [&]() -> boost::asio::awaitable<void> { outcome = co_await http_get(dialer, {target}); },
      boost::asio::detached);
  io.run();
  return outcome;
}

/// Answers with the octets, whatever was asked.
std::unique_ptr<test::Server> answering(std::string octets) {
  return std::make_unique<test::Server>(
      [text = std::move(octets)](const std::string&, const auto& send) { send(text); });
}

TEST(HttpGet, FetchesAnyStatus) {
  test::Server web([](const std::string& head, const auto& send) {
    send(test::Server::answer("418 Teapot", "", head.substr(0, head.find("\r\n"))));
  });
  const auto answer = get(web.url(""), "/api/feed?url=https%3A%2F%2Fpod.example");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->body, "GET /api/feed?url=https%3A%2F%2Fpod.example HTTP/1.1");
}

TEST(HttpGet, ReadsChunksAndBodiesThatEndWithTheConnection) {
  const auto chunked =
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(get(chunked->url(""), "/")->body, "abcde");
  const auto open = answering("HTTP/1.1 200 OK\r\n\r\nabcde");
  EXPECT_EQ(get(open->url(""), "/")->body, "abcde");
}

TEST(HttpGet, SaysWhyThereIsNoAnswer) {
  const auto too_long =
      answering("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(http_body_max + 1) + "\r\n\r\n");
  const auto cut_short = answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  const auto nonsense = answering("SSH-2.0-nonsense\r\n");
  const auto silent = answering("");
  for (const auto* web : {&too_long, &cut_short, &nonsense, &silent}) {
    const auto answer = get((*web)->url(""), "/");
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().find("did not answer"), std::string::npos) << answer.error();
  }
  EXPECT_NE(get("http://127.0.0.1:1", "/").error().find("Connection refused"), std::string::npos);
}

}  // namespace
}  // namespace skypod
