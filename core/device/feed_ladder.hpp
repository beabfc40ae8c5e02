// The ways to a feed, best first: this device itself; another device of the realm that can fetch for it; the server's
// proxy. A browser may read only what its host allows other sites to read, so it needs the other two; a native device
// reads anything. Of a private feed the server learns nothing (core/feed/privacy.hpp).
//
// What led to a feed last is tried first the next time: a browser does not ask again at once where it may not read.
//
// Between devices (helpers.hpp): feed.fetch {url} is answered by {url, feed}, a JSON Feed, or by an `err`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "core/device/helpers.hpp"
#include "core/realm/client.hpp"

namespace skypod::device {

/// Longest feed that one device hands another, in CBOR octets; a stream takes 16 MiB at once.
inline constexpr std::size_t handed_feed_max = 12 * 1024 * 1024;
/// Feeds that this device fetches for each other device: a refresh of many of them passes.
inline constexpr Allowance feeds_served{.at_once = 8, .rate = {.refill_ms = 1'000, .burst = 500}};
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
  /// Takes requests for feeds of `helpers`.
  FeedLadder(core::Host& host, realm::Client& client, Helpers& helpers);

  /// The feed, or why the last way that was tried did not lead there: private_feed, or login_feed for one with a login,
  /// if only the server was left; login_refused if the feed's host wants a login, or another one.
  Task<Result<Fetched, Error>> fetch(Errand errand);

 private:
  using Outcome = Result<Json, Error>;

  Task<Outcome> fetch_here(std::string url, const Redacted<std::string>& login);
  Task<Outcome> fetch_by_peers(std::string url);
  Task<Outcome> fetch_by_server(std::string url);
  bool is_paused(const Errand& errand) const;
  static bool is_turned_away(const Outcome& outcome);
  Task<Outcome> serve(Json dat);

  core::Host& host_;
  realm::Client& client_;
  Helpers& helpers_;
};

}  // namespace skypod::device
