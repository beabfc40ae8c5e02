// One virtual device: the real realm client, and a host for it that answers late and in any order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/realm/client.hpp"
#include "core/realm/pairing.hpp"
#include "sim/cloud.hpp"
#include "sim/rtc.hpp"

namespace skypod::sim {

/// A device with its key, its clock (which may be wrong) and a record of what it sent and received.
class Actor {
 public:
  Actor(World& world, Cloud& cloud, RtcFabric& fabric, std::size_t index);

  const std::string& id() const { return key_.id; }
  bool is_member() const { return client_.membership() && client_.membership()->entry == realm::Entry::none; }
  bool is_online() const { return client_.link() == realm::LinkState::online; }
  bool is_connected(const std::string& peer) const { return client_.mesh().connected(peer); }
  std::size_t known_members() const { return client_.members().size(); }

  /// Founds a realm.
  void found();
  /// Joins through an invitation of `inviter`; tries again until it is in. Both must outlive the run.
  void join(Actor& inviter);
  /// Sends a numbered message to a member chosen by the dice, if there is one.
  void talk();

  /// To whom it sent which numbers, and from whom it received which, in order.
  const std::map<std::string, std::vector<std::int64_t>>& sent() const { return sent_; }
  const std::map<std::string, std::vector<std::int64_t>>& received() const { return received_; }

 private:
  Task<void> found_task();
  Task<void> join_task(Actor& inviter);
  void act(const std::function<void()>& what);
  void carry_out(core::Output& output);
  void ask(core::out::Asked& asked);
  void open_link();
  void close_link();
  RtcListener rtc_listener();
  void schedule_tick();
  TimeMs clock() const { return world_.now() + skew_ms_; }

  World& world_;
  Cloud& cloud_;
  RtcFabric& fabric_;
  std::size_t index_;
  Key key_;
  TimeMs skew_ms_;
  core::Host host_;
  realm::Client client_;
  std::optional<std::uint64_t> link_;
  std::map<std::string, std::vector<std::int64_t>> sent_;
  std::map<std::string, std::vector<std::int64_t>> received_;
  bool acting_ = false;
  TaskScope tasks_;
};

}  // namespace skypod::sim
