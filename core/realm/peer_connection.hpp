// One attempt to connect to one peer, from its first offer to its end. An attempt has a connectionId of its own; a new
// attempt is a new PeerConnection with a new id, so nothing that belongs to an old one can be taken for the new.
#pragma once

#include <string>
#include <vector>

#include "core/ports.hpp"
#include "core/realm/health_monitor.hpp"
#include "core/realm/perfect_negotiation.hpp"

namespace skypod::realm {

using core::Host;
using core::RtcId;
using wire::Json;

/// Drives the host's connection through negotiation and holds its health. The destructor closes the host's connection.
class PeerConnection {
 public:
  /// An attempt must have an open channel within this time.
  static constexpr TimeMs connect_max_ms = 20'000;
  /// What was sent must be answered within this time and two round trips, or the channel is in doubt.
  static constexpr TimeMs answer_max_ms = 800;
  /// Octets handed to the host after which it is asked to say when they have left.
  static constexpr std::size_t handed_max = 256 * 1024;

  /// Opens the host's connection. `initiator` is the side that makes the first offer; it is the polite one.
  PeerConnection(Host& host, RtcId rtc, std::string connection_id, bool initiator, const Json& ice_servers);
  ~PeerConnection();
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  RtcId rtc() const { return rtc_; }
  const std::string& connection_id() const { return connection_id_; }
  bool initiator() const { return negotiation_.polite(); }

  /// Asks the host for an offer, unless one is under way.
  void offer();

  /// From the peer, verified.
  void remote_offer(const std::string& sdp);
  void remote_answer(const std::string& sdp);
  void remote_candidate(const wire::Candidate& candidate);

  /// From the host.
  void local_description(bool is_offer, const std::string& sdp);
  void local_candidate(wire::Candidate candidate);
  void channel_opened();
  /// How packets travel now: by way of a TURN server or directly.
  void path(bool by_turn) { by_turn_ = by_turn; }
  /// What was handed over has left.
  void drained() { choked_ = false; }
  /// The path has become doubtful: looks at once whether the peer still answers.
  void doubt();
  void heard_pong(std::int64_t sequence);
  void heard();
  /// The peer has answered what was sent; `waiting`: more answers are due.
  void answered(bool waiting);

  /// True while the data channel is open.
  bool open() const { return monitor_.has_value(); }
  /// True between doubt() and the next pong.
  bool doubtful() const { return doubtful_; }
  /// True if a pong has come back, and no doubt since.
  bool proven() const { return rtt_ms() && !doubtful_; }
  bool by_turn() const { return by_turn_; }
  std::optional<TimeMs> rtt_ms() const { return monitor_ ? monitor_->rtt_ms() : std::nullopt; }

  /// Sends one envelope on the open channel. `expects_answer`: silence afterwards puts the channel in doubt.
  void send(const wire::Envelope& frame, bool expects_answer = false);
  /// False while too much of what was handed over has not left yet.
  bool takes_more() const { return !choked_; }

  /// Sends a ping if one is due. False if the connection has to be given up: never opened in time, or dead.
  bool tick();
  TimeMs next_deadline() const;

  /// Messages for the peer by way of the server, in order; to be signed.
  std::vector<wire::Envelope> drain_signals();

 private:
  void release_candidates();
  std::optional<TimeMs> answer_due_ms() const;

  Host& host_;
  RtcId rtc_;
  std::string connection_id_;
  PerfectNegotiation negotiation_;
  TimeMs connect_deadline_ms_;
  std::optional<ConnectionHealthMonitor> monitor_;  // while the channel is open
  bool doubtful_ = false;
  bool by_turn_ = false;
  std::optional<TimeMs> unanswered_ms_;  // since when an answer is due
  std::size_t handed_ = 0;               // octets since the host was last asked when they have left
  bool choked_ = false;                  // it has not said so yet
  bool described_ = false;               // a local description has been sent, so candidates may follow
  std::vector<wire::Candidate> held_candidates_;
  std::vector<wire::Envelope> signals_;
};

}  // namespace skypod::realm
