// WebRTC of the virtual world: endpoints that find each other through offers, answers and candidates, and channels that
// are slow, break loudly, or fall silent. It knows what a browser would choke on, and calls it a violation: an answer
// to an offer that is not the current one, a candidate of another connection.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/ports.hpp"
#include "sim/world.hpp"

namespace skypod::sim {

/// What an endpoint's owner hears of it.
struct RtcListener {
  std::function<void(core::RtcId, bool is_offer, const std::string& sdp)> local;
  std::function<void(core::RtcId, const std::string& candidate)> candidate;
  std::function<void(core::RtcId)> opened;
  std::function<void(core::RtcId, const Bytes&)> message;
  std::function<void(core::RtcId)> drained;
  std::function<void(core::RtcId)> failed;
};

/// All endpoints of a world.
class RtcFabric {
 public:
  explicit RtcFabric(World& world) : world_(world) {}

  /// The percentage of attempts that never open.
  void set_faults(unsigned never_open) { never_open_ = never_open; }

  void open(std::size_t owner, core::RtcId rtc, RtcListener listener);
  void offer(std::size_t owner, core::RtcId rtc);
  void remote(std::size_t owner, core::RtcId rtc, bool is_offer, const std::string& sdp);
  void candidate(std::size_t owner, core::RtcId rtc, const std::string& candidate);
  /// `report_drained` as in core::out::RtcSend.
  void send(std::size_t owner, core::RtcId rtc, Bytes octets, bool report_drained);
  void close(std::size_t owner, core::RtcId rtc);

  /// Closes everything that the owner had: its process has ended.
  void close_all(std::size_t owner);

  /// Breaks one open channel chosen by the dice, if there is one; loudly, or so that nobody is told.
  void break_one(bool silently);

 private:
  using Name = std::pair<std::size_t, core::RtcId>;
  struct Endpoint {
    explicit Endpoint(World& world) : outgoing(world) {}
    RtcListener listener;
    std::string offer;   // the current local offer, "" if none
    std::string remote;  // the description applied last
    bool has_candidate = false;
    Name other{};        // who the descriptions name
    bool bound = false;  // both descriptions are in place
    bool is_open = false;
    bool silent = false;  // a black hole: nothing arrives, nobody is told
    Pipe outgoing;
  };

  Endpoint* find(Name name);
  std::string fresh(Name name, const char* kind);
  void apply_offer(Name name, Endpoint& endpoint, const std::string& sdp);
  void apply_answer(Name name, Endpoint& endpoint, const std::string& sdp);
  void describe(Name name, bool is_offer, const std::string& sdp);
  void try_open(Name name);
  void fail_later(Name name);

  World& world_;
  unsigned never_open_ = 0;
  std::uint64_t serial_ = 0;
  std::map<Name, std::unique_ptr<Endpoint>> endpoints_;
};

}  // namespace skypod::sim
