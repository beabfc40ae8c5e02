// The thread that all connections of a process live on: a GLib main loop, which libnice needs and the other layers
// share. Other threads reach it only by leaving work (post).
#pragma once

#include <glib.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace skypod::rtc {

/// A running main loop on a thread of its own. The destructor carries out what has been posted and ends the thread; it
/// must not be called on that thread.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  GMainContext* context() const { return context_; }

  /// Leaves work for the loop's thread, from any thread. Carried out in order, never within post().
  void post(std::function<void()> work);

  /// The same, and waits until it is done. Not from the loop's thread.
  void run(std::function<void()> work);

  /// Keeps the destructor waiting (at most a second) until as many releases followed: for farewells that need the loop.
  /// Both only on the loop's thread.
  void hold() { ++holds_; }
  void release();

 private:
  void run_posted();
  void end();

  GMainContext* context_;
  GMainLoop* loop_;
  GSource* inbox_;
  std::mutex mutex_;  // guards posted_, the one thing that other threads touch
  std::vector<std::function<void()>> posted_;
  int holds_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

/// Calls back on the loop's thread, once per start. Belongs to that thread; destroying it cancels it.
class Timer {
 public:
  /// A patient timer lets everything else that is ready go first.
  enum class Urgency { normal, patient };

  Timer(Loop& loop, std::function<void()> expired, Urgency urgency = Urgency::normal);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Expires `after_ms` from now; replaces an earlier start.
  void start(std::int64_t after_ms);
  /// Expires when the loop has carried out what is ready now, e.g. when everything that a socket holds has been read.
  void start_next_turn();
  void stop();

 private:
  GSource* source_;
};

/// Milliseconds of a clock that never goes back.
inline std::int64_t monotonic_ms() {
  return g_get_monotonic_time() / 1000;
}

}  // namespace skypod::rtc
