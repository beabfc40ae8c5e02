// When the stream with one peer may use the relay, and when what went there counts as lost. The relay is no channel: a
// message that the server took may still be dropped on its way, and nobody is told. So what brings no answer is sent
// again, ever more seldom. Only decisions live here; the manager carries them out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/realm/health_monitor.hpp"

namespace skypod::realm {

/// The relay to one peer.
class RelayLane {
 public:
  /// How long an answer may take; doubled each time that none comes.
  static constexpr TimeMs answer_first_ms = 3'000;
  static constexpr TimeMs answer_max_ms = 30'000;
  /// Pongs that wait to be sent; a peer that sends more pings at once gets no more.
  static constexpr std::size_t pongs_max = 8;

  /// The relay is in use from now on.
  void begin(TimeMs now) {
    end();
    monitor_.emplace(now);
    tries_ = 0;
  }
  /// It is not any more.
  void end() {
    monitor_.reset();
    again_ms_.reset();
  }

  /// True while a message is on its way to the server; another has to wait.
  bool busy() const { return busy_; }
  /// A message leaves.
  void leaves() { busy_ = true; }
  /// The server has it, or never will.
  void left() { busy_ = false; }
  /// An answer of the peer is due from now on.
  void expect(TimeMs now) {
    if (!again_ms_) again_ms_ = now + patience();
  }

  /// The peer has answered; `waiting`: more answers are due.
  void answered(bool waiting, TimeMs now) {
    tries_ = 0;
    again_ms_ = waiting ? std::optional(now + patience()) : std::nullopt;
  }

  /// True, once, when what is under way counts as lost.
  bool due_again(TimeMs now) {
    if (!again_ms_ || now < *again_ms_) return false;
    again_ms_.reset();
    tries_ = std::min(tries_ + 1, 10U);
    return true;
  }

  /// The peer wants to know how long a round trip takes.
  void owe_pong(std::int64_t sequence) {
    if (pongs_.size() < pongs_max) pongs_.push_back(sequence);
  }
  std::vector<std::int64_t> take_pongs() { return std::exchange(pongs_, {}); }
  bool owes_pongs() const { return !pongs_.empty(); }
  std::optional<std::int64_t> due_ping(TimeMs now) { return monitor_ ? monitor_->due_ping(now) : std::nullopt; }
  void ponged(std::int64_t sequence, TimeMs now) {
    if (monitor_) monitor_->ponged(sequence, now);
  }
  std::optional<TimeMs> rtt_ms() const { return monitor_ ? monitor_->rtt_ms() : std::nullopt; }

  std::optional<TimeMs> again_ms() const { return again_ms_; }
  std::optional<TimeMs> ping_ms() const { return monitor_ ? std::optional(monitor_->next_ping_ms()) : std::nullopt; }

 private:
  TimeMs patience() const { return std::min(answer_max_ms, answer_first_ms << tries_); }

  std::optional<ConnectionHealthMonitor> monitor_;  // while the relay is in use
  std::optional<TimeMs> again_ms_;
  unsigned tries_ = 0;  // since the last answer
  bool busy_ = false;
  std::vector<std::int64_t> pongs_;
};

}  // namespace skypod::realm
