// Notices a dead connection before the browser does: pings, measures the round trip, counts what stays unanswered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/wire/messages.hpp"

namespace skypod::realm {

using wire::TimeMs;

/// Pings of one connection. Any traffic from the peer proves life; only the answer to a ping measures.
class ConnectionHealthMonitor {
 public:
  static constexpr TimeMs interval_ms = wire::limit::ping_interval_ms;
  static constexpr TimeMs answer_max_ms = 10'000;

  /// Begins with a ping at once, so that a round trip is known early.
  explicit ConnectionHealthMonitor(TimeMs now) : next_ping_ms_(now), heard_ms_(now) {}

  /// The number for a ping that is due now, or nothing.
  std::optional<std::int64_t> due_ping(TimeMs now) {
    if (now < next_ping_ms_) return std::nullopt;
    next_ping_ms_ = now + interval_ms;
    sent_ms_ = now;
    return ++sequence_;
  }

  /// Asks for a ping now, unless one is waiting for its answer.
  void probe(TimeMs now) {
    if (!sent_ms_) next_ping_ms_ = now;
  }

  /// Something arrived.
  void heard(TimeMs now) { heard_ms_ = now; }

  /// The answer to ping `sequence` arrived; only that of the latest counts.
  void ponged(std::int64_t sequence, TimeMs now) {
    heard(now);
    if (sequence == sequence_ && sent_ms_) {
      rtt_ms_ = now - *sent_ms_;
      sent_ms_.reset();
    }
  }

  /// True once a ping has stayed unanswered for answer_max_ms with no other sign of life since it was sent.
  bool is_dead(TimeMs now) const { return sent_ms_ && heard_ms_ <= *sent_ms_ && now >= *sent_ms_ + answer_max_ms; }

  /// When the next ping is due.
  TimeMs next_ping_ms() const { return next_ping_ms_; }

  /// When to look again.
  TimeMs next_deadline() const {
    const bool doubtful = sent_ms_ && heard_ms_ <= *sent_ms_;
    return doubtful ? std::min(*sent_ms_ + answer_max_ms, next_ping_ms_) : next_ping_ms_;
  }

  /// The last measured round trip.
  std::optional<TimeMs> rtt_ms() const { return rtt_ms_; }

 private:
  TimeMs next_ping_ms_;
  TimeMs heard_ms_;
  std::optional<TimeMs> sent_ms_;  // of the ping that waits for its answer
  std::optional<TimeMs> rtt_ms_;
  std::int64_t sequence_ = 0;
};

}  // namespace skypod::realm
