// Carries bytes and time between the sockets, the realm server's decisions and the registry. Everything here runs on
// the one thread of the io_context; the store's thread only posts its answers to it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/signal/server.hpp"
#include "native/jose.hpp"
#include "server/lanes.hpp"
#include "server/store.hpp"

namespace skypod::server {

/// A connection as the hub sees it. Neither call may call back into the hub before it returns.
class Link {
 public:
  virtual ~Link() = default;

  /// Queues a text frame.
  virtual void send(std::shared_ptr<const std::string> frame) = 0;

  /// Closes after what is queued; the hub has forgotten the link.
  virtual void close(std::uint16_t code, std::string reason) = 0;
};

/// Owns the realm server and the store.
class Hub {
 public:
  Hub(boost::asio::io_context& io, Lanes& lanes, Registry registry, signal::Options options);

  /// A link is open; it must stay alive until closed() was called or its close() was.
  /// `household` is what limits count by, as in signal::Opened.
  signal::SocketId open(Link& link, std::string household);

  /// What happened on a link; ignored once the link was closed by either side.
  void frame(signal::SocketId socket, std::string_view text);
  void too_large(signal::SocketId socket);
  void closed(signal::SocketId socket);

  /// Closes every link because the server stops.
  void shut_down();

  /// Whether the link belongs to a member of a realm.
  bool is_member(signal::SocketId socket) const { return server_.is_member(socket); }

  std::size_t sockets() const { return server_.sockets(); }
  std::size_t realms() const { return server_.realms(); }

 private:
  void handle(const signal::Input& input);
  void carry_out(signal::Send& output);
  void carry_out(signal::Close& output);
  void carry_out(signal::Store& output);
  void set_timer();

  boost::asio::io_context& io_;
  Lanes& lanes_;
  boost::asio::steady_timer timer_;
  wire::TimeMs timer_ms_ = 0;  // when it will ring, by the steady clock; 0 while it is not set
  Es256Verifier verifier_;
  signal::Server server_;
  std::unordered_map<signal::SocketId, Link*> links_;
  signal::SocketId last_socket_ = 0;
  Store store_;  // last: its thread ends before anything else does
};

/// Milliseconds since 1970 by the system's clock.
wire::TimeMs wall_clock();

}  // namespace skypod::server
