#include "media/crew.hpp"

#include <algorithm>
#include <utility>

#include "media/segment_decoder.hpp"

namespace skypod::media {

Crew::Crew(unsigned threads, const SilenceRule& rule) : rule_(rule) {
  const unsigned count = std::clamp(threads, 1U, threads_max);
  for (unsigned at = 0; at < count; ++at) threads_.emplace_back([this] { work(); });
}

void Crew::take(Segment segment) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < threads_.size(); });
  waiting_.push_back(std::move(segment));
  changed_.notify_all();
}

std::vector<Part> Crew::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return std::move(parts_);
}

void Crew::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Segment segment = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    lock.unlock();
    const std::size_t number = segment.number;
    Part part = measure(std::move(segment), rule_);
    lock.lock();
    parts_.resize(std::max(parts_.size(), number + 1));
    parts_[number] = std::move(part);
  }
}

}  // namespace skypod::media
