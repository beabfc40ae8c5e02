#include "test/support/realm_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>

#include "core/wire/messages.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

/// A read is always under way, so that the server is never kept waiting by a test that only writes.
struct RealmSocket::State {
  asio::io_context io;
  websocket::stream<tcp::socket, false> stream{io};
  boost::beast::flat_buffer buffer;
  std::deque<wire::Envelope> inbox;
  bool ended = false;
  int close_code = 0;

  void read() {
    stream.async_read(buffer, [this](const boost::system::error_code& error, std::size_t) {
      if (error) {
        ended = true;
        close_code = error == websocket::error::closed ? stream.reason().code : 1006;
        return;
      }
      auto message = wire::parse_text(boost::beast::buffers_to_string(buffer.data()));
      buffer.clear();
      if (message) inbox.push_back(std::move(*message));
      read();
    });
  }

  /// Runs until the condition holds; false if it does not in time.
  template <class Condition>
  bool wait(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (io.stopped()) io.restart();
      if (io.run_one_until(deadline) == 0) return condition();
    }
    return true;
  }
};

RealmSocket::RealmSocket(std::uint16_t port, const std::string& origin) : state_(std::make_unique<State>()) {
  auto& stream = state_->stream;
  stream.next_layer().connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
  stream.next_layer().set_option(tcp::no_delay(true));
  if (!origin.empty()) {
    stream.set_option(websocket::stream_base::decorator(
        [origin](websocket::request_type& request) { request.set(boost::beast::http::field::origin, origin); }));
  }
  stream.handshake("127.0.0.1:" + std::to_string(port), "/realm");
  state_->read();
}

RealmSocket::~RealmSocket() = default;
RealmSocket::RealmSocket(RealmSocket&&) noexcept = default;
RealmSocket& RealmSocket::operator=(RealmSocket&&) noexcept = default;

bool RealmSocket::send(std::string_view text) {
  std::optional<bool> written;
  state_->stream.async_write(asio::buffer(text),
                             [&](const boost::system::error_code& error, std::size_t) { written = !error; });
  const bool in_time = state_->wait([&] { return written.has_value(); });
  if (!in_time) drop();
  return written.value_or(false);
}

bool RealmSocket::send(const wire::Envelope& message) {
  return send(wire::to_text(message));
}

bool RealmSocket::send_binary(std::string_view octets) {
  state_->stream.binary(true);
  const bool written = send(octets);
  state_->stream.binary(false);
  return written;
}

std::optional<wire::Envelope> RealmSocket::receive() {
  state_->wait([this] { return state_->ended || !state_->inbox.empty(); });
  if (state_->inbox.empty()) {
    return std::nullopt;
  }
  auto message = std::move(state_->inbox.front());
  state_->inbox.pop_front();
  return message;
}

std::optional<wire::Envelope> RealmSocket::receive(std::string_view msg) {
  auto message = receive();
  while (message && message->msg != msg) message = receive();
  return message;
}

std::string RealmSocket::challenge() {
  const auto message = receive();
  const auto challenge =
      message ? wire::Challenge::read(message->dat) : unexpected(wire::Error{wire::ErrorCode::offline, ""});
  return challenge ? challenge->nonce : "";
}

int RealmSocket::closed() {
  state_->wait([this] { return state_->ended; });
  return state_->ended ? state_->close_code : 0;
}

int RealmSocket::descriptor() {
  return state_->stream.next_layer().native_handle();
}

void RealmSocket::drop() {
  boost::system::error_code ignored;
  state_->stream.next_layer().close(ignored);
  state_->wait([this] { return state_->ended; });
}

}  // namespace skypod::test
