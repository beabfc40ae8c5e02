// Where strangers wait until they are members: the front's side of the realm server. It keeps their WebSockets, tells
// the hub on the other thread what they say, and hands over those that the hub calls in. Belongs to the front's thread;
// what the hub asks of it comes in as messages.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "server/hub.hpp"
#include "server/link.hpp"
#include "server/loop.hpp"
#include "server/websocket.hpp"

namespace skypod::server {

/// The strangers. Outlives their sockets.
class Door final : public Ear, public Outside {
 public:
  Door(Loop& front, Loop& inside, Hub& hub) : front_(front), inside_(inside), hub_(hub) {}

  /// What a handshake has come to.
  struct Arrival {
    std::unique_ptr<Stream> stream;
    std::string handshake;  // the whole HTTP answer
    std::string household;  // as in signal::Opened
    std::string input;      // what has been read of the connection already
  };

  /// Makes it a WebSocket and tells the hub.
  void open(Arrival arrival);

  void frame(signal::SocketId socket, std::string_view text) override;
  void too_large(signal::SocketId socket) override;
  void closed(signal::SocketId socket) override;

  // From the hub's thread.
  void send(signal::SocketId socket, std::shared_ptr<const std::string> frame) override;
  void close(signal::SocketId socket, std::uint16_t code, std::string reason) override;
  void call_in(signal::SocketId socket) override;

 private:
  template <class Work>
  void tell_hub(Work work) {
    inside_.post([&hub = hub_, work = std::move(work)]() mutable { work(hub); });
  }

  Loop& front_;
  Loop& inside_;
  Hub& hub_;  // touched on its own thread only
  std::unordered_map<signal::SocketId, std::shared_ptr<WebSocket>> strangers_;
  signal::SocketId last_socket_ = 0;
};

}  // namespace skypod::server
