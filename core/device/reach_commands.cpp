// Whom a feed's address may be told to: what people have chosen for it, else what it looks like. The choice is a
// setting of the realm, so that every device keeps to it. What led to a feed is this device's own to know.
#include <utility>

#include "base/fnv.hpp"
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/feed/login.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

using feed::Reach;

/// A setting's name is short, an address may be long.
std::string setting_of(std::string_view feed) {
  return "reach:" + fnv1a_hex(feed);
}

/// A guess unless something has been chosen that is understood.
Reach chosen_for(std::string_view feed, const Json& everywhere) {
  const auto found = everywhere.find(setting_of(feed));
  const auto* name = found == everywhere.end() ? nullptr : found->get_ptr<const std::string*>();
  return name == nullptr ? Reach::guess : feed::reach_named(*name).value_or(Reach::guess);
}

}  // namespace

Task<Answer> Device::choose_reach(Json args) {
  wire::Fields fields(args);
  const auto feed = library::feed_address(fields.text("feed", library::url_max));
  const auto reach = feed::reach_named(fields.optional_text("reach", 16));
  if (!fields.ok() || !feed || !reach) {
    co_return unexpected(bad_input("\"reach\" is \"realm\", \"everyone\" or empty, and \"feed\" a feed's address."));
  }
  const auto turn = co_await library_mutex_.lock();
  const Answer done = co_await set_reach(*feed, *reach, Json::object());
  if (done) library_changed({library::collection::subscription});
  co_return done;
}

/// The caller holds the library.
Task<Answer> Device::set_reach(std::string feed, Reach reach, Json answer) {
  const Json value = reach == Reach::guess ? Json() : Json(feed::name_of(reach));
  co_return co_await wrote(co_await library_.set(setting_of(feed), value, true), std::move(answer));
}

/// What people have chosen for a feed. The caller holds the library.
Task<Device::Access> Device::access_of(std::string feed) {
  const Result<Json, Error> settings = co_await library_.settings();
  const auto logins = co_await library_.logins({feed});
  if (!settings || !logins) {
    co_return Access{Reach::realm};  // what cannot be read may have been "private"
  }
  co_return Access{chosen_for(feed, (*settings)["everywhere"]), logins->front()};
}

/// What wants a login belongs to people who have one, and the server is not told of it at all.
bool Device::may_tell_server(std::string_view url, std::string_view feed, const Access& access) const {
  return access.login.empty() && feed::may_tell_server(url, feed, access.reach, traits_.server);
}

Task<bool> Device::may_tell_server(std::string url, std::string feed) {
  const auto turn = co_await library_mutex_.lock();
  co_return may_tell_server(url, feed, co_await access_of(feed.empty() ? url : feed));
}

/// Adds to each subscription what has been chosen, and what follows from it. The caller holds the library.
Task<Result<Json, Error>> Device::with_reach(Json subscriptions) {
  const Result<Json, Error> settings = co_await library_.settings();
  if (!settings) {
    co_return unexpected(settings.error());
  }
  std::vector<std::string> feeds;
  for (const Json& one : subscriptions["subscriptions"]) feeds.push_back(one["feed"].get<std::string>());
  const auto logins = co_await library_.logins(feeds);
  if (!logins) {
    co_return unexpected(logins.error());
  }
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const Access access{chosen_for(feeds[i], (*settings)["everywhere"]), (*logins)[i]};
    Json& one = subscriptions["subscriptions"][i];
    one["reach"] = feed::name_of(access.reach);
    one["private"] = !may_tell_server(feeds[i], feeds[i], access);
    one["login"] = access.login.empty() ? Json() : Json(feed::login_name(access.login));
  }
  co_return subscriptions;
}

Task<Result<Fetched, Error>> Device::fetch_feed(std::string feed, std::optional<Reach> chosen, std::string login) {
  Errand errand{.url = feed};
  {
    const auto turn = co_await library_mutex_.lock();
    Access access = co_await access_of(feed);
    if (chosen) access.reach = *chosen;
    if (!login.empty()) access.login = std::move(login);
    errand.may_tell_server = may_tell_server(feed, feed, access);
    errand.login = Redacted(std::move(access.login));
    const Result<library::Reached, Error> reached = co_await library_.reached(feed);
    if (reached) {
      errand.last = way_named(reached->way);
      errand.direct_ms = reached->direct_ms;
    }
  }
  co_return co_await ladder_.fetch(std::move(errand));
}

/// Stores what a feed said, and what led to it. The caller holds the library.
Task<Result<void, Error>> Device::store_fetched(std::string feed, Fetched fetched) {
  const Result<sync::Section, Error> stored = co_await library_.store_feed(feed, std::move(fetched.document));
  if (!stored) {
    co_return unexpected(stored.error());
  }
  push(*stored);
  co_return co_await library_.note_reached(feed, {std::string(device::name_of(fetched.way)), fetched.direct_ms});
}

}  // namespace skypod::device
