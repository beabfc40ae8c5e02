// One virtual device: the real realm client, and a host for it that answers late and in any order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/device/feed_ladder.hpp"
#include "core/realm/client.hpp"
#include "core/realm/pairing.hpp"
#include "sim/cloud.hpp"
#include "sim/rtc.hpp"

namespace skypod::sim {

/// Feeds that there are, numbered from 0.
inline constexpr std::int64_t feeds_known = 6;

/// A device with its key, its clock (which may be wrong) and a record of what it sent and received.
class Actor {
 public:
  Actor(World& world, Cloud& cloud, RtcFabric& fabric, std::size_t index);

  const std::string& id() const { return key_.id; }
  bool is_member() const { return client_.membership() && client_.membership()->entry == realm::Entry::none; }
  bool is_online() const { return client_.link() == realm::LinkState::online; }
  /// What carries its stream with a peer.
  realm::Rung rung(const std::string& peer) const { return client_.mesh().rung(peer); }
  bool is_connected(const std::string& peer) const { return realm::by_channel(rung(peer)); }
  std::size_t known_members() const { return client_.members().size(); }

  /// Founds a realm.
  void found();
  /// Joins through an invitation of `inviter`; tries again until it is in. Both must outlive the run.
  void join(Actor& inviter);
  /// Sends a numbered message, long now and then, to a member chosen by the dice, if there is one.
  void talk();

  /// Wants a feed, by whatever way there is; the server may be told of it, or must not.
  void want_feed(std::int64_t number, bool may_tell_server);

  /// Answers a member chosen by the dice what it was never asked: feeds that are not what they should be.
  void mislead();

  /// Says a numbered message to everyone by way of the server.
  void broadcast(std::int64_t number);
  void remove(const std::string& id);
  void rotate();
  void leave();
  /// From now on it does not take a removal for an answer: it comes back with all that it knew before.
  void be_stubborn() { stubborn_ = true; }

  /// What it knows of the realm; nothing if it is in none.
  const ledger::Ledger* ledger() const { return client_.ledger(); }
  /// Keys that it has ever had.
  const std::set<std::string>& keys_seen() const { return keys_seen_; }
  /// What it said to everyone: the number, the key it was encrypted under, and who was removed to its knowledge then.
  struct Said {
    std::int64_t number = 0;
    std::string key_id;
    std::map<std::string, ledger::Removal> removed;
  };
  const std::vector<Said>& said() const { return said_; }
  /// What it heard by way of the server, by sender.
  const std::map<std::string, std::set<std::int64_t>>& heard() const { return heard_; }
  /// Who removed it, to its own knowledge; "" if nobody has.
  const std::string& removed_by() const { return removed_by_; }
  /// How often people were told that the server lies.
  std::size_t accusations() const { return accusations_; }

  /// What came of the feeds that it wanted, by number: the way, or none.
  const std::map<std::int64_t, device::Way>& fetched() const { return fetched_; }
  /// The paths that it has asked the server for.
  const std::vector<std::string>& told_server() const { return told_server_; }

  /// To whom it sent which numbers, and from whom it received which, in order.
  const std::map<std::string, std::vector<std::int64_t>>& sent() const { return sent_; }
  const std::map<std::string, std::vector<std::int64_t>>& received() const { return received_; }

 private:
  void take(realm::Event& event);
  void come_back();
  void receive(const realm::event::Received& received);
  Task<void> fetch_task(std::int64_t number, bool may_tell_server);
  core::Answer answer_direct(const std::string& url);
  std::optional<TimeMs> next_deadline() const;
  std::string any_other_member();
  Task<void> broadcast_task(std::int64_t number);
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
  bool serves_feeds_;
  device::Helpers helpers_;
  device::FeedLadder ladder_;
  std::optional<std::uint64_t> link_;
  std::map<std::string, std::vector<std::int64_t>> sent_;
  std::map<std::string, std::vector<std::int64_t>> received_;
  std::map<std::int64_t, device::Way> fetched_;
  std::vector<std::string> told_server_;
  std::vector<Said> said_;
  std::map<std::string, std::set<std::int64_t>> heard_;
  std::set<std::string> keys_seen_;
  std::string removed_by_;
  std::size_t accusations_ = 0;
  bool stubborn_ = false;
  std::optional<realm::Membership> remembered_;  // of a stubborn one
  bool acting_ = false;
  TaskScope tasks_;
};

}  // namespace skypod::sim
