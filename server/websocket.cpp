#include "server/websocket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "core/wire/messages.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

using Request = beast::http::request<beast::http::string_body>;
using asio::ip::tcp;

constexpr auto handshake_timeout = std::chrono::seconds(10);
constexpr auto close_timeout = std::chrono::seconds(5);  // for a peer that neither reads nor hangs up
constexpr std::size_t buffer_kept = 4096;                // octets; a larger read buffer is given back when it is empty
constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);

/// The connection. It owns its stream; operations that are under way keep it alive.
class WebSocket final : public Link, public std::enable_shared_from_this<WebSocket> {
 public:
  WebSocket(tcp::socket socket, Hub& hub) : stream_(std::move(socket)), hub_(hub) {}

  asio::awaitable<void> run(Request request);
  void send(std::shared_ptr<const std::string> frame) override;
  void close(std::uint16_t code, std::string reason) override;

 private:
  asio::awaitable<void> read();
  void pump();
  void give_up_on_slow_reader();
  void write_close();
  void end();

  websocket::stream<tcp::socket, false> stream_;  // false: no compression, so no decompression bombs
  Hub& hub_;
  std::optional<signal::SocketId> socket_;
  beast::flat_buffer input_;
  std::deque<std::shared_ptr<const std::string>> queue_;  // the first is being written while writing_
  std::size_t queued_octets_ = 0;
  bool writing_ = false;
  std::optional<websocket::close_reason> closing_;
  std::optional<asio::steady_timer> deadline_;  // of closing
};

asio::awaitable<void> WebSocket::run(Request request) {
  stream_.set_option(websocket::stream_base::timeout{handshake_timeout, websocket::stream_base::none(), false});
  stream_.read_message_max(0);  // read() counts, so that the refusal can be said before the close
  boost::system::error_code ignored;
  stream_.next_layer().set_option(tcp::no_delay(true), ignored);
  const std::string address = stream_.next_layer().remote_endpoint(ignored).address().to_string();
  const auto [error] = co_await stream_.async_accept(request, awaiting);
  if (error) {
    co_return;
  }
  request = {};
  stream_.text(true);
  socket_ = hub_.open(*this, address);
  co_await read();
  hub_.closed(*socket_);
  end();
}

/// Reads until the connection ends or one side closes it.
asio::awaitable<void> WebSocket::read() {
  while (!closing_) {
    const auto [error, count] =
        co_await stream_.async_read_some(input_, wire::limit::frame_max + 1 - input_.size(), awaiting);
    if (error || closing_) {
      break;
    }
    if (input_.size() > wire::limit::frame_max) {
      hub_.too_large(*socket_);
      break;
    }
    if (!stream_.is_message_done()) {
      continue;
    }
    const std::string_view text(static_cast<const char*>(input_.data().data()), input_.size());
    hub_.frame(*socket_, stream_.got_text() ? text : "");
    input_.clear();
    if (input_.capacity() > buffer_kept) input_.shrink_to_fit();
  }
}

void WebSocket::send(std::shared_ptr<const std::string> frame) {
  if (closing_) {
    return;
  }
  queued_octets_ += frame->size();
  queue_.push_back(std::move(frame));
  if (queued_octets_ > queue_octets_max) {
    give_up_on_slow_reader();
  }
  pump();
}

/// Forgets what the reader did not take, and tells it why, should it read on.
void WebSocket::give_up_on_slow_reader() {
  queue_.resize(writing_ ? 1 : 0);
  queued_octets_ = writing_ ? queue_.front()->size() : 0;
  const wire::Error error{wire::ErrorCode::slow_consumer, ""};
  queue_.push_back(
      std::make_shared<const std::string>(wire::to_text(wire::refusal(wire::msg::error, std::nullopt, error))));
  queued_octets_ += queue_.back()->size();
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->hub_.closed(*self->socket_); });
  close(static_cast<std::uint16_t>(4000 + wire::status_of(error.code)), std::string(wire::name_of(error.code)));
}

void WebSocket::close(std::uint16_t code, std::string reason) {
  if (closing_) {
    return;
  }
  closing_.emplace(static_cast<websocket::close_code>(code), reason);
  deadline_.emplace(stream_.get_executor(), close_timeout);
  deadline_->async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    boost::system::error_code ignored;
    if (!error) self->stream_.next_layer().close(ignored);
  });
  pump();
}

/// Writes what is queued, one frame at a time, then the close frame if one is due.
void WebSocket::pump() {
  if (writing_) {
    return;
  }
  if (queue_.empty()) {
    if (closing_) write_close();
    return;
  }
  writing_ = true;
  stream_.async_write(asio::buffer(*queue_.front()),
                      [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                        self->writing_ = false;
                        self->queued_octets_ -= self->queue_.front()->size();
                        self->queue_.pop_front();
                        if (error) self->queue_.clear();
                        self->pump();
                      });
}

/// Sends the close frame and waits for the peer's, dropping whatever it still sends.
void WebSocket::write_close() {
  writing_ = true;  // for good: nothing follows a close
  stream_.async_close(*closing_,
                      [self = shared_from_this()](const boost::system::error_code&) { self->deadline_->cancel(); });
}

/// The peer is gone: nothing can be delivered any more.
void WebSocket::end() {
  if (!closing_) {
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
  }
}

}  // namespace

asio::awaitable<void> serve_websocket(tcp::socket socket, Request request, Hub& hub) {
  const auto connection = std::make_shared<WebSocket>(std::move(socket), hub);
  co_await connection->run(std::move(request));
}

}  // namespace skypod::server
