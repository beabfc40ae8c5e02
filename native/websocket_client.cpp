#include "native/websocket_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <utility>

namespace skypod {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using websocket_event::Closed;
using websocket_event::Frame;
using websocket_event::Opened;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

/// Whether this machine has the address: only then can a socket be bound to it.
bool is_ours(const asio::ip::address& address) {
  asio::io_context unused;
  asio::ip::udp::socket attempt(unused);
  boost::system::error_code error;
  attempt.open(address.is_v4() ? asio::ip::udp::v4() : asio::ip::udp::v6(), error);
  attempt.bind({address, 0}, error);
  return !error;
}

}  // namespace

/// One connection, whatever it runs over. It lives as long as its coroutines do.
class WebSocketClient::Connection {
 public:
  virtual ~Connection() = default;
  virtual void start(Dialer dialer, std::string path, Report report) = 0;
  virtual void send(std::string text) = 0;
  virtual void network_changed() = 0;
  virtual void close() = 0;
};

template <class Stream>
class WebSocketClient::ConnectionOver final : public Connection,
                                              public std::enable_shared_from_this<ConnectionOver<Stream>> {
 public:
  explicit ConnectionOver(Stream stream) : socket_(std::move(stream)) {}

  void start(Dialer dialer, std::string path, Report report) override {
    report_ = std::move(report);
    spawn([](auto self, Dialer to, std::string target) -> asio::awaitable<void> {
      std::string why = co_await self->connect(to, target);
      if (why.empty()) why = co_await self->read_all(to.server());
      self->tell(Closed{std::move(why)});
      self->abandon();
    }(this->shared_from_this(), std::move(dialer), std::move(path)));
  }

  void send(std::string text) override {
    if (!is_open_) return;
    queued_octets_ += text.size();
    queue_.push_back(std::move(text));
    if (queued_octets_ > websocket_queue_max) {
      why_ = "it does not read what it is sent";
      return abandon();  // the read ends, and with it all
    }
    if (queue_.size() == 1) {
      spawn([](auto self) -> asio::awaitable<void> { co_await self->write_all(); }(this->shared_from_this()));
    }
  }

  void network_changed() override {
    boost::system::error_code unknown;
    const auto own = beast::get_lowest_layer(socket_).socket().local_endpoint(unknown);
    if (unknown || is_ours(own.address())) return;
    why_ = "this device has another address now";
    abandon();
  }

  void close() override {
    report_ = nullptr;
    if (!is_open_) return abandon();
    is_open_ = false;
    if (!queue_.empty()) return;  // what was to be sent goes first
    spawn([](auto self) -> asio::awaitable<void> { co_await self->say_goodbye(); }(this->shared_from_this()));
  }

 private:
  void spawn(asio::awaitable<void> work) { asio::co_spawn(socket_.get_executor(), std::move(work), asio::detached); }

  /// Reports in a turn of its own, and only while this is the current connection.
  void tell(WebSocketEvent event) {
    if (report_) report_(std::move(event));
  }

  /// Ends the connection without a word; whatever waits for it ends with an error.
  void abandon() {
    is_open_ = false;
    beast::get_lowest_layer(socket_).close();
  }

  asio::awaitable<std::string> connect(const Dialer& dialer, const std::string& path) {
    std::string problem = co_await dialer.connect(socket_.next_layer());
    if (!problem.empty()) co_return problem;
    beast::get_lowest_layer(socket_).expires_never();  // the WebSocket has times of its own
    socket_.set_option(websocket::stream_base::timeout{
        .handshake_timeout = dial_step_max, .idle_timeout = websocket::stream_base::none(), .keep_alive_pings = false});
    socket_.read_message_max(websocket_message_max);
    websocket::response_type response;
    const auto [error] = co_await socket_.async_handshake(response, dialer.server().authority(), path, token);
    if (error) {
      co_return dialer.server().url() + " is no skypod server: it answered " +
          (response.result_int() == 0 ? error.message() : "HTTP " + std::to_string(response.result_int())) +
          " where a WebSocket was expected; check the address, and that a proxy before it passes upgrades on";
    }
    is_open_ = report_ != nullptr;
    tell(Opened{});
    co_return "";
  }

  asio::awaitable<std::string> read_all(const ServerAddress& server) {
    for (beast::flat_buffer buffer; true; buffer.clear()) {
      const auto [error, size] = co_await socket_.async_read(buffer, token);
      if (error)
        co_return server.url() + " ended the connection (" + (why_.empty() ? error.message() : why_) +
            "); it is tried again";
      if (socket_.got_text()) tell(Frame{beast::buffers_to_string(buffer.data())});
    }
  }

  asio::awaitable<void> write_all() {
    while (!queue_.empty()) {
      socket_.text(true);
      const auto [error, size] = co_await socket_.async_write(asio::buffer(queue_.front()), token);
      if (error) co_return abandon();
      queued_octets_ -= queue_.front().size();
      queue_.pop_front();
    }
    if (!is_open_) co_await say_goodbye();
  }

  asio::awaitable<void> say_goodbye() {
    co_await socket_.async_close(websocket::close_code::normal, token);
    abandon();
  }

  websocket::stream<Stream> socket_;
  Report report_;  // nothing once it is no longer the current connection
  bool is_open_ = false;
  std::string why_;                // it was given up, where that was not the other side's doing
  std::deque<std::string> queue_;  // the first is being written
  std::size_t queued_octets_ = 0;
};

WebSocketClient::WebSocketClient(asio::io_context& io, Dialer dialer, std::string path, Report report)
    : io_(io), dialer_(std::move(dialer)), path_(std::move(path)), report_(std::move(report)) {}

WebSocketClient::~WebSocketClient() {
  close();
}

void WebSocketClient::open() {
  close();
  if (dialer_.server().is_secure) {
    current_ = std::make_shared<ConnectionOver<TlsStream>>(dialer_.new_tls_stream(io_.get_executor()));
  } else {
    current_ = std::make_shared<ConnectionOver<PlainStream>>(PlainStream(io_.get_executor()));
  }
  current_->start(dialer_, path_, report_);
}

void WebSocketClient::send(std::string text) {
  if (current_) current_->send(std::move(text));
}

void WebSocketClient::network_changed() {
  if (current_) current_->network_changed();
}

void WebSocketClient::close() {
  if (const auto connection = std::exchange(current_, nullptr)) connection->close();
}

}  // namespace skypod
