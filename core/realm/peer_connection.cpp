#include "core/realm/peer_connection.hpp"

#include <algorithm>
#include <utility>

namespace skypod::realm {

PeerConnection::PeerConnection(Host& host, RtcId rtc, std::string connection_id, bool initiator, bool polite,
                               const Json& ice_servers)
    : host_(host),
      rtc_(rtc),
      connection_id_(std::move(connection_id)),
      initiator_(initiator),
      negotiation_(polite),
      connect_deadline_ms_(host.now() + connect_max_ms) {
  host_.tell(core::out::RtcOpen{rtc_, ice_servers});
}

PeerConnection::~PeerConnection() {
  host_.tell(core::out::RtcClose{rtc_});
}

void PeerConnection::offer() {
  if (negotiation_.begin_offer()) {
    host_.tell(core::out::RtcOffer{rtc_, false});
  }
}

/// Once in a doubt: if that does not help, a fresh connection may.
void PeerConnection::restart() {
  restarted_ = true;  // also where the other side's offer is under way, which does the same
  if (negotiation_.begin_offer()) {
    host_.tell(core::out::RtcOffer{rtc_, true});
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

void PeerConnection::probe() {
  if (!monitor_) {
    return;
  }
  monitor_->probe(host_.now());
  if (!unanswered_ms_) unanswered_ms_ = host_.now();
}

void PeerConnection::doubt() {
  if (monitor_ && !doubtful_ms_) {
    doubtful_ms_ = host_.now();
    restarted_ = false;
    unanswered_ms_.reset();
    monitor_->probe(host_.now());
  }
}

void PeerConnection::heard_pong(std::int64_t sequence) {
  if (!monitor_) {
    return;
  }
  monitor_->ponged(sequence, host_.now());
  if (std::exchange(doubtful_ms_, std::nullopt)) monitor_->probe(host_.now());  // that one measured the doubt
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
  if (!unanswered_ms_ || doubtful_ms_) {
    return std::nullopt;
  }
  return *unanswered_ms_ + answer_max_ms + 2 * rtt_ms().value_or(0);
}

TimeMs PeerConnection::restart_due_ms() const {
  return *doubtful_ms_ + (negotiation_.polite() ? restart_polite_ms : restart_impolite_ms);
}

bool PeerConnection::tick(bool signalling) {
  const TimeMs now = host_.now();
  if (!monitor_) {
    return now < connect_deadline_ms_;
  }
  const auto due = answer_due_ms();
  if (due && now >= *due) {
    doubt();
  }
  if (monitor_->is_dead(now) || (doubtful_ms_ && signalling && now >= *doubtful_ms_ + doubt_max_ms)) {
    return false;
  }
  if (doubtful_ms_ && signalling && !restarted_ && now >= restart_due_ms()) {
    restart();
  }
  if (const auto sequence = monitor_->due_ping(now)) {
    send(wire::request(wire::msg::ping, *sequence), true);
  }
  return true;
}

TimeMs PeerConnection::next_deadline(bool signalling) const {
  if (!monitor_) {
    return connect_deadline_ms_;
  }
  TimeMs next = monitor_->next_deadline();
  if (const auto due = answer_due_ms()) next = std::min(next, *due);
  if (doubtful_ms_ && signalling) next = std::min(next, restarted_ ? *doubtful_ms_ + doubt_max_ms : restart_due_ms());
  return next;
}

std::vector<wire::Envelope> PeerConnection::drain_signals() {
  return std::exchange(signals_, {});
}

}  // namespace skypod::realm
