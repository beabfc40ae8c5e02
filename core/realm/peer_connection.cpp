#include "core/realm/peer_connection.hpp"

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
    monitor_->probe(host_.now());
  }
}

void PeerConnection::heard_pong(std::int64_t sequence) {
  doubtful_ = false;
  if (monitor_) monitor_->ponged(sequence, host_.now());
}

void PeerConnection::heard() {
  doubtful_ = false;
  if (monitor_) monitor_->heard(host_.now());
}

void PeerConnection::send(const wire::Envelope& frame) {
  host_.tell(core::out::RtcSend{rtc_, wire::to_octets(frame)});
}

bool PeerConnection::tick() {
  if (!monitor_) {
    return host_.now() < connect_deadline_ms_;
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
  return monitor_ ? monitor_->next_deadline() : connect_deadline_ms_;
}

std::vector<wire::Envelope> PeerConnection::drain_signals() {
  return std::exchange(signals_, {});
}

}  // namespace skypod::realm
