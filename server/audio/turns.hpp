// So many at once; whoever comes later waits, in order.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace skypod::server {

/// For one thread.
class Turns {
 public:
  explicit Turns(std::size_t at_once) : state_(std::make_shared<State>(State{at_once, {}})) {}

  /// A turn, given back with its owner.
  class Turn;

  boost::asio::awaitable<Turn> take();

 private:
  using Signal = std::shared_ptr<boost::asio::steady_timer>;
  struct State {
    std::size_t free;
    std::deque<Signal> waiting;
  };

  std::shared_ptr<State> state_;
};

class Turns::Turn {
 public:
  explicit Turn(std::shared_ptr<State> state) : state_(std::move(state)) {}
  Turn(Turn&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (!state_) return;
    if (state_->waiting.empty()) {
      ++state_->free;
    } else {
      state_->waiting.front()->cancel();
      state_->waiting.pop_front();
    }
  }

 private:
  std::shared_ptr<State> state_;
};

inline boost::asio::awaitable<Turns::Turn> Turns::take() {
  if (state_->free > 0) {
    --state_->free;
    co_return Turn(state_);
  }
  const auto signal = std::make_shared<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor,
                                                                  boost::asio::steady_timer::time_point::max());
  state_->waiting.push_back(signal);
  co_await signal->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return Turn(state_);
}

}  // namespace skypod::server
