#include "core/device/feed_ladder.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "base/percent.hpp"
#include "core/device/direct_document.hpp"
#include "core/feed/login.hpp"
#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

using wire::Envelope;
using wire::ErrorCode;

constexpr std::string_view offer_msg = "feed.offer";
constexpr std::string_view fetch_msg = "feed.fetch";
constexpr std::string_view upstream_login = "upstream_login";  // the server's code for a host that wants a login
constexpr std::array<std::string_view, 4> way_names{"", "direct", "peer", "server"};

/// `reason`: the same as `why`, as a code.
Error failed(std::string_view reason, std::string why) {
  return {ErrorCode::feed_failed, std::move(why), std::string(reason)};
}

}  // namespace

std::string_view name_of(Way way) {
  return way_names[static_cast<std::size_t>(way)];
}

Way way_named(std::string_view name) {
  const auto found = std::ranges::find(way_names, name);
  return found == way_names.end() ? Way::none : static_cast<Way>(found - way_names.begin());
}

bool FeedLadder::is_for(std::string_view msg) {
  return msg == offer_msg || msg == fetch_msg;
}

Task<Result<Fetched, Error>> FeedLadder::fetch(Errand errand) {
  const bool paused = is_paused(errand);
  Outcome outcome = unexpected(failed("", ""));
  if (!paused) {
    outcome = co_await fetch_here(errand.url, errand.login);
    if (outcome) co_return Fetched{std::move(*outcome), Way::direct, 0};
  }
  const TimeMs direct_ms = paused ? errand.direct_ms : host_.now();
  const bool has_helper = !servers_.empty() && !is_turned_away(outcome);
  if (has_helper) {
    outcome = co_await fetch_by_peers(feed::put_login(errand.url, errand.login.reveal()));
    if (outcome) co_return Fetched{std::move(*outcome), Way::peer, direct_ms};
  }
  if (is_turned_away(outcome)) co_return unexpected(std::move(outcome.error()));
  if (errand.may_tell_server) {
    outcome = co_await fetch_by_server(errand.url);
    if (outcome) co_return Fetched{std::move(*outcome), Way::server, direct_ms};
  }
  if (paused) {
    Outcome here = co_await fetch_here(errand.url, errand.login);
    if (here) co_return Fetched{std::move(*here), Way::direct, 0};
  }
  if (outcome.error() == failed("", "") && !has_helper && !errand.may_tell_server) {
    co_return unexpected(Error{errand.login.reveal().empty() ? ErrorCode::private_feed : ErrorCode::login_feed, ""});
  }
  co_return unexpected(std::move(outcome.error()));
}

/// Whether the feed's host wants a login, or another one. It does of others, too, and a feed for people who have one is
/// not the server's to know.
bool FeedLadder::is_turned_away(const Outcome& outcome) {
  return !outcome && outcome.error().code == ErrorCode::login_refused;
}

/// Nothing is closed to a device that serves others; what fails there is down.
bool FeedLadder::is_paused(const Errand& errand) const {
  const TimeMs since = host_.now() - errand.direct_ms;
  return !serves_ && (errand.last == Way::peer || errand.last == Way::server) && since >= 0 && since < direct_pause_ms;
}

Task<FeedLadder::Outcome> FeedLadder::fetch_here(std::string url, const Redacted<std::string>& login) {
  core::ask::Direct ask{.url = std::move(url)};
  if (!login.reveal().empty()) ask.authorization = Redacted(feed::basic_authorization(login.reveal()));
  const core::Answer answer = co_await host_.ask(std::move(ask));
  if (!answer) co_return unexpected(failed(answer.error().reason, answer.error().detail));
  std::optional<Json> feed = feed_of(*answer);
  if (feed) co_return std::move(*feed);
  if (wants_login(*answer)) co_return unexpected(Error{ErrorCode::login_refused, ""});
  co_return unexpected(failed("not_a_feed", "There is no feed at this address."));
}

Task<FeedLadder::Outcome> FeedLadder::fetch_by_peers(std::string url) {
  std::vector<std::string> peers;
  std::ranges::set_difference(servers_, silent_, std::back_inserter(peers));
  peers.resize(std::min(peers.size(), peers_tried_max));
  Outcome outcome = unexpected(failed("helper_silent", "Your device that fetches feeds does not answer."));
  for (std::string& peer : peers) {
    outcome = co_await fetch_by_peer(std::move(peer), url);
    if (outcome) break;
  }
  co_return outcome;
}

Task<FeedLadder::Outcome> FeedLadder::fetch_by_peer(std::string peer, std::string url) {
  const std::int64_t seq = ++last_seq_;
  const bool is_sent = client_.mesh().send(peer, wire::request(fetch_msg, seq, {{"url", url}})).has_value();
  if (!is_sent) {
    co_return unexpected(failed("helper_busy", "Your device that fetches feeds does not take any more requests."));
  }
  const auto wanted = std::make_shared<Wanted>();
  wanted->peer = std::move(peer);
  wanted->url = std::move(url);
  wanted->deadline_ms = host_.now() + feed_patience_ms;
  wanted_[seq] = wanted;
  co_return co_await wanted->outcome;
}

Task<FeedLadder::Outcome> FeedLadder::fetch_by_server(std::string url) {
  std::string token = co_await client_.proxy_token("");
  const core::Answer answer =
      co_await host_.ask(core::ask::Fetch{"/api/feed?url=" + percent_encode(url), std::move(token)});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  wire::Fields fields(*answer);
  const std::int64_t status = fields.integer("status", 100, 599);
  const Json& body = fields.object("body");
  if (fields.ok() && status == 200) {
    co_return body;
  }
  wire::Fields said(body);
  const std::string reason = said.text("code", 64);
  const std::string sentence = said.text("message", 1024);
  if (reason == upstream_login) co_return unexpected(Error{ErrorCode::login_refused, ""});
  co_return unexpected(said.ok() ? failed(reason, sentence) : failed("bad_reply", "The server did not answer well."));
}

void FeedLadder::connected(const std::string& peer) {
  if (serves_) client_.mesh().send(peer, wire::event(offer_msg, Json::object()));
}

void FeedLadder::disconnected(const std::string& peer) {
  servers_.erase(peer);
  silent_.erase(peer);
  std::vector<std::int64_t> lost;
  for (const auto& [seq, wanted] : wanted_) {
    if (wanted->peer == peer) lost.push_back(seq);
  }
  const Error gone = failed("helper_gone", "Your device that fetches feeds is gone.");
  for (const std::int64_t seq : lost) settle(seq, unexpected(gone));
}

Task<void> FeedLadder::receive(std::string peer, Envelope message) {
  silent_.erase(peer);
  if (message.msg == offer_msg) {
    if (client_.mesh().connected(peer)) servers_.insert(peer);
  } else if (message.typ == wire::Typ::req) {
    co_await serve(std::move(peer), std::move(message));
  } else {
    take_answer(peer, message);
  }
}

/// Answers another device of the realm. What does not go out is given up there.
Task<void> FeedLadder::serve(std::string peer, Envelope request) {
  wire::Fields fields(request.dat);
  const std::string url = fields.text("url", library::url_max);
  Outcome outcome = co_await fetch_for(peer, url);
  if (outcome && wire::to_cbor(*outcome).size() > handed_feed_max) {
    outcome = unexpected(failed("feed_too_large", "The feed is larger than the 12 MiB that devices hand each other."));
  }
  client_.mesh().send(peer, outcome
                                ? wire::response(fetch_msg, request.seq, {{"url", url}, {"feed", std::move(*outcome)}})
                                : wire::refusal(fetch_msg, request.seq, outcome.error()));
}

Task<FeedLadder::Outcome> FeedLadder::fetch_for(std::string peer, std::string url) {
  if (!serves_) co_return unexpected(failed("helper_refuses", "That device fetches nothing for others."));
  feed::Located located = feed::take_login(url);
  const bool is_address =
      library::feed_address(located.url) && (located.login.empty() || feed::is_login(located.login));
  if (!is_address) co_return unexpected(failed("bad_url", "That is not the address of a feed."));
  Served& served = served_[peer];
  if (served.now >= feeds_served_max || !served.bucket.take(feeds_served_rate, host_.now())) {
    co_return unexpected(failed("helper_busy", "Your device that fetches feeds is busy. Try again in a minute."));
  }
  ++served.now;
  const Redacted login(std::move(located.login));
  Outcome outcome = co_await fetch_here(std::move(located.url), login);
  --served.now;
  co_return outcome;
}

void FeedLadder::take_answer(const std::string& peer, const Envelope& message) {
  const auto found = wanted_.find(message.seq.value_or(0));
  if (found == wanted_.end() || found->second->peer != peer) return;
  if (message.typ == wire::Typ::err) {
    const Error error = wire::error_from_json(message.dat);
    if (error.code == ErrorCode::login_refused) return settle(found->first, unexpected(Error{error.code, ""}));
    return settle(found->first, unexpected(failed(error.reason, error.detail)));
  }
  wire::Fields fields(message.dat);
  const bool is_asked_for = fields.text("url", library::url_max) == found->second->url;  // not in an earlier life
  const Json& feed = fields.object("feed");
  settle(found->first, fields.ok() && is_asked_for && is_feed(feed)
                           ? Outcome(feed)
                           : unexpected(failed("bad_reply", "Your device that fetches feeds did not answer well.")));
}

void FeedLadder::settle(std::int64_t seq, Outcome outcome) {
  const auto found = wanted_.extract(seq);
  if (found) found.mapped()->outcome.set(std::move(outcome));
}

void FeedLadder::tick() {
  std::vector<std::int64_t> late;
  for (const auto& [seq, wanted] : wanted_) {
    if (wanted->deadline_ms <= host_.now()) late.push_back(seq);
  }
  for (const std::int64_t seq : late) {
    silent_.insert(wanted_[seq]->peer);
    settle(seq, unexpected(failed("helper_silent", "Your device that fetches feeds took too long.")));
  }
}

std::optional<TimeMs> FeedLadder::next_deadline() const {
  std::optional<TimeMs> first;
  for (const auto& [seq, wanted] : wanted_) first = std::min(first.value_or(wanted->deadline_ms), wanted->deadline_ms);
  return first;
}

}  // namespace skypod::device
