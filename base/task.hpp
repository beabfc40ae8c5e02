// Coroutines for sans-I/O code.
//
// The core asks its host for things that take time (a signature, a database row) and must not block. A Task lets such a
// conversation read from top to bottom: `auto jws = co_await host.sign(claims);`. Nothing here knows threads or clocks:
// a suspended task is resumed only by whoever answers it, on the caller's stack.
//
// Symmetric transfer is avoided on purpose: on WebAssembly without tail calls it grows the stack with every await. A
// child that finishes at once lets its parent go on (await_suspend returns false); one that suspends resumes its parent
// later.
#pragma once

#include <coroutine>
#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace skypod {

template <class T>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> parent;  // resumed at the end, if it waits

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      if (auto waiting = std::exchange(self.promise().parent, nullptr)) {
        waiting.resume();
      }
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() const noexcept { std::abort(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;

  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

/// A lazily started coroutine that owns its frame. Destroying it cancels whatever it was waiting for.
/// Parameters taken by reference must outlive the task.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  Task() = default;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { reset(); }

  /// Runs to the first wait, or to the end. Call once, on a root task only; children start when they are awaited.
  void start() { handle_.resume(); }

  /// True once it has returned, or if there never was a coroutine.
  bool done() const { return !handle_ || handle_.done(); }

  /// Awaiting starts the child and hands over its result.
  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> child;

      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> parent) const {
        child.resume();
        if (child.done()) {
          return false;
        }
        child.promise().parent = parent;
        return true;
      }
      T await_resume() const { return child.promise().take(); }
    };
    return Awaiter{handle_};
  }

 private:
  void reset() {
    if (handle_) {
      handle_.destroy();
      handle_ = nullptr;
    }
  }

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace detail

/// A value that one task waits for and somebody else provides, once. Must outlive the wait.
template <class T>
class OneShot {
 public:
  /// Provides the value and runs the waiting task on. A second call is ignored.
  void set(T value) {
    if (value_) return;
    value_.emplace(std::move(value));
    if (auto waiting = std::exchange(waiting_, nullptr)) {
      waiting.resume();
    }
  }

  bool await_ready() const noexcept { return value_.has_value(); }
  void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  T await_resume() { return *value_; }

 private:
  std::optional<T> value_;
  std::coroutine_handle<> waiting_;
};

/// Lets one task at a time through: `const auto turn = co_await mutex.lock();` holds it until `turn` is destroyed.
/// Turns are given in the order of asking. Must outlive every task that asks.
class Mutex {
 public:
  /// Holds the mutex; moving hands it on.
  class Turn {
   public:
    explicit Turn(Mutex& mutex) : mutex_(&mutex) {}
    Turn(Turn&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (mutex_ != nullptr) mutex_->release();
    }

   private:
    Mutex* mutex_;
  };

  class Waiter {
   public:
    explicit Waiter(Mutex& mutex) : mutex_(mutex) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { std::erase(mutex_.waiting_, this); }
    bool await_ready() const noexcept { return !mutex_.held_; }
    void await_suspend(std::coroutine_handle<> handle) {
      handle_ = handle;
      mutex_.waiting_.push_back(this);
    }
    Turn await_resume() {
      mutex_.held_ = true;
      return Turn(mutex_);
    }

   private:
    friend Mutex;
    Mutex& mutex_;
    std::coroutine_handle<> handle_;
  };

  /// Await it to get a Turn.
  Waiter lock() { return Waiter(*this); }

 private:
  void release() {
    held_ = false;
    if (!waiting_.empty()) {
      Waiter* next = waiting_.front();
      waiting_.pop_front();
      held_ = true;  // handed over: nobody may slip in between
      next->handle_.resume();
    }
  }

  bool held_ = false;
  std::deque<Waiter*> waiting_;
};

/// Owns root tasks until they end. Destroying the scope cancels all of them.
class TaskScope {
 public:
  /// Starts a task and keeps it until it is done.
  void spawn(Task<void> task) {
    reap();
    task.start();
    if (!task.done()) {
      tasks_.push_back(std::move(task));
    }
  }

  /// Frees the tasks that have ended; called by spawn as well.
  void reap() {
    std::erase_if(tasks_, [](const Task<void>& task) { return task.done(); });
  }

 private:
  std::vector<Task<void>> tasks_;
};

/// Runs jobs strictly one after another, each to its end before the next begins: order on a link, or one writer at a
/// time.
class SerialQueue {
 public:
  /// A job makes its task when its turn comes; what it captured lives until that task has ended.
  using Job = std::function<Task<void>()>;

  /// Adds a job; it starts now if none is running.
  void post(Job job) {
    jobs_.push_back(std::move(job));
    if (!running_) {
      running_ = true;
      scope_.spawn(run());
    }
  }

  /// Jobs that have not begun yet.
  std::size_t waiting() const { return jobs_.size(); }

  /// Forgets the jobs that have not begun. A running one ends as it will.
  void clear() { jobs_.clear(); }

 private:
  Task<void> run() {
    while (!jobs_.empty()) {
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      co_await job();
    }
    running_ = false;
  }

  std::deque<Job> jobs_;
  bool running_ = false;
  TaskScope scope_;
};

}  // namespace skypod
