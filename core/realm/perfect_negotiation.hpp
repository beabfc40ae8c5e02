// Perfect negotiation: either side may offer at any time and both end in the same state (W3C WebRTC 1.0 section 10.7).
// When offers cross, the impolite side ignores the other's and the polite side rolls its own back. Only decisions live
// here; the peer connection carries them out.
#pragma once

namespace skypod::realm {

/// The decisions for one connection.
class PerfectNegotiation {
 public:
  explicit PerfectNegotiation(bool polite) : polite_(polite) {}

  bool polite() const { return polite_; }

  /// True if an offer may be asked of the host now; at most one is being made at a time.
  bool begin_offer() {
    if (making_offer_ || state_ == State::have_remote_offer) return false;
    making_offer_ = true;
    return true;
  }

  /// The host has set our own offer. False if it has been overtaken by the other's and must not be sent.
  bool local_offer_set() {
    making_offer_ = false;
    if (state_ != State::stable) return false;
    state_ = State::have_local_offer;
    return true;
  }

  /// The host has set our answer.
  void local_answer_set() { state_ = State::stable; }

  /// What to do with the other side's offer: apply it (rolling back our own if there is one), or ignore it.
  bool accept_offer() {
    const bool collision = making_offer_ || state_ == State::have_local_offer;
    ignoring_offer_ = collision && !polite_;
    if (ignoring_offer_) return false;
    state_ = State::have_remote_offer;
    return true;
  }

  /// Whether an answer is expected; any other is stale.
  bool accept_answer() {
    if (state_ != State::have_local_offer) return false;
    state_ = State::stable;
    return true;
  }

  /// Candidates of an offer that was ignored are ignored too.
  bool accept_candidate() const { return !ignoring_offer_; }

 private:
  enum class State { stable, have_local_offer, have_remote_offer };

  bool polite_;
  bool making_offer_ = false;
  bool ignoring_offer_ = false;
  State state_ = State::stable;
};

}  // namespace skypod::realm
