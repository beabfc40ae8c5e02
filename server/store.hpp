// The registry's thread. Whatever was asked while the last group was being written makes up the next group.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/signal/server.hpp"
#include "server/registry.hpp"

namespace skypod::server {

/// Carries out registry operations on a thread of its own.
class Store {
 public:
  /// Called on the store's thread with the answers of one group, in the order of submission.
  using Answer = std::function<void(std::vector<signal::Stored>)>;

  Store(Registry registry, Answer answer);

  /// Finishes what was submitted, then ends the thread.
  ~Store();

  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Adds an operation to the next group; does not wait.
  void submit(signal::Store operation);

 private:
  void work();
  std::vector<signal::Stored> commit(std::vector<signal::Store> group);

  Registry registry_;  // the thread's own
  Answer answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<signal::Store> waiting_;  // guarded by mutex_
  bool ending_ = false;                 // guarded by mutex_
  std::thread thread_;                  // last: it begins when everything else is there
};

}  // namespace skypod::server
