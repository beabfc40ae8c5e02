// The mesh: one stream to every other member, and one connection to each that is online, begun, replaced and given up
// here. Whoever joins begins the connections to those who are there already; if that does not happen, or a connection
// breaks, either side begins anew after a random, growing delay. When both begin at once, the attempt of the greater
// identity wins.
//
// What carries a peer's stream is the best rung that holds (rung.hpp). When it changes, the stream goes on where it
// was; whoever uses it is told, and notices nothing else.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/realm/peer_connection.hpp"
#include "core/realm/relay_lane.hpp"
#include "core/realm/rung.hpp"
#include "core/realm/stream.hpp"

namespace skypod::realm {

/// Frames of a peer's stream that go by way of the relay, in one message.
struct RelayBatch {
  std::string peer;
  std::string session;  // the peer's, as far as it is known; what is for an earlier one is dropped there
  Bytes frames;         // a CBOR array of envelopes
};

/// A message for one peer, to be signed and sent as realm.rtc.signal.
struct OutgoingSignal {
  std::string peer;
  wire::Envelope message;
};

/// What the mesh reports.
namespace mesh {
/// A peer's state, as shown to people, may have changed.
struct Changed {};
/// The peer has been heard on its stream, by whatever rung; or it has begun a new life, after Disconnected.
struct Connected {
  std::string peer;
};
/// No rung holds.
struct Disconnected {
  std::string peer;
};
/// The next message of the peer's stream.
struct Received {
  std::string peer;
  wire::Envelope message;
};
/// The peer has every message whose number is not greater.
struct Acknowledged {
  std::string peer;
  std::int64_t number = 0;
};
}  // namespace mesh

using MeshEvent = std::variant<mesh::Changed, mesh::Connected, mesh::Disconnected, mesh::Received, mesh::Acknowledged>;

/// How a connection looks to people; docs/PROTOCOL.md has the words.
enum class PeerStatus { fresh, connecting, connected, reconnecting, closed };

/// Owns all peer connections and their streams.
class Manager {
 public:
  /// How long a member waits for the newcomer's offer before it begins itself.
  static constexpr TimeMs patience_ms = 8'000;
  /// Delays between attempts: random between 0 and backoff_first_ms doubled per failure, at most backoff_max_ms.
  static constexpr TimeMs backoff_first_ms = 500;
  static constexpr TimeMs backoff_max_ms = 30'000;
  /// How many ended attempts are remembered per peer, so that their late messages are known for what they are.
  static constexpr std::size_t retired_max = 64;
  /// Octets of a stream that may be under way unacknowledged. The server closes a member for whom a mebibyte waits, and
  /// what is relayed is written there as 2.4 times its length; a data channel can carry more.
  static constexpr std::size_t relay_window = 64 * 1024;
  static constexpr std::size_t channel_window = 1024 * 1024;
  /// A relayed batch takes no further frame from here on, so that its token stays below token_max.
  static constexpr std::size_t relay_batch_octets = 16 * 1024;

  Manager(Host& host, std::string self) : host_(host), self_(std::move(self)) {}

  /// STUN and TURN servers for connections from now on, as in RTCConfiguration.iceServers.
  void set_ice_servers(Json servers) { ice_servers_ = std::move(servers); }

  /// A proven member is reachable by way of the server. `begin`: we are the newcomer, so we make the offer.
  void peer_online(const std::string& peer, bool begin);
  /// It no longer is. A connection that works is kept.
  void peer_offline(const std::string& peer);
  /// Nobody is reachable by way of the server.
  void link_lost();

  /// A verified signal from a member.
  void signal(const std::string& peer, const wire::Envelope& message);

  /// Reports of the host about a connection; unknown ids are ignored.
  void rtc_local(RtcId rtc, bool is_offer, const std::string& sdp);
  void rtc_candidate(RtcId rtc, wire::Candidate candidate);
  void rtc_opened(RtcId rtc);
  void rtc_message(RtcId rtc, BytesView octets);
  void rtc_path(RtcId rtc, bool by_turn);
  void rtc_drained(RtcId rtc);
  void rtc_doubtful(RtcId rtc);
  void rtc_failed(RtcId rtc);

  /// Puts a message into the peer's stream; it is delivered once, in order, when a rung holds. Answers the number that
  /// mesh::Acknowledged names when the peer has it; queue_full or frame_too_large if it was not taken.
  Result<std::int64_t, wire::Error> send(const std::string& peer, const wire::Envelope& message);

  /// What is to go by way of the relay next, for a peer that has nothing under way there; nothing if there is none.
  /// Must be followed by relay_left.
  std::optional<RelayBatch> take_relay();
  /// When take_relay will have something; nothing if only an input can bring that about.
  std::optional<TimeMs> relay_due_ms() const;
  /// The server has passed the batch on to the peer, or could not.
  void relay_left(const std::string& peer, bool passed_on);
  /// A batch of the peer's, verified. `session` is the stream's that it is for.
  void relay_received(const std::string& peer, const std::string& session, BytesView frames);

  /// Ends the connection to one who is no member any more, and forgets what was kept for it.
  void drop(const std::string& peer);
  /// Everyone with whom there is or was a connection.
  std::vector<std::string> peers() const;

  /// Between mesh::Connected and mesh::Disconnected.
  bool connected(const std::string& peer) const;
  std::vector<std::string> connected_peers() const;
  /// Whether the stream runs over a data channel, which needs neither the server nor a key of the realm.
  bool has_channel(const std::string& peer) const;
  /// What carries the stream.
  Rung rung(const std::string& peer) const;
  /// Of the connection, whatever carries the stream.
  PeerStatus status(const std::string& peer) const;
  /// Of the rung.
  std::optional<TimeMs> rtt_ms(const std::string& peer) const;
  bool online(const std::string& peer) const;

  void tick();
  std::optional<TimeMs> next_deadline() const;
  std::vector<OutgoingSignal> drain_signals();
  std::vector<MeshEvent> drain_events() { return std::exchange(events_, {}); }

 private:
  struct Peer {
    explicit Peer(std::string session) : stream(std::move(session)) {}
    bool online = false;
    Stream stream;
    Rung rung = Rung::none;
    bool heard = false;  // since a rung holds
    RelayLane relay;
    std::unique_ptr<PeerConnection> connection;
    unsigned failures = 0;             // since the last open channel
    std::optional<TimeMs> attempt_ms;  // when to begin an attempt
    std::deque<std::string> retired;   // connectionIds of ended attempts, newest last
  };

  Peer& peer_of(const std::string& id);
  const Peer* find(const std::string& id) const;
  std::pair<const std::string, Peer>* owner_of(RtcId rtc);
  bool is_current(const Peer& peer, const std::string& connection_id) const;
  bool is_retired(const Peer& peer, const std::string& connection_id) const;
  void begin(const std::string& id, Peer& peer);
  void attempt(Peer& peer, std::string connection_id, bool initiator);
  void end(const std::string& id, Peer& peer);
  void give_up(const std::string& id, Peer& peer, bool tell_peer);
  void schedule(const std::string& id, Peer& peer);
  void on_offer(const std::string& id, Peer& peer, const wire::Description& offer);
  bool ours_wins(const std::string& id, const Peer& peer) const;
  void on_frame(const std::string& id, Peer& peer, const wire::Envelope& frame);
  void flush(Peer& peer);

  // The stream and its rungs (manager_stream.cpp).
  Rung best_rung_of(const Peer& peer) const;
  void climb(const std::string& id, Peer& peer);
  void step(const std::string& id, Peer& peer, Rung rung);
  bool take_frame(const std::string& id, Peer& peer, const wire::Envelope& frame);
  void took(const std::string& id, Peer& peer, Stream::Progress progress);
  void hear(const std::string& id, Peer& peer, bool new_session);
  Bytes batch_for(Peer& peer);
  std::optional<TimeMs> relay_due_of(const Peer& peer) const;
  static void relay_frame(Peer& peer, const wire::Envelope& frame, TimeMs now);
  void collect_signals(const std::string& id, Peer& peer);

  Host& host_;
  std::string self_;
  Json ice_servers_ = Json::array();
  std::map<std::string, Peer> peers_;
  RtcId last_rtc_ = 0;
  std::string last_relayed_;  // turns go round
  std::vector<OutgoingSignal> signals_;
  std::vector<MeshEvent> events_;
};

}  // namespace skypod::realm
