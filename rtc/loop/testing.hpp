// Waiting for what happens on a loop's thread, for tests of the layers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "rtc/loop/loop.hpp"

namespace skypod::rtc::testing {

/// Tests call until(); what they wait for calls changed().
class Watch {
 public:
  void changed() {
    const std::lock_guard lock(mutex_);
    ++changes_;
    condition_.notify_all();
  }

  /// Waits until `reached`, which runs on the loop's thread, is true. False if it is not within 20 s.
  bool until(Loop& loop, const std::function<bool()>& reached) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
      const unsigned seen = changes();
      bool done = false;
      loop.run([&] { done = reached(); });
      std::unique_lock lock(mutex_);
      if (done || !condition_.wait_until(lock, deadline, [&] { return changes_ != seen; })) {
        return done;
      }
    }
  }

 private:
  unsigned changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

  std::mutex mutex_;
  std::condition_variable condition_;
  unsigned changes_ = 0;
};

}  // namespace skypod::rtc::testing
