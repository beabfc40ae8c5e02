#include "core/realm/peer_connection.hpp"

#include <algorithm>

namespace skypod::realm {

PeerConnection::PeerConnection(Host& host, RtcId rtc, std::string connection_id, bool initiator,
                               const Json& ice_servers)
    : host_(host),
      rtc_(rtc),
      connection_id_(std::move(connection_id)),
      negotiation_(initiator),
      connect_deadline_ms_(host.now() + connect_max_ms) {
  host_.tell(core::out::RtcOpen{rtc_, ice_servers});
}

PeerConnection::~PeerConnection() {
  host_.tell(core::out::RtcClose{rtc_});
}

void PeerConnection::offer() {
  if (negotiation_.begin_offer()) {
    host_.tell(core::out::RtcOffer{rtc_});
  }
}

void PeerConnection::remote_offer(const std::string& sdp) {
  if (negotiation_.accept_offer()) {
    host_.tell(core::out::RtcRemote{rtc_, true, sdp});
  }
}

void PeerConnection::remote_answer(const std::string& sdp) {
  if (negotiation_.accept_answer()) {
    host_.tell(core::out::RtcRemote{rtc_, false, sdp});
  }
}

void PeerConnection::remote_candidate(const wire::Candidate& candidate) {
  if (negotiation_.accept_candidate()) {
    host_.tell(core::out::RtcCandidate{rtc_, candidate.candidate, candidate.mid, candidate.line});
  }
}

void PeerConnection::local_description(bool is_offer, const std::string& sdp) {
  if (is_offer) {
    if (!negotiation_.local_offer_set()) return;
  } else {
    negotiation_.local_answer_set();
  }
  const wire::Description description{connection_id_, sdp};
  signals_.push_back(wire::event(is_offer ? wire::msg::offer : wire::msg::answer, description.write()));
  release_candidates();
}

void PeerConnection::local_candidate(wire::Candidate candidate) {
  candidate.connection_id = connection_id_;
  held_candidates_.push_back(std::move(candidate));
  if (described_) {
    release_candidates();
  }
}

void PeerConnection::release_candidates() {
  described_ = true;
  for (const wire::Candidate& candidate : held_candidates_) {
    signals_.push_back(wire::event(wire::msg::candidate, candidate.write()));
  }
  held_candidates_.clear();
}

void PeerConnection::channel_opened() {
  monitor_.emplace(host_.now());
}

void PeerConnection::doubt() {
  if (monitor_ && !doubtful_) {
    doubtful_ = true;
    unanswered_ms_.reset();
    monitor_->probe(host_.now());
  }
}

void PeerConnection::heard_pong(std::int64_t sequence) {
  if (!monitor_) {
    return;
  }
  monitor_->ponged(sequence, host_.now());
  doubtful_ = false;
}

void PeerConnection::heard() {
  if (monitor_) monitor_->heard(host_.now());
}

void PeerConnection::answered(bool waiting) {
  unanswered_ms_ = waiting ? std::optional(host_.now()) : std::nullopt;
}

void PeerConnection::send(const wire::Envelope& frame, bool expects_answer) {
  Bytes octets = wire::to_octets(frame);
  handed_ += octets.size();
  const bool much = handed_ >= handed_max && !choked_;
  if (much) {
    handed_ = 0;
    choked_ = true;
  }
  if (expects_answer && !unanswered_ms_) unanswered_ms_ = host_.now();
  host_.tell(core::out::RtcSend{rtc_, std::move(octets), much});
}

std::optional<TimeMs> PeerConnection::answer_due_ms() const {
  if (!unanswered_ms_ || doubtful_) {
    return std::nullopt;
  }
  return *unanswered_ms_ + answer_max_ms + 2 * rtt_ms().value_or(0);
}

bool PeerConnection::tick() {
  if (!monitor_) {
    return host_.now() < connect_deadline_ms_;
  }
  const auto due = answer_due_ms();
  if (due && host_.now() >= *due) {
    doubt();
  }
  if (monitor_->is_dead(host_.now())) {
    return false;
  }
  if (const auto sequence = monitor_->due_ping(host_.now())) {
    send(wire::request(wire::msg::ping, *sequence));
  }
  return true;
}

TimeMs PeerConnection::next_deadline() const {
  if (!monitor_) {
    return connect_deadline_ms_;
  }
  const auto due = answer_due_ms();
  return due ? std::min(*due, monitor_->next_deadline()) : monitor_->next_deadline();
}

std::vector<wire::Envelope> PeerConnection::drain_signals() {
  return std::exchange(signals_, {});
}

}  // namespace skypod::realm
