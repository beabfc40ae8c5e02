// Members first. One thread serves everyone, so whatever strangers make it do is cut into short pieces of work, and
// between two pieces all that members wait for is done. A flood of strangers then slows down strangers.
//
//   what the sockets report → members' work at once; strangers' work to the end of later()'s line
//   after each piece        → what soon() collected: frames written together that were queued one by one
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <vector>

namespace skypod::server {

/// Runs an io_context and the two lines of work beside it; for one thread.
class Lanes {
 public:
  using Work = std::move_only_function<void()>;

  explicit Lanes(boost::asio::io_context& io) : io_(io) {}

  /// Does this when nobody's more urgent work is ready, after what was given here before.
  void later(Work work) { later_.push_back(std::move(work)); }

  /// Does this right after the piece of work that is being done.
  void soon(Work work) { soon_.push_back(std::move(work)); }

  /// For coroutines: goes on when it is this one's turn in later()'s line.
  boost::asio::awaitable<void> turn();

  /// Works until the io_context is stopped.
  void run();

  /// Works until the io_context is stopped or runs out of work, or the time is over.
  void run_for(std::chrono::steady_clock::duration duration);

 private:
  void step(std::chrono::steady_clock::time_point until);
  void finish();

  boost::asio::io_context& io_;
  std::deque<Work> later_;
  std::vector<Work> soon_;
};

/// Where sockets are read into before it is known whose octets they are: one for all, since there is one thread. What
/// is in it is lost at the next read of any connection.
using Scratch = std::array<char, 64 * 1024>;

}  // namespace skypod::server
