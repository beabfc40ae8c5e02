// Threads that measure segments, and a queue before them that is bounded: whoever reads the file waits while it is
// full.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "media/meter.hpp"
#include "media/part.hpp"
#include "media/segment.hpp"

namespace skypod::media {

/// Most threads; more would only hold more of the file in memory.
inline constexpr unsigned threads_max = 16;

/// The threads. To be used from one.
class Crew {
 public:
  Crew(unsigned threads, const SilenceRule& rule);
  ~Crew() { finish(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Hands a segment over; waits for room.
  void take(Segment segment);

  /// Waits until all is done. The parts in the order of the segments.
  std::vector<Part> finish();

 private:
  void work();

  SilenceRule rule_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Segment> waiting_;  // guarded by mutex_, as are the next two
  std::vector<Part> parts_;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace skypod::media
