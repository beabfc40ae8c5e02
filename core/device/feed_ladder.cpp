#include "core/device/feed_ladder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/percent.hpp"
#include "core/device/direct_document.hpp"
#include "core/feed/login.hpp"
#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

using wire::ErrorCode;

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

FeedLadder::FeedLadder(core::Host& host, realm::Client& client, Helpers& helpers)
    : host_(host), client_(client), helpers_(helpers) {
  helpers_.offer(feed_fetch_msg, feeds_served, [this](Json dat) { return serve(std::move(dat)); });
}

Task<Result<Fetched, Error>> FeedLadder::fetch(Errand errand) {
  const bool paused = is_paused(errand);
  Outcome outcome = unexpected(failed("", ""));
  if (!paused) {
    outcome = co_await fetch_here(errand.url, errand.login);
    if (outcome) co_return Fetched{std::move(*outcome), Way::direct, 0};
  }
  const TimeMs direct_ms = paused ? errand.direct_ms : host_.now();
  const bool has_helper = helpers_.has(feed_fetch_msg) && !is_turned_away(outcome);
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
  return !helpers_.serves() && (errand.last == Way::peer || errand.last == Way::server) && since >= 0 &&
         since < direct_pause_ms;
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
  const auto is_good = [](const Json& dat) { return dat.contains("feed") && is_feed(dat["feed"]); };
  Outcome answer = co_await helpers_.ask(feed_fetch_msg, {{"url", std::move(url)}}, is_good);
  if (answer) co_return std::move((*answer)["feed"]);
  Error& error = answer.error();
  if (error.code == ErrorCode::login_refused) co_return unexpected(Error{error.code, ""});
  co_return unexpected(failed(error.reason, std::move(error.detail)));
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

/// What another device of the realm asks for.
Task<FeedLadder::Outcome> FeedLadder::serve(Json dat) {
  wire::Fields fields(dat);
  feed::Located located = feed::take_login(fields.text("url", library::url_max));
  const bool is_address =
      library::feed_address(located.url) && (located.login.empty() || feed::is_login(located.login));
  if (!is_address) co_return unexpected(failed("bad_url", "That is not the address of a feed."));
  const Redacted login(std::move(located.login));
  Outcome feed = co_await fetch_here(std::move(located.url), login);
  if (feed && wire::to_cbor(*feed).size() > handed_feed_max) {
    co_return unexpected(failed("feed_too_large", "The feed is larger than the 12 MiB that devices hand each other."));
  }
  if (!feed) co_return feed;
  co_return Json{{"feed", std::move(*feed)}};
}

}  // namespace skypod::device
