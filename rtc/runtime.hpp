// What all endpoints of a process share: the loop's thread, and the SCTP stack, whose state is the process's.
#pragma once

#include <memory>
#include <optional>

#include "rtc/loop/loop.hpp"
#include "rtc/sctp/stack.hpp"

namespace skypod::rtc {

/// Lives as long as somebody holds it; it must not be let go of on the loop's thread.
class Runtime {
 public:
  /// The one that runs, or a new one.
  static std::shared_ptr<Runtime> get();

  Runtime();
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  Loop& loop() { return loop_; }
  /// For the loop's thread.
  sctp::Stack& stack() { return *stack_; }

 private:
  Loop loop_;
  std::optional<sctp::Stack> stack_;
};

}  // namespace skypod::rtc
