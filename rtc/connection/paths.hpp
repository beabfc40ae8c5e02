// The ICE side of one connection across restarts: the generation that carries traffic, the one that may replace it, and
// which of them a candidate belongs to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/ice/agent.hpp"
#include "rtc/loop/loop.hpp"

namespace skypod::rtc {

/// Hears from the paths, on the loop's thread. It must not destroy them from within.
class PathsOwner {
 public:
  virtual void path_candidate(const std::string& candidate) = 0;
  /// A pair works: for the first time, or after a restart.
  virtual void path_up() = 0;
  /// Packets go another way than before.
  virtual void path_changed(const ice::Pair& pair) = 0;
  /// Nothing works (any more), and nothing is left to be tried.
  virtual void path_lost() = 0;
  /// Valid during the call.
  virtual void path_datagram(BytesView datagram) = 0;

 protected:
  ~PathsOwner() = default;
};

/// Lives on the loop's thread.
class Paths final : public ice::AgentOwner {
 public:
  Paths(Loop& loop, ice::Settings settings, std::int64_t connect_max_ms, PathsOwner& owner);

  /// The generation that an offer is about: the newest, or on `restart` a fresh one if the present one is in use.
  ice::Agent& for_offer(bool restart);
  /// The generation that the answer to an offer with these credentials is about. Rolls an own offer back.
  ice::Agent& for_answer(const ice::Credentials& remote);
  /// The other side's description is about the newest generation and names these.
  void accept(const ice::Credentials& remote);
  /// Looks for addresses of the newest generation, once its description has been reported.
  void gather();

  /// A remote candidate's text; empty: there are no more.
  void candidate(const std::string& text);

  /// Sends one datagram, if there is a way.
  void send(BytesView datagram);
  bool up() const { return current_ && current_->connected(); }

 private:
  ice::Agent& newest() { return next_ ? *next_ : *current_; }
  ice::Agent* taker_of(const sdp::Candidate& candidate);
  std::unique_ptr<ice::Agent> make(bool controlling);
  void switch_over();
  void gave_up_waiting();
  void report_pair();

  void ice_candidate(ice::Agent& agent, const std::string& candidate) override;
  void ice_connected(ice::Agent& agent) override;
  void ice_failed(ice::Agent& agent) override;
  void ice_selected(ice::Agent& agent) override;
  void ice_datagram(ice::Agent& agent, BytesView datagram) override;

  Loop& loop_;
  ice::Settings settings_;
  std::int64_t connect_max_ms_;
  PathsOwner& owner_;
  std::unique_ptr<ice::Agent> current_;
  std::unique_ptr<ice::Agent> next_;     // a restart that is under way
  std::unique_ptr<ice::Agent> retired_;  // what it replaced, for packets that are still on their way
  std::vector<sdp::Candidate> held_;     // came before their description
  std::optional<ice::Pair> reported_;
  bool was_up_ = false;
  Timer patience_;  // for a pair to be found
  Timer farewell_;  // for the retired one
};

}  // namespace skypod::rtc
