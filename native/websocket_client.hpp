// The link to the realm server: one WebSocket at a time, whose events are reported only while it is the current one.
// The browser's counterpart is web/src/host/link.ts.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "native/dial.hpp"

namespace skypod {

/// Most octets of one message from the server, four times what it ever sends; a longer one ends the connection.
inline constexpr std::size_t websocket_message_max = 1U << 20U;
/// Most octets that wait to be written; more end the connection, for the server does not read.
inline constexpr std::size_t websocket_queue_max = 8U << 20U;

/// What happens to a WebSocket.
namespace websocket_event {
struct Opened {};
struct Frame {
  std::string text;
};
/// It could not be opened or has ended. `why`: what, why and the mend, for people.
struct Closed {
  std::string why;
};
}  // namespace websocket_event

using WebSocketEvent = std::variant<websocket_event::Opened, websocket_event::Frame, websocket_event::Closed>;

/// Belongs to the thread that runs the io_context; reports from there, never from within a call.
class WebSocketClient {
 public:
  using Report = std::function<void(WebSocketEvent)>;

  WebSocketClient(boost::asio::io_context& io, Dialer dialer, std::string path, Report report);
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// Opens a connection; one that is there is closed first. Opened or Closed follows.
  void open();

  /// Sends a text message; dropped unless the connection is open.
  void send(std::string text);

  /// The network has changed: ends the connection if it has lost its own address, as nothing can come back to that.
  void network_changed();

  /// Says goodbye to the server. Nothing is reported any more.
  void close();

 private:
  class Connection;
  template <class Stream>
  class ConnectionOver;

  boost::asio::io_context& io_;
  Dialer dialer_;
  std::string path_;
  Report report_;
  std::shared_ptr<Connection> current_;
};

}  // namespace skypod
