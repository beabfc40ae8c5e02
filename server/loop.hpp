// One thread's world: its io_context, the lines of work beside it, and what its connections share. Everything in it
// belongs to the thread that runs it; other threads reach it through post() only.
//
//   the front  strangers: accepting, TLS, HTTP, handshakes and waiting for a token, at a lower priority
//   the hub's  members: the realm server's decisions, and the sockets of those that it has let in
//
// A flood of strangers then takes time from strangers: whatever the front is doing, the kernel interrupts it as soon as
// a member's frame arrives.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <utility>

#include "server/lanes.hpp"
#include "server/lobby.hpp"

namespace skypod::server {

/// Where sockets are read into before it is known whose octets they are: one for all of a thread's connections. What is
/// in it is lost at the next read of any of them.
using Scratch = std::array<char, 64 * 1024>;

/// Octets that wait for receivers, of all connections of a thread together.
struct Backlog {
  std::size_t octets = 0;
};

/// What one thread owns. The members stand in the order in which they may still be needed by what comes after.
class Loop {
 public:
  /// `waiting_max`: connections that may wait in the lobby. `gives_way`: to the threads of other loops, as Lanes has
  /// it.
  explicit Loop(std::size_t waiting_max, bool gives_way = false) : lobby(waiting_max), lanes(io, gives_way) {}

  /// From any thread: does this at its turn in later()'s line, after what was posted here before.
  template <class Work>
  void post(Work work) {
    boost::asio::post(io, [this, work = std::move(work)]() mutable { lanes.later(Lanes::Work(std::move(work))); });
  }

  /// From now on, looks again and again who has waited in the lobby for too long.
  void watch_lobby() {
    constexpr auto interval = std::chrono::milliseconds(50);
    timer_.expires_after(interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      lobby.expire(std::chrono::steady_clock::now());
      watch_lobby();
    });
  }

  Lobby lobby;
  Backlog backlog;
  boost::asio::io_context io{1};
  Lanes lanes;
  Scratch scratch;

 private:
  boost::asio::steady_timer timer_{io};
};

}  // namespace skypod::server
