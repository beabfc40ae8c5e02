// The conversation between replicas: who has what, what is new, and what is missing. docs/PROTOCOL.md section 9.
//
//   sync.have     a vector and a sum; asks for what the vector lacks
//   sync.news     the same, asks for nothing; who lacks something of it asks
//   sync.changes  packed sections; the last one of an answer, and a live one, names where the sender stands
//   sync.ranges   sums of ranges, where vectors agree and sums do not
//
// An answer is bounded. Its receiver asks again when it has stored it, so a large difference travels at the receiver's
// pace, and goes on where it was after an interruption.
//
// Whether two replicas that claim to know the same do hold the same shows only while their vectors are equal, and both
// may move all the time. So whoever hears another stand than its own says where it is, unless it has said so already:
// the last one to move is the last one to be looked at.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/sync/replica.hpp"
#include "core/wire/envelope.hpp"
#include "core/wire/token_bucket.hpp"

namespace skypod::sync {

/// Messages in one answer.
inline constexpr std::size_t answer_max = 8;

/// What one peer may send: messages of every kind but sync.changes, sync.changes, and what it may ask for: KiB of
/// answers. What is beyond is passed over until resume(). Changes at once are more than a peer's answers can be.
struct Limits {
  wire::Rate requests{.refill_ms = 50, .burst = 256};
  wire::Rate changes{.refill_ms = 50, .burst = 1024};
  wire::Rate answers{.refill_ms = 1, .burst = 64 * 1024};
};

/// What a message led to.
struct Outcome {
  std::vector<wire::Envelope> replies;  // to whom it came from
  std::vector<wire::Envelope> news;     // to every other connected peer
  std::set<std::string> collections;    // of the changes that won
  bool progress = false;                // of a transfer: ask progress()
  std::optional<Error> problem;         // why it could not be stored
};

/// How far the transfer from a peer is, in changes. Nothing is left when it is done.
struct Progress {
  std::uint64_t done = 0, left = 0;
};

/// Talks for one replica with all peers. Its tasks must not overlap, like the replica's.
class Exchange {
 public:
  explicit Exchange(Replica& replica, const Limits& limits = {}) : replica_(replica), limits_(limits) {}

  /// Whether a message is meant for this.
  static bool is_for(std::string_view msg) { return msg.starts_with("sync."); }

  /// A channel has opened: the message to begin with.
  Task<wire::Envelope> connected(std::string peer);
  void disconnected(const std::string& peer) { peers_[peer].begin(); }

  /// Handles a message. A malformed one is ignored.
  Task<Outcome> receive(std::string peer, std::string msg, Json dat);

  /// The message about a section that was written here, for every connected peer.
  wire::Envelope tell(const Section& section);

  /// The message that says where this replica stands, for every connected peer, where much has changed at once.
  wire::Envelope news();

  /// Whether a peer that asked for too much was passed over; then resume() from time to time.
  bool has_passed_over() const;
  /// What to say to peers that were passed over and may ask again, to make up for it. Forgets those not connected.
  std::vector<std::pair<std::string, wire::Envelope>> resume(const std::vector<std::string>& connected);

  Progress progress(const std::string& peer) const;

 private:
  struct Peer {
    bool asked = false;       // a sync.have is out and its answer has not ended
    bool progressed = false;  // something of that answer was new
    Progress transfer;
    Bytes told;                // the stand that this peer heard of last
    bool passed_over = false;  // asked for more than it may
    wire::TokenBucket requests, changes, answers;

    /// A channel opens or is lost. Limits outlive it.
    void begin() { asked = progressed = passed_over = false, transfer = {}, told.clear(); }
  };
  struct Claim {
    Versions versions;
    std::optional<std::uint64_t> sum;
  };

  static std::optional<Claim> read_claim(const Json& dat);
  wire::Envelope claim(std::string_view msg) const;
  wire::Envelope ask(Peer& peer);
  wire::Envelope say(Peer& peer);
  bool may_ask(Peer& peer);
  bool may_say(Peer& peer, std::string_view msg);
  bool may_send(Peer& peer, const wire::Envelope& message);
  void pass_over(Peer& peer, std::string_view msg, const Json& dat, Outcome& outcome);
  bool suspicious(const Claim& claim) const;
  Task<void> on_have(Peer& peer, const Json& dat, Outcome& outcome);
  Task<void> on_news(Peer& peer, const Json& dat, Outcome& outcome);
  Task<void> on_changes(Peer& peer, const Json& dat, Outcome& outcome);
  Task<void> on_ranges(Peer& peer, const Json& dat, Outcome& outcome);
  Task<void> compare(Outcome& outcome);
  /// Names what this replica has: a digest of its vector, and its sum.
  Bytes stand() const;
  Task<void> check_stand(Peer& peer, const Bytes& theirs, Outcome& outcome);
  void spread(const Peer& from, const Applied& applied, Outcome& outcome);

  Replica& replica_;
  Limits limits_;
  std::map<std::string, Peer> peers_;
};

}  // namespace skypod::sync
