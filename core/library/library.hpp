// The library: subscriptions, episodes, and where each device is in them.
//
// What people did is shared: a subscription is a document `subscription/FEED`, a position is `play/DEVICE~FEED~EPISODE`
// (one record per device, so that no device overwrites what another remembers), a device's name is `device/ID`. What
// the feeds say is not: every device keeps its own copy of their episodes, which can be fetched again at any time.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/sync/replica.hpp"

namespace skypod::library {

using core::Host;
using core::ask::Statement;
using wire::Error;
using wire::ErrorCode;
using wire::Json;
using wire::TimeMs;

/// Limits of what a feed may bring, in items and octets.
inline constexpr std::size_t episodes_max = 20'000;
inline constexpr std::size_t url_max = 2'048;
inline constexpr std::size_t title_max = 512;
inline constexpr std::size_t summary_max = 2'048;
/// Episodes written in one transaction.
inline constexpr std::size_t store_batch = 200;

/// How far this device is in an episode.
struct Progress {
  std::string feed, episode;
  double position_s = 0;
  std::optional<double> duration_s;
  bool completed = false;
};

/// Queries and merge rules over one device's database. Like the replica's, its operations must not overlap.
class Library {
 public:
  /// `device`: this device's identity.
  Library(Host& host, std::string device);

  /// Creates or migrates the tables, then loads what is kept in memory.
  Task<Result<void, Error>> open();

  /// The documents, for talking to peers about them.
  sync::Replica& replica() { return replica_; }

  /// A small value of this device alone, e.g. its membership; null if there is none.
  Task<Result<Json, Error>> load_state(std::string key);
  Task<Result<void, Error>> save_state(std::string key, Json value);

  /// Names this device for all others. Like every write below it answers the message for the peers.
  Task<Result<wire::Envelope, Error>> name_device(std::string name);
  /// What devices call themselves: pairs of identity and name.
  Task<Result<Json, Error>> device_names();

  Task<Result<wire::Envelope, Error>> subscribe(std::string feed, std::string title);
  Task<Result<wire::Envelope, Error>> unsubscribe(std::string feed);
  Task<Result<wire::Envelope, Error>> progress(Progress progress);

  /// Stores what a feed said: a JSON Feed 1.1 document of the proxy.
  Task<Result<void, Error>> store_feed(std::string feed, Json document);
  /// Notes why a feed could not be fetched; "" for none.
  Task<Result<void, Error>> store_problem(std::string feed, std::string problem);

  /// {"subscriptions": […]} as web/src/protocol.ts has it, by title.
  Task<Result<Json, Error>> subscriptions();
  /// Addresses of subscribed feeds that were never fetched on this device and not tried in the last ten minutes.
  Task<Result<std::vector<std::string>, Error>> unfetched();
  /// Addresses of all subscribed feeds.
  Task<Result<std::vector<std::string>, Error>> feeds();
  /// {"total", "episodes": […]}, newest first.
  Task<Result<Json, Error>> episodes(std::string feed, std::int64_t offset, std::int64_t limit);

 private:
  using Writes = std::vector<sync::Write>;

  static std::vector<Statement> project(const std::set<sync::DocumentId>& touched);
  Task<Result<void, Error>> migrate();

  Host& host_;
  std::string device_;
  sync::Replica replica_;
};

/// The address under which a feed is kept: without surrounding space, and https where no scheme was given. Nothing if
/// it cannot be a feed's address.
std::optional<std::string> feed_address(std::string_view typed);

}  // namespace skypod::library
