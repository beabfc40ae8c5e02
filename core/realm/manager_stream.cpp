// Which rung carries each peer's stream, and how its frames travel there and back.
#include <algorithm>

#include "core/realm/manager.hpp"

namespace skypod::realm {
namespace {

constexpr std::string_view ack_msg = "stream.ack";
constexpr std::string_view hello_msg = "stream.hello";
constexpr std::size_t relay_frames_max = 256;  // in one batch

}  // namespace

Rung Manager::best_rung_of(const Peer& peer) const {
  const PeerConnection* connection = peer.connection.get();
  return best_rung({.online = peer.online,
                    .open = connection != nullptr && connection->open(),
                    .proven = connection != nullptr && connection->proven(),
                    .by_turn = connection != nullptr && connection->by_turn()});
}

/// Goes over to the best rung, if it is another. Direct and TURN are the same channel: the stream need not notice.
void Manager::climb(const std::string& id, Peer& peer) {
  const Rung best = best_rung_of(peer);
  if (best == peer.rung) {
    return;
  }
  events_.emplace_back(mesh::Changed{});
  if (by_channel(best) && by_channel(peer.rung)) {
    peer.rung = best;
  } else {
    step(id, peer, best);
  }
}

void Manager::step(const std::string& id, Peer& peer, Rung rung) {
  peer.rung = rung;
  peer.relay.end();
  if (rung == Rung::none) {
    peer.stream.closed();
    if (std::exchange(peer.heard, false)) events_.emplace_back(mesh::Disconnected{id});
    return;
  }
  if (rung == Rung::relay) peer.relay.begin(host_.now());
  peer.stream.opened(rung == Rung::relay ? relay_window : channel_window);
  flush(peer);
}

Result<std::int64_t, wire::Error> Manager::send(const std::string& id, const wire::Envelope& message) {
  Peer& peer = peer_of(id);
  const Result<std::int64_t, wire::Error> taken = peer.stream.send(message);
  if (taken) flush(peer);
  return taken;
}

/// Gives the channel what it takes now; the relay takes for itself (take_relay).
void Manager::flush(Peer& peer) {
  while (by_channel(peer.rung) && peer.connection->takes_more()) {
    const auto frame = peer.stream.next();
    if (!frame) return;
    peer.connection->send(*frame, frame->msg != ack_msg && peer.stream.waiting());
  }
}

/// A frame of the stream, whichever way it came. False if it breaks the protocol.
bool Manager::take_frame(const std::string& id, Peer& peer, const wire::Envelope& frame) {
  const std::int64_t before = peer.stream.acknowledged();
  auto progress = peer.stream.receive(frame);
  if (!progress) {
    return false;
  }
  if (peer.rung != Rung::none) hear(id, peer, progress->new_session);
  if (peer.stream.acknowledged() > before) {
    events_.emplace_back(mesh::Acknowledged{id, peer.stream.acknowledged()});
  }
  took(id, peer, std::move(*progress));
  return true;
}

void Manager::took(const std::string& id, Peer& peer, Stream::Progress progress) {
  for (wire::Envelope& message : progress.messages) {
    events_.emplace_back(mesh::Received{id, std::move(message)});
  }
  if (!progress.answered) {
    return;
  }
  if (by_channel(peer.rung)) peer.connection->answered(peer.stream.waiting());
  if (peer.rung == Rung::relay) peer.relay.answered(peer.stream.waiting(), host_.now());
}

void Manager::hear(const std::string& id, Peer& peer, bool new_session) {
  if (peer.heard && new_session) {
    events_.emplace_back(mesh::Disconnected{id});
    peer.heard = false;
  }
  if (!std::exchange(peer.heard, true)) {
    events_.emplace_back(mesh::Connected{id});
    events_.emplace_back(mesh::Changed{});
  }
}

/// A ping waits until the peer is known to be there.
std::optional<TimeMs> Manager::relay_due_of(const Peer& peer) const {
  if (peer.rung != Rung::relay || peer.relay.busy()) {
    return std::nullopt;
  }
  if (peer.stream.ready() || peer.relay.owes_pongs()) {
    return host_.now();
  }
  return peer.heard ? peer.relay.ping_ms() : std::nullopt;
}

std::optional<TimeMs> Manager::relay_due_ms() const {
  std::optional<TimeMs> next;
  for (const auto& [id, peer] : peers_) {
    const auto due = relay_due_of(peer);
    if (due) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

std::optional<RelayBatch> Manager::take_relay() {
  const auto after = peers_.upper_bound(last_relayed_);
  const auto waits = [this](const auto& entry) {
    const auto due = relay_due_of(entry.second);
    return due && *due <= host_.now();
  };
  auto next = std::find_if(after, peers_.end(), waits);
  if (next == peers_.end()) {
    next = std::find_if(peers_.begin(), after, waits);
    if (next == after) return std::nullopt;
  }
  Peer& peer = next->second;
  last_relayed_ = next->first;
  peer.relay.leaves();
  Bytes frames = batch_for(peer);
  return RelayBatch{next->first, peer.stream.peer_session(), std::move(frames)};
}

Bytes Manager::batch_for(Peer& peer) {
  Json frames = Json::array();
  std::size_t octets = 0;
  const auto add = [&](const wire::Envelope& frame) {
    octets += wire::to_octets(frame).size();
    frames.push_back(wire::envelope_to_object(frame));
  };
  for (const std::int64_t sequence : peer.relay.take_pongs()) add(wire::response(wire::msg::pong, sequence));
  const auto ping = peer.heard ? peer.relay.due_ping(host_.now()) : std::nullopt;
  if (ping) add(wire::request(wire::msg::ping, *ping));
  while (octets < relay_batch_octets && frames.size() < relay_frames_max) {
    const auto frame = peer.stream.next();
    if (!frame) break;
    add(*frame);
  }
  return wire::to_cbor(frames);
}

void Manager::relay_left(const std::string& id, bool passed_on) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) {
    return;
  }
  Peer& peer = found->second;
  peer.relay.left();
  if (peer.rung == Rung::relay && (!passed_on || peer.stream.waiting())) peer.relay.expect(host_.now());
}

/// What is for an earlier life of this device is dropped: it may be repeated by the server. A hello is for whoever
/// hears it, and tells the peer of this life.
void Manager::relay_received(const std::string& id, const std::string& session, BytesView octets) {
  const auto found = peers_.find(id);
  const auto frames = wire::parse_cbor(octets);
  if (found == peers_.end() || !found->second.online || !frames || !frames->is_array() ||
      frames->size() > relay_frames_max) {
    return;
  }
  Peer& peer = found->second;
  const bool for_us = session == peer.stream.session();
  for (const Json& object : *frames) {
    const auto frame = wire::read_envelope(object);
    if (!frame || (!for_us && frame->msg != hello_msg)) continue;
    if (frame->msg == wire::msg::ping || frame->msg == wire::msg::pong) {
      relay_frame(peer, *frame, host_.now());
      events_.emplace_back(mesh::Changed{});
    } else if (!take_frame(id, peer, *frame)) {
      return;
    }
  }
  flush(peer);
}

void Manager::relay_frame(Peer& peer, const wire::Envelope& frame, TimeMs now) {
  const std::int64_t sequence = frame.seq.value_or(0);
  if (frame.msg == wire::msg::ping) peer.relay.owe_pong(sequence);
  if (frame.msg == wire::msg::pong) peer.relay.ponged(sequence, now);
}

}  // namespace skypod::realm
