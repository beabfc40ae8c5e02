// A thousand hosts that send an octet a second: they hold nobody else up, and are let go of.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <thread>

#include "native/test_server.hpp"
#include "native/test_slow_server.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

using boost::asio::ip::tcp;

TEST_F(RunningServer, AThousandSlowOriginsHoldNobodyUp) {
  constexpr int count = 1'000;
  raise_descriptor_limit();
  SlowServer slow;
  Server quick([](const std::string&, const Server::Send& send) { send(Server::answer("200 OK", "", "quick")); });
  start({"--allow-fetch", "127.0.0.0/8", "--open-proxy"});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);

  boost::asio::io_context io;
  std::list<tcp::socket> clients;
  for (int i = 0; i < count; ++i) {
    tcp::socket& client = clients.emplace_back(io);
    client.connect({boost::asio::ip::address_v4::loopback(), port()});
    const std::string request = "GET /api/raw?url=" + slow.url(i) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    boost::asio::write(client, boost::asio::buffer(request));
  }
  while (slow.open_now() < count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  ASSERT_EQ(slow.open_now(), count);

  int meanwhile = 0;
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(get(port(), "/api/raw?url=" + quick.url("/" + std::to_string(i))).body, "quick");
    if (slow.open_now() > 0) ++meanwhile;
  }
  EXPECT_GT(meanwhile, 0);

  for (tcp::socket& client : clients) {
    std::string head(12, '\0');
    boost::system::error_code error;
    boost::asio::read(client, boost::asio::buffer(head), error);
    EXPECT_EQ(head, "HTTP/1.1 504");
  }
  while (slow.open_now() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(slow.open_now(), 0);
}

}  // namespace
}  // namespace skypod::test
