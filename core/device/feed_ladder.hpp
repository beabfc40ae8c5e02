// The ways to a feed, best first: this device itself; another device of the realm that can fetch for it; the server's
// proxy. A browser may read only what its host allows other sites to read, so it needs the other two; a native device
// reads anything. Of a private feed the server learns nothing (core/feed/privacy.hpp).
//
// What led to a feed last is tried first the next time: a browser does not ask again at once where it may not read.
//
// Between devices: feed.offer {} says that the sender can fetch. feed.fetch {url} is answered by {url, feed}, a JSON
// Feed, or by an `err`. Both travel on the peer's stream, encrypted from device to device whatever carries it. Whoever
// fetches for others is a stranger's helper no less than a server is, so its host checks each address as it connects.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "core/realm/client.hpp"
#include "core/wire/token_bucket.hpp"

namespace skypod::device {

using wire::Error;
using wire::Json;
using wire::TimeMs;

/// Longest feed that one device hands another, in CBOR octets; a stream takes 16 MiB at once.
inline constexpr std::size_t handed_feed_max = 12 * 1024 * 1024;
/// How long another device may take, and how many of them are asked for one feed. One that has taken longer is not
/// asked again until it says something or has connected anew.
inline constexpr TimeMs feed_patience_ms = 45'000;
inline constexpr std::size_t peers_tried_max = 2;
/// Feeds that this device fetches for each other device at once, and how often: a refresh of many feeds passes, a flood
/// does not, and takes nothing from the others.
inline constexpr std::size_t feeds_served_max = 8;
inline constexpr wire::Rate feeds_served_rate{.refill_ms = 1'000, .burst = 500};
/// For how long a host that did not let this device read, while another way led there, is not asked again.
inline constexpr TimeMs direct_pause_ms = 6 * 3'600'000;

/// What led to a feed.
enum class Way : std::uint8_t { none, direct, peer, server };
/// "", "direct", "peer", "server".
std::string_view name_of(Way way);
/// The way of that name; none for any other.
Way way_named(std::string_view name);

/// What is wanted, and what is known of earlier times.
struct Errand {
  std::string url;
  Redacted<std::string> login{};  // core/feed/login.hpp; told to the feed's host and to devices of the realm
  bool may_tell_server = false;
  Way last = Way::none;  // what led there last
  TimeMs direct_ms = 0;  // when this device itself last tried in vain, while another way led there
};

/// What came of it.
struct Fetched {
  Json document;  // a JSON Feed
  Way way = Way::none;
  TimeMs direct_ms = 0;  // for the next errand
};

/// One device's ladder.
class FeedLadder {
 public:
  /// `serves`: the host can fetch whatever is asked for, for others too.
  FeedLadder(core::Host& host, realm::Client& client, bool serves) : host_(host), client_(client), serves_(serves) {}

  /// The feed, or why the last way that was tried did not lead there: private_feed, or login_feed for one with a login,
  /// if only the server was left; login_refused if the feed's host wants a login, or another one.
  Task<Result<Fetched, Error>> fetch(Errand errand);

  void connected(const std::string& peer);
  void disconnected(const std::string& peer);

  static bool is_for(std::string_view msg);
  /// A message of another device's stream.
  Task<void> receive(std::string peer, wire::Envelope message);

  /// Gives up on devices that have taken too long.
  void tick();
  std::optional<TimeMs> next_deadline() const;

 private:
  using Outcome = Result<Json, Error>;
  struct Wanted {
    std::string peer, url;
    OneShot<Outcome> outcome;
    TimeMs deadline_ms = 0;
  };
  struct Served {
    wire::TokenBucket bucket;
    std::size_t now = 0;
  };

  Task<Outcome> fetch_here(std::string url, const Redacted<std::string>& login);
  Task<Outcome> fetch_by_peers(std::string url);
  Task<Outcome> fetch_by_peer(std::string peer, std::string url);
  Task<Outcome> fetch_by_server(std::string url);
  bool is_paused(const Errand& errand) const;
  static bool is_turned_away(const Outcome& outcome);
  Task<void> serve(std::string peer, wire::Envelope request);
  Task<Outcome> fetch_for(std::string peer, std::string url);
  void take_answer(const std::string& peer, const wire::Envelope& message);
  void settle(std::int64_t seq, Outcome outcome);

  core::Host& host_;
  realm::Client& client_;
  bool serves_;
  std::set<std::string> servers_;  // peers that can fetch
  std::set<std::string> silent_;   // peers that owe an answer
  std::map<std::int64_t, std::shared_ptr<Wanted>> wanted_;
  std::int64_t last_seq_ = 0;
  std::map<std::string, Served> served_;  // by peer; members only, so there are few
};

}  // namespace skypod::device
