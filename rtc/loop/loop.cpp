#include "rtc/loop/loop.hpp"

#include <future>
#include <utility>

namespace skypod::rtc {
namespace {

constexpr std::int64_t farewell_max_ms = 1000;

/// GLib allocates it, so it is no class; `next_turn` begins as false.
struct TimedSource {
  GSource source;
  bool next_turn;
};

bool& next_turn(GSource* source) {
  return reinterpret_cast<TimedSource*>(source)->next_turn;
}

/// A source that is ready when its ready time has come or the next turn has, and then calls its callback.
GSourceFuncs timed_source = {
    .prepare = [](GSource* source, gint* timeout_ms) -> gboolean {
      *timeout_ms = next_turn(source) ? 0 : -1;
      return next_turn(source);
    },
    .check = [](GSource* source) -> gboolean { return next_turn(source); },
    .dispatch = [](GSource* source, GSourceFunc callback, gpointer data) -> gboolean {
      if (!std::exchange(next_turn(source), false)) {
        g_source_set_ready_time(source, -1);
      }
      return callback(data);
    },
    .finalize = nullptr,
    .closure_callback = nullptr,
    .closure_marshal = nullptr,
};

/// The function belongs to the source, which keeps it while it runs even if it destroys the source.
GSource* make_source(GMainContext* context, std::function<void()> work) {
  GSource* source = g_source_new(&timed_source, sizeof(TimedSource));
  const auto call = [](gpointer data) -> gboolean {
    (*static_cast<std::function<void()>*>(data))();
    return G_SOURCE_CONTINUE;
  };
  const auto forget = [](gpointer data) { delete static_cast<std::function<void()>*>(data); };
  g_source_set_callback(source, call, new std::function<void()>(std::move(work)), forget);
  g_source_attach(source, context);
  return source;
}

void destroy_source(GSource* source) {
  g_source_destroy(source);
  g_source_unref(source);
}

}  // namespace

Loop::Loop()
    : context_(g_main_context_new()),
      loop_(g_main_loop_new(context_, FALSE)),
      inbox_(make_source(context_, [this] { run_posted(); })),
      thread_([this] {
        g_main_context_push_thread_default(context_);
        g_main_loop_run(loop_);
        g_main_context_pop_thread_default(context_);
      }) {}

Loop::~Loop() {
  post([this] { end(); });
  thread_.join();
  destroy_source(inbox_);
  g_main_loop_unref(loop_);
  g_main_context_unref(context_);
}

void Loop::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(work));
  if (posted_.size() == 1) {
    g_source_set_ready_time(inbox_, 0);
  }
}

void Loop::run(std::function<void()> work) {
  std::promise<void> done;
  post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

void Loop::run_posted() {
  std::vector<std::function<void()>> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(posted_);
  }
  for (const auto& work : batch) {
    work();
  }
}

void Loop::release() {
  --holds_;
  if (ending_ && holds_ == 0) {
    g_main_loop_quit(loop_);
  }
}

void Loop::end() {
  ending_ = true;
  if (holds_ == 0) {
    return g_main_loop_quit(loop_);
  }
  GSource* patience = make_source(context_, [this] { g_main_loop_quit(loop_); });
  g_source_set_ready_time(patience, g_get_monotonic_time() + farewell_max_ms * 1000);
  g_source_unref(patience);
}

Timer::Timer(Loop& loop, std::function<void()> expired, Urgency urgency)
    : source_(make_source(loop.context(), std::move(expired))) {
  g_source_set_priority(source_, urgency == Urgency::normal ? G_PRIORITY_DEFAULT : G_PRIORITY_DEFAULT_IDLE);
}

Timer::~Timer() {
  destroy_source(source_);
}

void Timer::start(std::int64_t after_ms) {
  g_source_set_ready_time(source_, g_get_monotonic_time() + after_ms * 1000);
}

/// Says nothing to the loop, which asks every source at each turn: unlike a ready time this costs no system call.
void Timer::start_next_turn() {
  next_turn(source_) = true;
}

void Timer::stop() {
  next_turn(source_) = false;
  g_source_set_ready_time(source_, -1);
}

}  // namespace skypod::rtc
