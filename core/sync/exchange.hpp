// The conversation between replicas: who has what, what is new, and what is missing. docs/PROTOCOL.md section 9.
//
//   sync.have     a vector and a sum; asks for what the vector lacks
//   sync.news     the same, asks for nothing; who lacks something of it asks
//   sync.changes  packed sections; the last one of an answer says so
//   sync.ranges   sums of ranges, where vectors agree and sums do not
//
// An answer is bounded. Its receiver asks again when it has stored it, so a large difference travels at the receiver's
// pace, and goes on where it was after an interruption.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/sync/replica.hpp"
#include "core/wire/envelope.hpp"

namespace skypod::sync {

/// Messages in one answer.
inline constexpr std::size_t answer_max = 8;

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
  explicit Exchange(Replica& replica) : replica_(replica) {}

  /// Whether a message is meant for this.
  static bool is_for(std::string_view msg) { return msg.starts_with("sync."); }

  /// A channel has opened: the message to begin with.
  Task<wire::Envelope> connected(std::string peer);
  void disconnected(const std::string& peer) { peers_[peer] = {}; }

  /// Handles a message. A malformed one is ignored.
  Task<Outcome> receive(std::string peer, std::string msg, Json dat);

  /// The message about a section that was written here, for every connected peer.
  wire::Envelope tell(const Section& section) const;

  /// The message that says where this replica stands, for every connected peer, where much has changed at once.
  wire::Envelope news() const;

  Progress progress(const std::string& peer) const;

 private:
  struct Peer {
    bool asked = false;       // a sync.have is out and its answer has not ended
    bool progressed = false;  // something of that answer was new
    Progress transfer;
  };
  struct Claim {
    Versions versions;
    std::optional<std::uint64_t> sum;
  };

  static std::optional<Claim> read_claim(const Json& dat);
  wire::Envelope claim(std::string_view msg) const;
  wire::Envelope ask(Peer& peer);
  bool suspicious(const Claim& claim) const;
  Task<void> on_have(const Json& dat, Outcome& outcome);
  Task<void> on_news(Peer& peer, const Json& dat, Outcome& outcome);
  Task<void> on_changes(Peer& peer, const Json& dat, Outcome& outcome);
  Task<void> on_ranges(const Json& dat, Outcome& outcome);
  Task<void> compare(Outcome& outcome);
  /// Names what this replica has: a digest of its vector, and its sum. The end of an answer carries it.
  Bytes stand() const;
  Task<void> check_stand(Peer& peer, const Bytes& theirs, Outcome& outcome);
  void spread(const Applied& applied, Outcome& outcome) const;

  Replica& replica_;
  std::map<std::string, Peer> peers_;
};

}  // namespace skypod::sync
