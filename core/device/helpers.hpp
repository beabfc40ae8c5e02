// Devices of the realm that fetch for each other: a native device reads anything, a browser only what hosts share with
// other sites' pages. Whoever can fetch says so with `feed.offer`; what is asked for, and of whom, is for the ladders
// (feed_ladder.hpp, file_ladder.hpp). Requests and answers travel on the peers' streams, encrypted from device to
// device whatever carries them, and name the `url` that they are about.
//
// Whoever fetches for others is a stranger's helper no less than a server is, so its host checks each address as it
// connects.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "core/realm/client.hpp"
#include "core/wire/token_bucket.hpp"

namespace skypod::device {

using wire::Error;
using wire::Json;
using wire::TimeMs;

/// How long another device may take, and how many of them are asked for one thing. One that has taken longer is not
/// asked again until it says something or has connected anew.
inline constexpr TimeMs helper_patience_ms = 45'000;
inline constexpr std::size_t helpers_tried_max = 2;

/// What every device that offers to fetch can be asked for; an offer names whatever else it takes.
inline constexpr std::string_view feed_fetch_msg = "feed.fetch";

/// How much this device does for each other one: what it needs passes, a flood does not, and takes nothing from others.
struct Allowance {
  std::size_t at_once = 0;
  wire::Rate rate;
};

/// One device's side of it.
class Helpers {
 public:
  using Outcome = Result<Json, Error>;
  /// Carries out a request's dat; answers the rest of the answer's, which gets the `url` of the request.
  using Serve = std::function<Task<Outcome>(Json dat)>;
  using IsGood = std::function<bool(const Json& dat)>;

  /// `serves`: the host can fetch whatever is asked for, for others too.
  Helpers(core::Host& host, realm::Client& client, bool serves) : host_(host), client_(client), serves_(serves) {}

  bool serves() const { return serves_; }

  /// What this device does for others at the message `msg`. Before anybody has connected.
  void offer(std::string_view msg, Allowance allowance, Serve serve);

  /// Whether a device that is connected takes requests of that name.
  bool has(std::string_view msg) const;

  /// Asks one device after the other. The dat of an answer that `is_good`; else the last one's error, or, as a
  /// feed_failed with a reason, why there was no answer. `dat` has a `url`.
  Task<Outcome> ask(std::string_view msg, Json dat, IsGood is_good);

  void connected(const std::string& peer);
  void disconnected(const std::string& peer);

  bool is_for(std::string_view msg) const;
  /// A message of another device's stream.
  Task<void> receive(std::string peer, wire::Envelope message);

  /// Gives up on devices that have taken too long.
  void tick();
  std::optional<TimeMs> next_deadline() const;

 private:
  struct Wanted {
    std::string peer, url;
    IsGood is_good;
    OneShot<Outcome> outcome;
    TimeMs deadline_ms = 0;
  };
  struct Served {
    wire::TokenBucket bucket;
    std::size_t now = 0;
  };
  struct Work {
    Allowance allowance;
    Serve serve;
    std::map<std::string, Served> served;  // by peer; members only, so there are few
  };

  void take_offer(const std::string& peer, const Json& dat);
  std::vector<std::string> askable(std::string_view msg) const;
  Task<Outcome> ask_one(std::string peer, std::string_view msg, Json dat, IsGood is_good);
  Task<void> serve(std::string peer, wire::Envelope request);
  Task<Outcome> work_for(std::string peer, std::string msg, Json dat);
  void take_answer(const std::string& peer, const wire::Envelope& message);
  void settle(std::int64_t seq, Outcome outcome);

  core::Host& host_;
  realm::Client& client_;
  bool serves_;
  std::map<std::string, Work, std::less<>> works_;        // by message
  std::map<std::string, std::set<std::string>> helpers_;  // peers that can fetch, and what they take beside feeds
  std::set<std::string> silent_;                          // peers that owe an answer
  std::map<std::int64_t, std::shared_ptr<Wanted>> wanted_;
  std::int64_t last_seq_ = 0;
};

}  // namespace skypod::device
