// A whole device in the virtual world: the real core with real SQLite, over virtual links, WebRTC and signatures. It
// speaks to the core in CBOR, as the browser's worker does, so that what it says can be recorded and replayed
// elsewhere.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/device/codec.hpp"
#include "native/database.hpp"
#include "sim/cloud.hpp"
#include "sim/rtc.hpp"

namespace skypod::test {

using wire::Json;
using wire::TimeMs;

/// One exchange with the core: an input as it went in, the outcome as it came out.
struct Exchange {
  Bytes input, outcome;
};

/// What all devices of a test share.
struct VirtualWorld {
  explicit VirtualWorld(std::uint64_t seed) : world(seed), cloud(world), fabric(world) {}
  sim::World world;
  sim::Cloud cloud;
  sim::RtcFabric fabric;
  std::map<std::string, Json> feeds;           // by "/api/feed?url=…": what the proxy answers; 404 for any other path
  std::map<std::string, Json> refusals;        // by the same: what else it answers
  std::map<std::string, int> fetched;          // by the same: how often it was asked for
  TimeMs fetch_ms = 0;                         // that the proxy thinks
  std::map<std::string, TimeMs> slow;          // by the same: that it thinks longer there
  bool reachable = true;                       // the proxy
  std::map<std::string, Json> open;            // by address: what a device may read itself, as ask::Direct is answered
  std::map<std::string, Json> closed;          // the same for devices that serve feeds only
  std::set<std::string> hanging;               // addresses that never answer those
  std::map<std::string, std::string> guarded;  // addresses that want this Authorization of whoever may read them
  std::map<std::string, Bytes> files;          // by address: what any device may read piece by piece
  std::map<std::string, Bytes> closed_files;   // the same for devices that serve feeds only
  bool has_ranges = true;                      // the hosts of these
};

/// One device. Its key and database outlive restart().
class VirtualDevice {
 public:
  /// `skew_ms`: how far its clock is ahead.
  /// `serves_feeds`: it reads what no page may, for others too.
  VirtualDevice(VirtualWorld& shared, std::size_t index, TimeMs skew_ms = 0, bool serves_feeds = false);

  const std::string& id() const { return key_.id; }

  /// Gives it a command, and waits for nothing; answers its id.
  std::int64_t begin(const std::string& name, Json args);
  /// Runs a command to its answer, at most a minute of virtual time. Fails the test if there is none.
  Json command(const std::string& name, Json args = Json::object());
  /// The same for a command that must be refused; answers its error.
  Json refused_command(const std::string& name, Json args = Json::object());

  /// Gives it a message as if the server had sent it.
  void hear(const Json& message) { handle({{"in", "link.frame"}, {"text", wire::to_json(message)}}); }

  /// What was told last under that name; null if nothing was.
  Json told(const std::string& name) const;
  /// Everything that was told under that name.
  std::vector<Json> all_told(const std::string& name) const;

  /// Ends the device's process and starts another over the same key and database. `full_disk`: no write succeeds.
  void restart();
  void set_full_disk(bool full) { full_disk_ = full; }
  /// Stops answering to the world, as a device that is switched off.
  void stop();

  const std::vector<Exchange>& exchanges() const { return exchanges_; }

  /// What it has asked the server and feeds' hosts for since the last call, in order: paths and addresses.
  std::vector<std::string> take_fetched() { return std::exchange(fetched_, {}); }

 private:
  Json run_command(const std::string& name, Json args);
  void start();
  TimeMs clock() const { return shared_.world.now() + skew_ms_; }
  void handle(Json input);
  void exchange(const Json& input);
  void carry_out(core::Output& output);
  void ask(std::uint64_t id, const core::Ask& ask);
  core::Answer answer(const core::Ask& ask);
  core::Answer fetch(const std::string& path);
  core::Answer fetch_direct(const core::ask::Direct& wanted);
  core::Answer fetch_file(const core::ask::File& wanted);
  void answer_later(std::uint64_t id, const core::Answer& answer);
  void open_link();
  void close_link();
  void schedule_tick();
  /// Runs something later unless the device has restarted or stopped by then.
  void later(TimeMs delay_ms, std::function<void()> what);

  VirtualWorld& shared_;
  std::size_t index_;
  TimeMs skew_ms_;
  bool serves_feeds_;
  sim::Key key_;
  sqlite::Database database_;
  std::unique_ptr<device::Device> device_;
  std::uint64_t life_ = 0;
  std::deque<Json> inputs_;
  bool handling_ = false;
  bool full_disk_ = false;
  std::optional<std::uint64_t> link_;
  std::int64_t last_command_ = 0;
  std::map<std::int64_t, Json> replies_;
  std::vector<std::pair<std::string, Json>> told_;
  std::vector<Exchange> exchanges_;
  std::vector<std::string> fetched_;
};

}  // namespace skypod::test
