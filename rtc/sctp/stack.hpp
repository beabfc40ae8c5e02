// usrsctp, the process's one SCTP stack (RFC 9260 over DTLS, RFC 8261), without threads of its own: its clock moves
// when this says so, on the loop's thread.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "rtc/loop/loop.hpp"

namespace skypod::rtc::sctp {

class Association;

/// One per loop, and one loop per process; usrsctp's state is global. Lives on the loop's thread.
class Stack {
 public:
  explicit Stack(Loop& loop);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  /// Names an association towards usrsctp. Names are never used twice: usrsctp may still speak of one that is gone.
  void* add(Association& association);
  void remove(void* name);

  /// To be called before messages are given to usrsctp: brings its clock up to date, and lets it run at full rate while
  /// there is traffic.
  void touch();
  /// Before anything that keeps no timer but its own going: brings the clock up to date, no more.
  void advance();

  /// For usrsctp: a packet that leaves. 0 always; it learns of losses from silence.
  static int output(void* name, void* packet, std::size_t size, std::uint8_t tos, std::uint8_t set_df);

 private:
  void tick();

  std::unordered_map<std::uintptr_t, Association*> associations_;
  std::uintptr_t last_name_ = 0;
  std::int64_t clock_ms_;    // what usrsctp has been told
  std::int64_t touched_ms_;  // last traffic
  bool quick_ = false;       // which of the two rates the timer runs at
  Timer timer_;
};

}  // namespace skypod::rtc::sctp
