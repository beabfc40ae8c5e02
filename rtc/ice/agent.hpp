// One ICE generation over libnice: one set of credentials, its candidates and the pair that won (RFC 8445, trickled by
// RFC 8838). An ICE restart is a new Agent beside the old one, which carries the traffic until the new one is
// connected; it gathers addresses afresh, so a restart also follows a change of network.
#pragma once

#include <nice/agent.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/ice/burst.hpp"
#include "rtc/ice/servers.hpp"
#include "rtc/ice/tls_tunnel.hpp"
#include "rtc/loop/loop.hpp"
#include "rtc/sdp/candidate.hpp"

namespace skypod::rtc::ice {

/// Most remote candidates that an agent tries; more are ignored, so that a stranger cannot make us knock at thousands
/// of doors.
inline constexpr std::size_t remote_max = 64;

struct Settings {
  std::string bind_address;  // empty: every address but loopback
  bool relay_only = false;
  std::vector<Server> servers;
  std::string authorities;  // PEM file of those that turns: servers' certificates come from; empty: the machine's
};

struct Credentials {
  std::string ufrag;
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// The types of both candidates of the selected pair.
struct Pair {
  sdp::Candidate::Type local;
  sdp::Candidate::Type remote;

  friend bool operator==(const Pair&, const Pair&) = default;
};

class Agent;

/// Hears from an agent, on the loop's thread. It must not destroy the agent from within.
class AgentOwner {
 public:
  /// A new address of ours, "candidate:…"; empty when there are no more.
  virtual void ice_candidate(Agent& agent, const std::string& candidate) = 0;
  virtual void ice_connected(Agent& agent) = 0;
  /// No pair works, or consent to send has run out (RFC 7675). Before a connection more candidates may still help.
  virtual void ice_failed(Agent& agent) = 0;
  /// A pair, or a better one, carries the traffic now.
  virtual void ice_selected(Agent& agent) = 0;
  /// Valid during the call. Only from addresses that have passed a check, with our password.
  virtual void ice_datagram(Agent& agent, BytesView datagram) = 0;

 protected:
  ~AgentOwner() = default;
};

/// Lives on the loop's thread.
class Agent {
 public:
  /// The controlling side is the one that offers; a conflict resolves itself.
  Agent(Loop& loop, const Settings& settings, bool controlling, AgentOwner& owner);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Begins to look for our addresses; once, whatever the number of calls.
  void gather();
  /// For an offerer that became an answerer.
  void become_controlled();
  void set_remote(const Credentials& remote);
  /// After set_remote; what cannot be used is ignored.
  void add_remote(const sdp::Candidate& candidate);
  void end_of_remote();

  /// Sends one datagram over the selected pair; lost if there is none or the network is busy. Datagrams leave together
  /// as soon as the loop comes round again.
  void send(BytesView datagram);

  const Credentials& local() const { return local_; }
  const Credentials& remote() const { return remote_; }
  /// Our candidates so far, and whether these are all.
  const std::vector<std::string>& candidates() const { return candidates_; }
  bool gathered() const { return gathered_; }
  bool connected() const { return connected_; }
  /// The selected pair, if there is one.
  const std::optional<Pair>& pair() const { return pair_; }

 private:
  void configure(const Settings& settings, bool controlling);
  void add_relay(const Server& server, const std::string& authorities);
  void watch();
  void state_changed(unsigned state);
  void found_candidate(NiceCandidate* candidate);
  void gathering_done();
  void pair_selected(NiceCandidate* local, NiceCandidate* remote);
  void open_burst(const NiceCandidate* remote);
  void close_burst();

  Loop& loop_;
  AgentOwner& owner_;
  NiceAgent* agent_;
  unsigned stream_ = 0;
  std::vector<std::unique_ptr<TlsTunnel>> tunnels_;
  Credentials local_;
  Credentials remote_;
  std::vector<std::string> candidates_;
  std::optional<Pair> pair_;
  std::size_t remote_count_ = 0;
  GSocket* socket_ = nullptr;   // of the selected pair, if packets go straight to the network
  std::optional<Burst> burst_;  // over socket_
  Timer flush_;
  bool gathering_ = false;
  bool gathered_ = false;
  bool connected_ = false;
};

}  // namespace skypod::rtc::ice
