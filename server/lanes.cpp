#include "server/lanes.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <utility>

namespace skypod::server {
namespace {

constexpr int urgent_at_once = 64;           // pieces of urgent work that may pass later()'s, so that all get on
constexpr int urgent_before_giving_way = 4;  // the same, where other threads are more important
constexpr auto later_at_once = std::chrono::microseconds(50);  // of later()'s work before looking for urgent one

}  // namespace

boost::asio::awaitable<void> Lanes::turn() {
  const auto line_up = [this](auto handler) { later([handler = std::move(handler)]() mutable { handler(); }); };
  co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(line_up,
                                                                                     boost::asio::use_awaitable);
}

void Lanes::run() {
  while (!io_.stopped()) step(std::chrono::steady_clock::time_point::max());
}

void Lanes::run_for(std::chrono::steady_clock::duration duration) {
  const auto until = std::chrono::steady_clock::now() + duration;
  while (!io_.stopped() && std::chrono::steady_clock::now() < until) step(until);
}

/// Urgent work as far as it is ready, then a little of the other; waits if there is neither.
void Lanes::step(std::chrono::steady_clock::time_point until) {
  if (gives_way_) std::this_thread::yield();
  if (later_.empty() && last_.empty()) {
    io_.run_one_until(until);
    return finish();
  }
  const int most = gives_way_ ? urgent_before_giving_way : urgent_at_once;
  for (int i = 0; i < most && io_.poll_one() > 0; ++i) finish();
  const auto end = std::chrono::steady_clock::now() + later_at_once;
  while (!later_.empty() && !io_.stopped() && std::chrono::steady_clock::now() < end) take_from(later_);
  if (!last_.empty() && !io_.stopped()) take_from(last_);
}

void Lanes::take_from(std::deque<Work>& line) {
  Work work = std::move(line.front());
  line.pop_front();
  work();
  finish();
}

void Lanes::finish() {
  while (!soon_.empty()) {
    for (Work& work : std::exchange(soon_, {})) work();
  }
}

}  // namespace skypod::server
