// Two endpoints and the signalling between them, for tests: what one reports is brought to the other, in order, by the
// test's own thread, as a host would do it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtc/endpoint.hpp"

namespace skypod::rtc::testing {

/// Longest that anything may take before a test fails.
inline constexpr std::chrono::seconds patience{90};

/// Events of both sides, from the rtc thread to the test's.
class Mailbox {
 public:
  void post(int side, Event event) {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(side, std::move(event));
    arrived_.notify_one();
  }

  /// The next event, or nothing when the deadline has passed.
  std::optional<std::pair<int, Event>> next(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_until(lock, deadline, [&] { return !events_.empty(); })) {
      return std::nullopt;
    }
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::pair<int, Event>> events_;
};

/// What one side has come to know.
struct Side {
  bool polite = false;
  bool offering = false;  // its offer has left and is not answered
  bool ignoring = false;  // the other's last offer was ignored, so its candidates are too
  int opened = 0;
  int doubtful = 0;
  int drained = 0;
  int locals = 0;
  std::optional<Fault> failed;
  std::optional<event::Path> path;
  std::deque<Bytes> messages;
  std::vector<std::string> candidates;  // of its own
  std::string sdp;                      // its last description
};

inline Options loopback(std::string address = "127.0.0.1") {
  Options options;
  options.bind_address = std::move(address);
  return options;
}

/// Sides 0 (impolite) and 1 (polite), each with the one connection `id`.
class Couple {
 public:
  static constexpr Id id = 7;

  explicit Couple(const Options& options = loopback(), const wire::Json& ice_servers = wire::Json::array())
      : endpoints_{Endpoint([this](Event event) { mailbox_.post(0, std::move(event)); }, options),
                   Endpoint([this](Event event) { mailbox_.post(1, std::move(event)); }, options)} {
    sides[1].polite = true;
    for (Endpoint& endpoint : endpoints_) {
      endpoint.open(id, ice_servers);
    }
  }

  Endpoint& endpoint(int side) { return endpoints_[side]; }

  void offer(int side, bool restart = false) {
    sides[side].offering = true;
    endpoints_[side].offer(id, restart);
  }

  /// Carries signalling until `done`; false if that takes longer than `most`.
  bool run(const std::function<bool()>& done, std::chrono::seconds most = patience) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (!done()) {
      auto event = mailbox_.next(deadline);
      if (!event) {
        return false;
      }
      std::visit([&](auto& what) { on(event->first, what); }, event->second);
    }
    return true;
  }

  bool open() {
    return run([&] { return sides[0].opened > 0 && sides[1].opened > 0; });
  }

  bool connect() {
    offer(0);
    return open();
  }

  /// Changes a description or a candidate on its way; an empty result is not brought.
  std::function<std::string(int side, const std::string& text)> tamper_sdp;
  std::function<std::string(int side, const std::string& text)> tamper_candidate;

  Side sides[2];

 private:
  void on(int from, const event::Local& local) {
    sides[from].sdp = local.sdp;
    ++sides[from].locals;
    const std::string sdp = tamper_sdp ? tamper_sdp(from, local.sdp) : local.sdp;
    Side& to = sides[1 - from];
    if (local.is_offer && to.offering) {
      to.ignoring = !to.polite;
      if (to.ignoring) {
        return;
      }
    }
    if (!local.is_offer && !std::exchange(to.offering, false)) {
      return;  // the answer to an offer that has been answered
    }
    to.ignoring = false;
    to.offering = false;
    if (!sdp.empty()) {
      endpoints_[1 - from].remote(id, local.is_offer, sdp);
    }
  }
  void on(int from, const event::Candidate& candidate) {
    sides[from].candidates.push_back(candidate.candidate);
    const std::string text = tamper_candidate ? tamper_candidate(from, candidate.candidate) : candidate.candidate;
    const bool dropped = text.empty() && !candidate.candidate.empty();
    if (!sides[1 - from].ignoring && !dropped) {
      endpoints_[1 - from].candidate(id, text, candidate.mid, candidate.line);
    }
  }
  void on(int from, const event::Opened&) { ++sides[from].opened; }
  void on(int from, event::Message& message) { sides[from].messages.push_back(std::move(message.octets)); }
  void on(int from, const event::Drained&) { ++sides[from].drained; }
  void on(int from, const event::Doubtful&) { ++sides[from].doubtful; }
  void on(int from, const event::Failed& failed) { sides[from].failed = failed.fault; }
  void on(int from, const event::Path& path) { sides[from].path = path; }

  Mailbox mailbox_;
  Endpoint endpoints_[2];
};

}  // namespace skypod::rtc::testing
