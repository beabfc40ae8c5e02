#include "rtc/runtime.hpp"

#include <mutex>

namespace skypod::rtc {

std::shared_ptr<Runtime> Runtime::get() {
  static std::mutex mutex;  // guards `running`; endpoints may be made on different threads
  static std::weak_ptr<Runtime> running;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Runtime> runtime = running.lock();
  if (!runtime) {
    runtime = std::make_shared<Runtime>();
    running = runtime;
  }
  return runtime;
}

Runtime::Runtime() {
  loop_.run([this] { stack_.emplace(loop_); });
}

Runtime::~Runtime() {
  loop_.run([this] { stack_.reset(); });
}

}  // namespace skypod::rtc
