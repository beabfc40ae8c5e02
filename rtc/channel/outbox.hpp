// Messages that wait to be sent, and how many octets they are, which the owner's thread may ask at any time.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include "base/bytes.hpp"

namespace skypod::rtc::channel {

/// Octets between send() and the network, of one connection. Raised by the owner's thread, lowered by the loop's.
using Buffered = std::shared_ptr<std::atomic<std::size_t>>;

/// Lives on the loop's thread.
class Outbox {
 public:
  /// `buffered` already counts what push() will bring.
  Outbox(Buffered buffered, std::size_t low_water) : buffered_(std::move(buffered)), low_water_(low_water) {}

  void push(Bytes message) {
    waiting_ += message.size();
    high_ = high_ || buffered_->load(std::memory_order_relaxed) > low_water_;
    messages_.push_back(std::move(message));
  }

  /// The next drained() is told even if the octets are not above the low water.
  void expect_drained() { high_ = true; }

  bool empty() const { return messages_.empty(); }
  const Bytes& front() const { return messages_.front(); }

  /// The front has been taken.
  void pop() {
    waiting_ -= messages_.front().size();
    buffered_->fetch_sub(messages_.front().size(), std::memory_order_relaxed);
    messages_.pop_front();
  }

  /// Octets that wait here.
  std::size_t waiting() const { return waiting_; }

  /// True once each time that the octets have fallen to the low water after they were above it.
  bool drained() {
    const bool low = buffered_->load(std::memory_order_relaxed) <= low_water_;
    return low && std::exchange(high_, high_ && !low);
  }

 private:
  Buffered buffered_;
  std::size_t low_water_;
  std::size_t waiting_ = 0;
  std::deque<Bytes> messages_;
  bool high_ = false;
};

}  // namespace skypod::rtc::channel
