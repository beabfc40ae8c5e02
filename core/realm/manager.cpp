#include "core/realm/manager.hpp"

#include <algorithm>

namespace skypod::realm {

Manager::Peer& Manager::peer_of(const std::string& id) {
  return peers_.try_emplace(id, host_.fresh_id()).first->second;
}

const Manager::Peer* Manager::find(const std::string& id) const {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : &found->second;
}

std::pair<const std::string, Manager::Peer>* Manager::owner_of(RtcId rtc) {
  for (auto& entry : peers_) {
    if (entry.second.connection && entry.second.connection->rtc() == rtc) return &entry;
  }
  return nullptr;
}

void Manager::peer_online(const std::string& id, bool begin_now) {
  Peer& peer = peer_of(id);
  peer.online = true;
  peer.failures = 0;
  events_.emplace_back(mesh::Changed{});
  if (peer.rung == Rung::relay) step(id, peer, Rung::relay);  // what was under way to its earlier link is lost
  climb(id, peer);
  if (peer.connection && peer.connection->open()) {
    return;
  }
  if (begin_now) {
    end(id, peer);
    begin(id, peer);
  } else if (!peer.connection) {
    peer.attempt_ms = host_.now() + patience_ms;
  }
}

void Manager::peer_offline(const std::string& id) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) {
    return;
  }
  Peer& peer = found->second;
  peer.online = false;
  peer.attempt_ms.reset();
  if (peer.connection && !peer.connection->open()) {
    end(id, peer);
  }
  climb(id, peer);
  events_.emplace_back(mesh::Changed{});
}

void Manager::link_lost() {
  for (auto& entry : peers_) {
    if (entry.second.online) peer_offline(entry.first);
  }
}

void Manager::begin(const std::string& id, Peer& peer) {
  attempt(peer, host_.fresh_id(), true);
  peer.connection->offer();
  collect_signals(id, peer);
}

void Manager::attempt(Peer& peer, std::string connection_id, bool initiator) {
  peer.attempt_ms.reset();
  peer.connection =
      std::make_unique<PeerConnection>(host_, ++last_rtc_, std::move(connection_id), initiator, ice_servers_);
  events_.emplace_back(mesh::Changed{});
}

void Manager::end(const std::string& id, Peer& peer) {
  if (!peer.connection) {
    return;
  }
  peer.retired.push_back(peer.connection->connection_id());
  if (peer.retired.size() > retired_max) peer.retired.pop_front();
  peer.connection.reset();
  climb(id, peer);
  events_.emplace_back(mesh::Changed{});
}

void Manager::give_up(const std::string& id, Peer& peer, bool tell_peer) {
  if (tell_peer && peer.online) {
    const wire::PeerState state{peer.connection->connection_id(), "closed"};
    signals_.push_back({id, wire::event(wire::msg::peer_state, state.write())});
  }
  end(id, peer);
  schedule(id, peer);
}

void Manager::schedule(const std::string& id, Peer& peer) {
  if (!peer.online) {
    return;
  }
  const TimeMs ceiling = std::min(backoff_max_ms, backoff_first_ms << std::min(peer.failures, 10U));
  const TimeMs jitter = static_cast<TimeMs>(host_.random().below(static_cast<std::uint64_t>(ceiling)));
  const TimeMs second_to_move = self_ > id ? 1'500 : 0;  // so that crossing attempts are the exception
  ++peer.failures;
  peer.attempt_ms = host_.now() + jitter + second_to_move;
}

bool Manager::is_current(const Peer& peer, const std::string& connection_id) const {
  return peer.connection && peer.connection->connection_id() == connection_id;
}

bool Manager::is_retired(const Peer& peer, const std::string& connection_id) const {
  return std::ranges::find(peer.retired, connection_id) != peer.retired.end();
}

void Manager::signal(const std::string& id, const wire::Envelope& message) {
  Peer& peer = peer_of(id);
  if (message.msg == wire::msg::offer) {
    const auto offer = wire::Description::read(message.dat);
    if (offer) on_offer(id, peer, *offer);
  } else if (message.msg == wire::msg::answer) {
    const auto answer = wire::Description::read(message.dat);
    if (!answer || !is_current(peer, answer->connection_id)) return;
    peer.connection->remote_answer(answer->sdp);
  } else if (message.msg == wire::msg::candidate) {
    const auto candidate = wire::Candidate::read(message.dat);
    if (!candidate || !is_current(peer, candidate->connection_id)) return;
    peer.connection->remote_candidate(*candidate);
  } else if (message.msg == wire::msg::peer_state) {
    const auto state = wire::PeerState::read(message.dat);
    if (!state || !is_current(peer, state->connection_id) || state->state != "closed") return;
    give_up(id, peer, false);
  } else if (message.msg == wire::msg::request_connection && !peer.connection) {
    begin(id, peer);
  }
}

void Manager::on_offer(const std::string& id, Peer& peer, const wire::Description& offer) {
  if (is_retired(peer, offer.connection_id)) {
    return;
  }
  if (!is_current(peer, offer.connection_id)) {
    if (ours_wins(id, peer)) {
      return;
    }
    end(id, peer);
    attempt(peer, offer.connection_id, false);
  }
  peer.connection->remote_offer(offer.sdp);
  collect_signals(id, peer);
}

bool Manager::ours_wins(const std::string& id, const Peer& peer) const {
  const bool both_began = peer.connection && !peer.connection->open() && peer.connection->initiator();
  return both_began && self_ > id;
}

void Manager::rtc_local(RtcId rtc, bool is_offer, const std::string& sdp) {
  if (auto* owner = owner_of(rtc)) {
    owner->second.connection->local_description(is_offer, sdp);
    collect_signals(owner->first, owner->second);
  }
}

void Manager::rtc_candidate(RtcId rtc, wire::Candidate candidate) {
  if (auto* owner = owner_of(rtc)) {
    owner->second.connection->local_candidate(std::move(candidate));
    collect_signals(owner->first, owner->second);
  }
}

void Manager::rtc_opened(RtcId rtc) {
  auto* owner = owner_of(rtc);
  if (owner == nullptr) {
    return;
  }
  Peer& peer = owner->second;
  peer.failures = 0;
  peer.connection->channel_opened();
  peer.connection->tick();
  climb(owner->first, peer);
  events_.emplace_back(mesh::Changed{});
}

void Manager::rtc_path(RtcId rtc, bool by_turn) {
  if (auto* owner = owner_of(rtc)) {
    owner->second.connection->path(by_turn);
    climb(owner->first, owner->second);
  }
}

void Manager::rtc_drained(RtcId rtc) {
  if (auto* owner = owner_of(rtc)) {
    owner->second.connection->drained();
    flush(owner->second);
  }
}

void Manager::rtc_message(RtcId rtc, BytesView octets) {
  auto* owner = owner_of(rtc);
  if (owner == nullptr || !owner->second.connection->open()) {
    return;
  }
  const auto frame = wire::parse_octets(octets);
  if (!frame) {
    give_up(owner->first, owner->second, true);
    return;
  }
  on_frame(owner->first, owner->second, *frame);
}

void Manager::on_frame(const std::string& id, Peer& peer, const wire::Envelope& frame) {
  if (frame.msg == wire::msg::ping) {
    peer.connection->heard();
    peer.connection->send(wire::response(wire::msg::pong, frame.seq));
    return;
  }
  if (frame.msg == wire::msg::pong) {
    peer.connection->heard_pong(frame.seq.value_or(0));
    climb(id, peer);
    events_.emplace_back(mesh::Changed{});
    return;
  }
  peer.connection->heard();
  if (take_frame(id, peer, frame)) {
    flush(peer);
  } else {
    give_up(id, peer, true);
  }
}

void Manager::rtc_doubtful(RtcId rtc) {
  if (auto* owner = owner_of(rtc)) {
    owner->second.connection->doubt();
    climb(owner->first, owner->second);
    events_.emplace_back(mesh::Changed{});
  }
}

void Manager::rtc_failed(RtcId rtc) {
  if (auto* owner = owner_of(rtc)) {
    give_up(owner->first, owner->second, true);
  }
}

void Manager::collect_signals(const std::string& id, Peer& peer) {
  for (wire::Envelope& message : peer.connection->drain_signals()) {
    signals_.push_back({id, std::move(message)});
  }
}

void Manager::drop(const std::string& id) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) {
    return;
  }
  found->second.online = false;
  end(id, found->second);
  climb(id, found->second);
  peers_.erase(found);
}

std::vector<std::string> Manager::peers() const {
  std::vector<std::string> ids;
  for (const auto& [id, peer] : peers_) ids.push_back(id);
  return ids;
}

bool Manager::connected(const std::string& id) const {
  const Peer* peer = find(id);
  return peer != nullptr && peer->heard;
}

bool Manager::has_channel(const std::string& id) const {
  return by_channel(rung(id));
}

Rung Manager::rung(const std::string& id) const {
  const Peer* peer = find(id);
  return peer == nullptr ? Rung::none : peer->rung;
}

std::vector<std::string> Manager::connected_peers() const {
  std::vector<std::string> ids;
  for (const auto& [id, peer] : peers_) {
    if (peer.heard) ids.push_back(id);
  }
  return ids;
}

PeerStatus Manager::status(const std::string& id) const {
  const Peer* peer = find(id);
  if (peer == nullptr) return PeerStatus::fresh;
  if (!peer->connection) return peer->online && peer->failures > 0 ? PeerStatus::reconnecting : PeerStatus::closed;
  if (!peer->connection->open()) return peer->failures > 0 ? PeerStatus::reconnecting : PeerStatus::connecting;
  return peer->connection->doubtful() ? PeerStatus::reconnecting : PeerStatus::connected;
}

std::optional<TimeMs> Manager::rtt_ms(const std::string& id) const {
  const Peer* peer = find(id);
  if (peer == nullptr) return std::nullopt;
  return by_channel(peer->rung) ? peer->connection->rtt_ms() : peer->relay.rtt_ms();
}

bool Manager::online(const std::string& id) const {
  const Peer* peer = find(id);
  return peer != nullptr && peer->online;
}

void Manager::tick() {
  for (auto& [id, peer] : peers_) {
    if (peer.connection && !peer.connection->tick()) {
      give_up(id, peer, true);
    }
    climb(id, peer);
    if (peer.rung == Rung::relay && peer.relay.due_again(host_.now())) peer.stream.again();
    if (peer.attempt_ms && host_.now() >= *peer.attempt_ms) {
      begin(id, peer);
    }
  }
}

std::optional<TimeMs> Manager::next_deadline() const {
  std::optional<TimeMs> next;
  const auto consider = [&next](TimeMs at) { next = next ? std::min(*next, at) : at; };
  for (const auto& [id, peer] : peers_) {
    if (peer.connection) consider(peer.connection->next_deadline());
    if (peer.attempt_ms) consider(*peer.attempt_ms);
    if (peer.rung == Rung::relay && peer.relay.again_ms()) consider(*peer.relay.again_ms());
  }
  return next;
}

std::vector<OutgoingSignal> Manager::drain_signals() {
  return std::exchange(signals_, {});
}

}  // namespace skypod::realm
