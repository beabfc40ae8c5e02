// Carries frames and time between the members' sockets, the door where strangers wait, the realm server's decisions and
// the registry. Everything here runs on the hub's one thread; the store's thread and the door only post to it.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/signal/server.hpp"
#include "native/jose.hpp"
#include "server/link.hpp"
#include "server/loop.hpp"
#include "server/store.hpp"
#include "server/websocket.hpp"

namespace skypod::server {

/// The strangers' side, as the hub sees it. Called on the hub's thread.
class Outside {
 public:
  virtual void send(signal::SocketId socket, std::shared_ptr<const std::string> frame) = 0;
  virtual void close(signal::SocketId socket, std::uint16_t code, std::string reason) = 0;

  /// This one is a member now: answered by arrived(), or by closed() if it has gone meanwhile.
  virtual void call_in(signal::SocketId socket) = 0;

 protected:
  ~Outside() = default;
};

/// Owns the realm server and the store.
class Hub final : public Ear {
 public:
  Hub(Loop& loop, Outside& outside, Registry registry, signal::Options options);

  /// A stranger's socket is open.
  void opened(const signal::Opened& socket);

  /// What happened on a stranger's or a member's socket.
  void frame(signal::SocketId socket, std::string_view text) override;
  void too_large(signal::SocketId socket) override;
  void closed(signal::SocketId socket) override;

  /// The socket of one that was called in.
  void arrived(signal::SocketId socket, Passage passage);

  /// Closes every socket because the server stops.
  void shut_down();

  /// From any thread: how many sockets are open, and how many realms are in memory.
  std::size_t sockets() const { return sockets_; }
  std::size_t realms() const { return realms_; }

 private:
  /// Where a socket is: at the door; on its way from there, while what is to be done with it is kept; or here.
  struct Place {
    Link* link = nullptr;
    std::unique_ptr<std::vector<signal::Output>> kept;
  };

  std::size_t handle(const signal::Input& input);
  void carry_out(signal::Send& output, Haste haste);
  void carry_out(signal::Close& output, Haste haste);
  void carry_out(signal::Store& output, Haste haste);
  void set_timer();

  Loop& loop_;
  Outside& outside_;
  boost::asio::steady_timer timer_;
  wire::TimeMs timer_ms_ = 0;  // when it will ring, by the steady clock; 0 while it is not set
  Es256Verifier verifier_;
  signal::Server server_;
  std::unordered_map<signal::SocketId, Place> places_;
  std::atomic<std::size_t> sockets_ = 0;
  std::atomic<std::size_t> realms_ = 0;
  Store store_;  // last: its thread ends before anything else does
};

/// Milliseconds since 1970 by the system's clock.
wire::TimeMs wall_clock();

}  // namespace skypod::server
