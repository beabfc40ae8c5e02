#include "server/store.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace skypod::server {

Store::Store(Registry registry, Answer answer)
    : registry_(std::move(registry)), answer_(std::move(answer)), thread_([this] { work(); }) {}

Store::~Store() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Store::submit(signal::Store operation) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(operation));
  }
  changed_.notify_one();
}

void Store::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    auto group = std::exchange(waiting_, {});
    lock.unlock();
    answer_(commit(std::move(group)));
  }
}

std::vector<signal::Stored> Store::commit(std::vector<signal::Store> group) {
  std::vector<signal::RegistryOp> ops;
  ops.reserve(group.size());
  for (signal::Store& store : group) ops.push_back(std::move(store.op));
  auto results = registry_.apply(ops);
  std::vector<signal::Stored> answers;
  answers.reserve(group.size());
  bool failed = false;
  for (std::size_t i = 0; i < group.size(); ++i) {
    failed = failed || results[i] == unexpected(wire::ErrorCode::storage_failed);
    answers.push_back({group[i].request, std::move(results[i])});
  }
  if (failed) spdlog::error("registry: {} operations could not be stored: {}", ops.size(), registry_.problem());
  return answers;
}

}  // namespace skypod::server
