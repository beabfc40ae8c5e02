// Short pieces of work, the urgent ones first. A thread serves many, so whatever may wait is cut into short pieces, and
// between two of them all that is urgent is done: what those do who ask for much slows down those who ask for much.
//
//   what the sockets report → urgent work at once; the other to the end of later()'s or last()'s line
//   after each piece        → what soon() collected: frames written together that were queued one by one
#pragma once

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

  /// `gives_way`: between two pieces, offers the processor to whichever thread waits for it. A kernel may not interrupt
  /// a thread for a more important one that has just had its share (EEVDF), but it takes such offers.
  explicit Lanes(boost::asio::io_context& io, bool gives_way = false) : io_(io), gives_way_(gives_way) {}

  /// Does this when nobody's more urgent work is ready, after what was given here before.
  void later(Work work) { later_.push_back(std::move(work)); }

  /// Does this when nothing else is ready, after what was given here before; now and then in between, so that it gets
  /// on.
  void last(Work work) { last_.push_back(std::move(work)); }

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
  void take_from(std::deque<Work>& line);
  void finish();

  boost::asio::io_context& io_;
  bool gives_way_;
  std::deque<Work> later_;
  std::deque<Work> last_;
  std::vector<Work> soon_;
};

}  // namespace skypod::server
