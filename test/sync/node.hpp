// One device of the sync simulation: the real library over real SQLite in memory, whose process can crash, whose disk
// can be full and whose clock can be wrong.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/library/library.hpp"
#include "core/sync/exchange.hpp"
#include "native/database.hpp"
#include "sim/world.hpp"

namespace skypod::test {

using wire::Json;

/// A device and its database. What it wants to send it hands to `send`.
class Node {
 public:
  using Send = std::function<void(std::size_t from, std::size_t to, const wire::Envelope&)>;

  Node(sim::World& world, std::size_t index, std::size_t count, Send send);

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  /// Begins a process over the database; ends it, losing all that is not in the database.
  void start();
  void crash();
  bool running() const { return life_ != nullptr; }

  void connect(std::size_t peer);
  void disconnect(std::size_t peer);
  void deliver(std::size_t from, const wire::Envelope& message);
  /// Some time has passed.
  void tick();

  /// Does something that people do, by the dice.
  void act();

  /// Hears a lie: that everything of that author up to now is known, and that there was nothing.
  void deceive(sync::Author author);
  /// Who writes here; nothing while no process runs.
  std::optional<sync::Author> author() const;

  void fill_disk(bool full) { full_ = full; }
  void set_skew(wire::TimeMs ms);
  bool clock_was_wrong() const { return clock_was_wrong_; }
  /// The network's time becomes known to it.
  void hear_time();

  /// All registers and all derived tables, in a canonical order.
  std::string state();
  /// Positions that were acknowledged here, by episode.
  const std::map<std::string, std::int64_t>& acknowledged() const { return acknowledged_; }
  /// The position of a device's record of an episode as it stands here; -1 if there is none, and the
  /// greatest number if it says that the episode is done.
  std::int64_t seen(std::size_t device, const std::string& episode);
  const std::string& id() const { return id_; }

 private:
  struct Life;
  struct Deed {
    library::Library::Written task;
    std::function<void()> acknowledged;
  };

  void note(std::string_view what, const std::string& detail = {});
  void spawn(Task<void> task);
  void pump();
  void answer(std::uint64_t id, const core::ask::Database& ask);
  Task<void> open();
  Task<void> perform(Deed deed);
  Task<void> receive(std::size_t from, wire::Envelope message);
  Task<void> greet(std::size_t peer);
  Task<void> resume();
  Task<void> store(Json document);
  Deed choose();
  Deed listen();
  void say(std::size_t to, const wire::Envelope& message);
  void say_to_all(const wire::Envelope& message, std::size_t except);

  sim::World& world_;
  std::size_t index_;
  std::size_t count_;
  Send send_;
  std::string id_;
  sqlite::Database database_;
  std::unique_ptr<Life> life_;
  std::uint64_t lives_ = 0;
  std::vector<bool> linked_;
  bool full_ = false;
  wire::TimeMs skew_ms_ = 0;
  bool clock_was_wrong_ = false;
  std::map<std::string, std::int64_t> acknowledged_;
};

/// An identity for a device number.
std::string node_id(std::size_t index);

}  // namespace skypod::test
