#include "rtc/connection/paths.hpp"

#include <utility>

namespace skypod::rtc {
namespace {

constexpr std::int64_t farewell_ms = 1000;

bool is_remote(const ice::Agent* agent) {
  return agent != nullptr && !agent->remote().ufrag.empty();
}

}  // namespace

Paths::Paths(Loop& loop, ice::Settings settings, std::int64_t connect_max_ms, PathsOwner& owner)
    : loop_(loop),
      settings_(std::move(settings)),
      connect_max_ms_(connect_max_ms),
      owner_(owner),
      patience_(loop, [this] { gave_up_waiting(); }),
      farewell_(loop, [this] { retired_.reset(); }) {}

std::unique_ptr<ice::Agent> Paths::make(bool controlling) {
  return std::make_unique<ice::Agent>(loop_, settings_, controlling, *this);
}

ice::Agent& Paths::for_offer(bool restart) {
  if (!current_) {
    current_ = make(true);
  } else if (restart && is_remote(&newest())) {
    next_ = make(true);  // in place of a restart that has got no further than descriptions
  }
  return newest();
}

ice::Agent& Paths::for_answer(const ice::Credentials& remote) {
  if (current_ && current_->remote() == remote) {
    next_.reset();  // no restart, whatever we had offered
    return *current_;
  }
  if (!current_) {
    current_ = make(false);
  } else if (!next_ && is_remote(current_.get())) {
    next_ = make(false);
  } else if (next_ && is_remote(next_.get()) && next_->remote() != remote) {
    next_ = make(false);  // a restart overtaken by another
  }
  newest().become_controlled();
  return newest();
}

void Paths::accept(const ice::Credentials& remote) {
  ice::Agent& agent = newest();
  if (agent.remote() != remote) {
    agent.set_remote(remote);
    patience_.start(connect_max_ms_);
  }
  for (const sdp::Candidate& candidate : std::exchange(held_, {})) {
    if (ice::Agent* taker = taker_of(candidate)) {
      taker->add_remote(candidate);
    }
  }
}

void Paths::gather() {
  newest().gather();
}

ice::Agent* Paths::taker_of(const sdp::Candidate& candidate) {
  for (ice::Agent* agent : {next_.get(), current_.get()}) {
    if (is_remote(agent) && (candidate.ufrag.empty() || candidate.ufrag == agent->remote().ufrag)) {
      return agent;
    }
  }
  return nullptr;
}

void Paths::candidate(const std::string& text) {
  if (text.empty()) {
    if (current_ && is_remote(&newest())) {
      newest().end_of_remote();
    }
    return;
  }
  const auto candidate = sdp::parse_candidate(text);
  if (!candidate) {
    return;
  }
  if (ice::Agent* taker = taker_of(*candidate)) {
    taker->add_remote(*candidate);
  } else if (held_.size() < ice::remote_max) {
    held_.push_back(*candidate);
  }
}

void Paths::send(BytesView datagram) {
  if (current_) {
    current_->send(datagram);
  }
}

void Paths::ice_candidate(ice::Agent& agent, const std::string& candidate) {
  if (&agent == &newest()) {
    owner_.path_candidate(candidate);
  }
}

void Paths::ice_connected(ice::Agent& agent) {
  if (&agent == next_.get()) {
    switch_over();
  }
  if (&agent == current_.get()) {
    patience_.stop();
    was_up_ = true;
    owner_.path_up();
    report_pair();
  }
}

void Paths::switch_over() {
  retired_ = std::exchange(current_, std::move(next_));
  farewell_.start(farewell_ms);
}

void Paths::ice_failed(ice::Agent& agent) {
  // Until patience ends another candidate may come, or a restart may succeed.
  if (&agent == current_.get() && was_up_ && !next_) {
    owner_.path_lost();
  }
}

void Paths::gave_up_waiting() {
  if (next_ && up()) {
    next_.reset();  // the restart came to nothing, and was not needed
  } else {
    owner_.path_lost();
  }
}

void Paths::ice_selected(ice::Agent& agent) {
  if (&agent == current_.get() && agent.connected()) {
    report_pair();
  }
}

void Paths::report_pair() {
  if (current_->pair() && reported_ != current_->pair()) {
    reported_ = current_->pair();
    owner_.path_changed(*reported_);
  }
}

void Paths::ice_datagram(ice::Agent& /*agent*/, BytesView datagram) {
  owner_.path_datagram(datagram);
}

}  // namespace skypod::rtc
