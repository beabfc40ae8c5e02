// Media that are passed on: so many for one member, so many for all, from the moment that their host is asked.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <list>
#include <thread>

#include "native/test_server.hpp"
#include "native/test_slow_server.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int each = 10;
constexpr int all = 100;

class MediaShare : public RunningServer {
 protected:
  /// Somebody's realm with one member; the field by which the member is let in.
  std::string found_realm() {
    const P256Key key = P256Key::generate();
    const std::string realm = random_realm();
    EXPECT_TRUE(enter(port(), key, realm, register_request(key, genesis_of(key, realm))).admitted());
    return "Authorization: Bearer " + sign(key, claims_of(key, realm, wire::event(wire::msg::proxy_use))) + "\r\n";
  }

  void start_proxy() { start({"--allow-fetch", "127.0.0.0/8"}); }

  static std::string status_of(tcp::socket& client) {
    std::string line(12, '\0');
    boost::system::error_code error;
    asio::read(client, asio::buffer(line), error);
    return line;
  }

  /// Begins to ask for media over a connection of its own.
  tcp::socket& ask(const std::string& url, const std::string& field = "") {
    tcp::socket& client = clients.emplace_back(io);
    client.connect({asio::ip::address_v4::loopback(), port()});
    asio::write(client, asio::buffer("GET /api/media?url=" + url + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n"));
    return client;
  }

  /// Opens so many, each of a host of its own, and waits until they have begun.
  void open(int count, const std::string& field = "") {
    std::vector<tcp::socket*> opened;
    for (int i = 0; i < count; ++i) opened.push_back(&ask(slow.url(i), field));
    for (tcp::socket* client : opened) EXPECT_EQ(status_of(*client), "HTTP/1.1 200");
  }

  HttpAnswer refused(const std::string& field = "") const {
    return get(port(), "/api/media?url=" + slow.url(all), field);
  }

  SlowServer slow;
  asio::io_context io;
  std::list<tcp::socket> clients;
};

TEST_F(MediaShare, IsTheSameForEachMember) {
  start_proxy();
  const std::string alice = found_realm();
  const std::string bob = found_realm();
  open(each, alice);
  const HttpAnswer answer = refused(alice);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.json()["code"], "too_many_fetches");
  open(each, bob);

  clients.pop_front();  // alice stops one
  std::string line;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (line != "HTTP/1.1 200" && std::chrono::steady_clock::now() < deadline) {
    line = status_of(ask(slow.url(all), alice));
  }
  EXPECT_EQ(line, "HTTP/1.1 200");
}

TEST_F(MediaShare, CountsFromTheMomentThatTheHostIsAsked) {
  start_proxy();
  const std::string alice = found_realm();
  std::promise<void> over;
  const std::shared_future<void> silence = over.get_future();
  Server silent([&silence](const std::string&, const Server::Send&) { silence.wait(); });
  std::string told;
  std::array<std::string, each + 1> answers;
  for (std::string& answer : answers) {
    asio::async_read_until(ask(silent.url("/"), alice), asio::dynamic_buffer(answer), "\r\n\r\n",
                           [&](const boost::system::error_code& error, std::size_t) {
                             if (!error) told += answer.substr(0, 13);
                           });
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (told.empty() && std::chrono::steady_clock::now() < deadline) io.run_one_until(deadline);
  EXPECT_EQ(told, "HTTP/1.1 429 ");
  over.set_value();
}

TEST_F(MediaShare, OfAllIsBoundedToo) {
  raise_descriptor_limit();
  start({"--allow-fetch", "127.0.0.0/8", "--open-proxy"});
  open(all);
  const HttpAnswer answer = refused();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.json()["code"], "busy");
}

}  // namespace
}  // namespace skypod::test
