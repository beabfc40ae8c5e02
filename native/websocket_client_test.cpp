#include "native/websocket_client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <future>
#include <thread>
#include <vector>

#include "native/test_server.hpp"

namespace skypod {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using Socket = websocket::stream<tcp::socket>;

constexpr std::chrono::seconds patience{10};

/// A WebSocket server for one connection, with which a script deals on a thread of its own.
class OneShot {
 public:
  explicit OneShot(std::function<void(Socket&)> script)
      : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port_(acceptor_.local_endpoint().port()),
        thread_([this, script = std::move(script)] { run(script); }) {}

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void run(const std::function<void(Socket&)>& script) {
    boost::system::error_code ignored;
    Socket socket(acceptor_.accept());
    socket.accept(ignored);
    script(socket);
  }

  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::jthread thread_;
};

std::string read_text(Socket& socket) {
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  socket.read(buffer, error);
  return error ? "ended" : boost::beast::buffers_to_string(buffer.data());
}

/// A client, and what it has reported in words.
struct Client {
  explicit Client(const std::string& url)
      : socket(io, Dialer::make(ServerAddress::parse(url).value(), std::nullopt).value(), "/realm",
               [this](WebSocketEvent event) { note(std::move(event)); }) {}

  void note(WebSocketEvent event) {
    if (const auto* frame = std::get_if<websocket_event::Frame>(&event)) {
      told.push_back(frame->text.substr(0, 100));
    } else if (const auto* closed = std::get_if<websocket_event::Closed>(&event)) {
      told.push_back("closed: " + closed->why);
    } else {
      told.emplace_back("opened");
    }
  }

  /// Runs until so much has been told; false if it is not in time.
  bool await(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    io.restart();
    while (told.size() < count && io.run_one_until(deadline) > 0) {
    }
    return told.size() >= count;
  }

  asio::io_context io;
  std::vector<std::string> told;
  WebSocketClient socket;
};

TEST(WebSocketClient, SpeaksInOrder) {
  constexpr int frames = 300;
  OneShot server([](Socket& socket) {
    for (int i = 0; i < frames; ++i) socket.write(asio::buffer(read_text(socket) + "!"));
    socket.close(websocket::close_code::normal);
  });
  Client client(server.url());
  client.socket.send("too early");
  client.socket.open();
  client.socket.send("too early");
  ASSERT_TRUE(client.await(1));
  EXPECT_EQ(client.told[0], "opened");
  client.socket.network_changed();  // it still has its address
  for (int i = 0; i < frames; ++i) client.socket.send(std::to_string(i));
  ASSERT_TRUE(client.await(frames + 2));
  for (int i = 0; i < frames; ++i) EXPECT_EQ(client.told[static_cast<std::size_t>(i) + 1], std::to_string(i) + "!");
  EXPECT_NE(client.told.back().find("ended the connection"), std::string::npos) << client.told.back();
}

TEST(WebSocketClient, EndsWhereAMessageIsTooLong) {
  OneShot server([](Socket& socket) {
    socket.auto_fragment(false);
    socket.write(asio::buffer(std::string(websocket_message_max, 'a')));
    boost::system::error_code ended;  // it may hang up before it has all
    socket.write(asio::buffer(std::string(websocket_message_max + 1, 'b')), ended);
    if (!ended) read_text(socket);
  });
  Client client(server.url());
  client.socket.open();
  ASSERT_TRUE(client.await(3));
  EXPECT_EQ(client.told[1], std::string(100, 'a'));
  EXPECT_TRUE(client.told[2].starts_with("closed: ")) << client.told[2];
}

TEST(WebSocketClient, IgnoresBinaryMessages) {
  OneShot server([](Socket& socket) {
    socket.binary(true);
    socket.write(asio::buffer(std::string("octets")));
    socket.text(true);
    socket.write(asio::buffer(std::string("text")));
    read_text(socket);
  });
  Client client(server.url());
  client.socket.open();
  ASSERT_TRUE(client.await(2));
  EXPECT_EQ(client.told[1], "text");
}

TEST(WebSocketClient, EndsWhereTheServerDoesNotRead) {
  std::promise<void> finished;
  OneShot server([&](Socket&) { finished.get_future().wait_for(patience); });
  Client client(server.url());
  client.socket.open();
  ASSERT_TRUE(client.await(1));
  const std::string frame(websocket_message_max, 'x');
  for (int i = 0; i < 20; ++i) client.socket.send(frame);
  EXPECT_TRUE(client.await(2));
  EXPECT_NE(client.told.back().find("it does not read"), std::string::npos) << client.told.back();
  finished.set_value();
}

TEST(WebSocketClient, IsSilentOnceClosed) {
  OneShot server([](Socket& socket) {
    socket.write(asio::buffer(std::string("hello")));
    EXPECT_EQ(read_text(socket), "ended");
  });
  Client client(server.url());
  client.socket.open();
  ASSERT_TRUE(client.await(1));
  client.socket.close();
  client.io.run_for(patience);  // until nothing is left to do
  EXPECT_EQ(client.told.size(), 1);
}

TEST(WebSocketClient, SendsWhatWaitsBeforeItCloses) {
  std::vector<std::string> heard;
  {
    OneShot server([&](Socket& socket) {
      do heard.push_back(read_text(socket));
      while (heard.back() != "ended");
    });
    Client client(server.url());
    client.socket.open();
    ASSERT_TRUE(client.await(1));
    for (const char* text : {"one", "two", "three"}) client.socket.send(text);
    client.socket.close();
    client.io.run_for(patience);  // until nothing is left to do
  }
  EXPECT_EQ(heard, (std::vector<std::string>{"one", "two", "three", "ended"}));
}

TEST(WebSocketClient, SaysWhatAnsweredInstead) {
  test::Server web([](const std::string&, const test::Server::Send& send) {
    send(test::Server::answer("404 Not Found", "", "no"));
  });
  Client client(web.url(""));
  client.socket.open();
  ASSERT_TRUE(client.await(1));
  EXPECT_NE(client.told[0].find("is no skypod server: it answered HTTP 404"), std::string::npos) << client.told[0];
}

TEST(WebSocketClient, SaysThatNobodyAnswers) {
  Client client("http://127.0.0.1:1");
  client.socket.open();
  ASSERT_TRUE(client.await(1));
  EXPECT_NE(client.told[0].find("cannot be reached: Connection refused"), std::string::npos) << client.told[0];
  client.socket.open();  // as often as one likes
  client.socket.open();
  ASSERT_TRUE(client.await(2));
}

}  // namespace
}  // namespace skypod
