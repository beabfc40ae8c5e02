// The commands about the library: feeds are fetched by the ladder, the rest is this device's own database.
#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/feed/login.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

constexpr std::int64_t offset_max = 10'000'000;
constexpr std::size_t words_max = 1'024;
constexpr TimeMs round_after_ms = 60'000;  // at the earliest, of what is due but could not be fetched

/// A part of a list, as every list's command has it.
library::Page read_page(wire::Fields& fields) {
  const std::int64_t offset = fields.integer("offset", 0, offset_max);
  return {offset, fields.integer("limit", 1, page_max)};
}

library::Filter read_filter(wire::Fields& fields) {
  const std::string name = fields.optional_text("filter", 16);
  if (name == "unplayed") return library::Filter::unplayed;
  if (name == "started") return library::Filter::started;
  return name == "played" ? library::Filter::played : library::Filter::all;
}

library::QueueEntry read_entry(wire::Fields& fields) {
  std::string feed = fields.text("feed", library::url_max);
  return {std::move(feed), fields.text("episode", library::url_max)};
}

}  // namespace

Device::Command Device::find_library_command(std::string_view name) {
  struct Row {
    std::string_view name;
    Command command;
  };
  static constexpr std::array<Row, 23> rows{{
      {"library.add", &Device::add_feed},
      {"library.remove", &Device::remove_feed},
      {"library.refresh", &Device::refresh},
      {"library.organise", &Device::organise_feed},
      {"library.reach", &Device::choose_reach},
      {"library.subscriptions", &Device::list_subscriptions},
      {"library.episodes", &Device::list_episodes},
      {"library.find", &Device::find_episode},
      {"library.inbox", &Device::list_inbox},
      {"library.search", &Device::search_library},
      {"library.compact", &Device::compact_library},
      {"play.progress", &Device::report_progress},
      {"play.mark", &Device::mark_played},
      {"play.markAll", &Device::mark_all_played},
      {"play.positions", &Device::list_positions},
      {"queue.list", &Device::list_queue},
      {"queue.add", &Device::add_to_queue},
      {"queue.move", &Device::move_in_queue},
      {"queue.remove", &Device::remove_from_queue},
      {"queue.clear", &Device::clear_queue},
      {"queue.undo", &Device::undo_queue},
      {"settings.list", &Device::list_settings},
      {"settings.set", &Device::change_setting},
  }};
  const auto found = std::ranges::find(rows, name, &Row::name);
  return found == rows.end() ? find_transfer_command(name) : found->command;
}

Task<Answer> Device::wrote(Result<sync::Section, Error> written, Json answer) {
  if (!written) {
    co_return unexpected(written.error());
  }
  push(*written);
  std::set<std::string> what;
  for (const sync::Change& change : written->changes) what.insert(change.at.collection);
  library_changed(std::move(what));
  co_return answer;
}

Task<Answer> Device::add_feed(Json args) {
  wire::Fields fields(args);
  feed::Located located = feed::take_login(fields.text("url", library::url_max));
  const auto feed = library::feed_address(located.url);
  if (!feed || !(located.login.empty() || feed::is_login(located.login))) {
    co_return unexpected(
        bad_input("That is not the address of a feed. It looks like https://example.org/feed.xml.", "bad_url"));
  }
  const std::string reach = fields.optional_text("reach", 16);
  const auto chosen = reach.empty() ? std::nullopt : feed::reach_named(reach);
  if (!fields.ok() || (!reach.empty() && !chosen)) {
    co_return unexpected(bad_input("\"reach\" is \"realm\" or \"everyone\", or there is none."));
  }
  Result<Fetched, Error> fetched = co_await fetch_feed(*feed, chosen, located.login);
  if (!fetched) {
    co_return unexpected(fetched.error());
  }
  const auto* said = fetched->document["title"].get_ptr<const std::string*>();
  const std::string title = said == nullptr || said->empty() ? *feed : *said;
  const auto turn = co_await library_mutex_.lock();
  const Result<void, Error> stored = co_await store_fetched(*feed, std::move(*fetched));
  if (!stored) {
    co_return unexpected(stored.error());
  }
  const Result<bool, Error> known = co_await library_.is_subscribed(*feed);
  if (!known) {
    co_return unexpected(known.error());
  }
  const std::string kept_title(utf8_prefix(title, library::title_max));
  const Json answer = {{"feed", *feed}, {"title", kept_title}, {"known", *known}};
  if (chosen) {  // before the other devices hear of it, and fetch it
    const Answer done = co_await set_reach(*feed, *chosen, answer);
    if (!done) co_return done;
  }
  co_return co_await wrote(co_await library_.subscribe(*feed, kept_title, std::move(located.login)), answer);
}

Task<Answer> Device::remove_feed(Json args) {
  wire::Fields fields(args);
  const std::string feed = fields.text("feed", library::url_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.unsubscribe(feed), Json::object());
}

Task<Result<void, Error>> Device::refresh_feed(std::string feed) {
  Result<Fetched, Error> fetched = co_await fetch_feed(feed);
  const auto storing = co_await store_mutex_.lock();
  const auto turn = co_await library_mutex_.lock();
  Result<void, Error> stored;
  if (fetched) {
    stored = co_await store_fetched(feed, std::move(*fetched));
  } else {
    stored = unexpected(fetched.error());
  }
  if (!stored) {
    co_await library_.store_problem(feed, stored.error());
  }
  library_changed({"episodes"});
  co_return stored;
}

/// For those who want many feeds: none that somebody else has got since it was asked for.
Task<Result<void, Error>> Device::refresh_once(std::string feed, TimeMs asked_ms) {
  Result<bool, Error> tried;
  {
    const auto turn = co_await library_mutex_.lock();
    tried = co_await library_.was_tried_after(feed, asked_ms);
  }
  if (!tried) {
    co_return unexpected(tried.error());
  }
  if (*tried) {
    co_return Result<void, Error>{};
  }
  co_return co_await refresh_feed(std::move(feed));
}

Task<Answer> Device::refresh(Json args) {
  wire::Fields fields(args);
  const std::string only = fields.optional_text("feed", library::url_max);
  if (!only.empty()) {
    const Result<void, Error> refreshed = co_await refresh_feed(only);
    co_return refreshed ? Answer(Json::object()) : unexpected(refreshed.error());
  }
  const TimeMs asked_ms = host_.now();
  Result<std::vector<std::string>, Error> feeds;
  {
    const auto turn = co_await library_mutex_.lock();
    feeds = co_await library_.feeds();
  }
  if (!feeds) {
    co_return unexpected(feeds.error());
  }
  const Result<void, Error> refreshed = co_await refresh_since(std::move(*feeds), asked_ms);
  if (!refreshed) {
    co_return unexpected(refreshed.error());
  }
  co_return Json::object();
}

Task<Result<void, Error>> Device::refresh_since(std::vector<std::string> feeds, TimeMs asked_ms) {
  return crew_.run(std::move(feeds),
                   [this, asked_ms](std::string feed) { return refresh_once(std::move(feed), asked_ms); });
}

/// Fetches what was never fetched here; what fails is fetched again later. One round at a time: what comes while one is
/// under way is for the next.
Task<void> Device::refresh_unfetched() {
  const auto round = co_await round_mutex_.lock();
  if (client_.link() != realm::LinkState::online) {
    co_return;
  }
  const TimeMs began_ms = host_.now();
  std::vector<std::string> due;
  for (library::Unfetched& one : co_await unfetched()) {
    if (one.due_ms <= began_ms) due.push_back(std::move(one.feed));
  }
  co_await refresh_since(std::move(due), began_ms);
  const std::vector<library::Unfetched> left = co_await unfetched();
  next_round_.reset();
  if (!left.empty()) next_round_ = std::max(left.front().due_ms, host_.now() + round_after_ms);
}

Task<std::vector<library::Unfetched>> Device::unfetched() {
  const auto turn = co_await library_mutex_.lock();
  co_return (co_await library_.unfetched()).value_or(std::vector<library::Unfetched>{});
}

Task<Answer> Device::list_subscriptions(Json) {
  const auto turn = co_await library_mutex_.lock();
  Result<Json, Error> list = co_await library_.subscriptions();
  co_return list ? co_await with_reach(std::move(*list)) : std::move(list);
}

Task<Answer> Device::list_episodes(Json args) {
  wire::Fields fields(args);
  const std::string feed = fields.text("feed", library::url_max);
  const library::Filter filter = read_filter(fields);
  const library::Page page = read_page(fields);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.episodes(feed, filter, page);
}

Task<Answer> Device::find_episode(Json args) {
  wire::Fields fields(args);
  const std::string feed = fields.optional_text("feed", library::url_max);
  const std::string episode = fields.text("episode", library::url_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.find(feed, episode);
}

Task<Answer> Device::list_inbox(Json args) {
  wire::Fields fields(args);
  const library::Filter filter = read_filter(fields);
  const library::Part part{.folder = fields.optional_text("folder", library::folder_max),
                           .tag = fields.optional_text("tag", library::tags_max)};
  const library::Page page = read_page(fields);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.inbox(filter, part, page);
}

Task<Answer> Device::search_library(Json args) {
  wire::Fields fields(args);
  const std::string words = fields.optional_text("words", words_max);
  const library::Page page = read_page(fields);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.search(words, page);
}

Task<Answer> Device::organise_feed(Json args) {
  wire::Fields fields(args);
  const std::string feed = fields.text("feed", library::url_max);
  const std::string folder = fields.optional_text("folder", library::folder_max);
  std::string tags;
  for (const Json& tag : fields.array("tags", 32)) {
    const auto* text = tag.get_ptr<const std::string*>();
    const bool plain = text != nullptr && !text->empty() && text->find('\n') == std::string::npos;
    if (!plain) co_return unexpected(bad_input("A tag must be a line of text."));
    tags += tags.empty() ? *text : "\n" + *text;
  }
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.organise(feed, folder, tags), Json::object());
}

Task<Answer> Device::compact_library(Json args) {
  wire::Fields fields(args);
  const bool always = !fields.boolean("ifWorth", false);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  if (always) {
    const Result<void, Error> done = co_await library_.compact();
    co_return done ? Answer({{"compacted", true}}) : unexpected(done.error());
  }
  const Result<bool, Error> done = co_await library_.compact_if_worth();
  co_return done ? Answer({{"compacted", *done}}) : unexpected(done.error());
}

Task<Answer> Device::report_progress(Json args) {
  wire::Fields fields(args);
  library::Progress progress{.feed = fields.text("feed", library::url_max),
                             .episode = fields.text("episode", library::url_max),
                             .position_s = fields.number("positionS", 0, 1e7),
                             .duration_s = fields.optional_number("durationS", 0, 1e7),
                             .completed = fields.boolean("completed", false)};
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.progress(std::move(progress)), Json::object());
}

Task<Answer> Device::mark_played(Json args) {
  wire::Fields fields(args);
  const library::QueueEntry episode = read_entry(fields);
  const bool completed = fields.boolean("completed", true);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.mark(episode.feed, episode.episode, completed), Json::object());
}

Task<Answer> Device::mark_all_played(Json args) {
  wire::Fields fields(args);
  const std::string only = fields.optional_text("feed", library::url_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  Result<std::vector<std::string>, Error> feeds = std::vector<std::string>{only};
  if (only.empty()) feeds = co_await library_.feeds();
  if (!feeds) {
    co_return unexpected(feeds.error());
  }
  for (const std::string& feed : *feeds) {
    const Result<sync::Section, Error> marked = co_await library_.mark_all(feed);
    if (!marked) co_return unexpected(marked.error());
    push(*marked);
  }
  library_changed({library::collection::mark});
  co_return Json::object();
}

Task<Answer> Device::list_positions(Json args) {
  wire::Fields fields(args);
  const library::QueueEntry episode = read_entry(fields);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.positions(episode.feed, episode.episode);
}

Task<Answer> Device::list_queue(Json) {
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.queue();
}

Task<Answer> Device::add_to_queue(Json args) {
  wire::Fields fields(args);
  const library::QueueEntry entry = read_entry(fields);
  const bool next = fields.boolean("next", false);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.queue_add(entry, next), Json::object());
}

Task<Answer> Device::move_in_queue(Json args) {
  wire::Fields fields(args);
  const library::QueueEntry entry = read_entry(fields);
  std::optional<library::QueueEntry> after;
  if (args.contains("after") && !args["after"].is_null()) {
    wire::Fields other(fields.object("after"));
    after = read_entry(other);
    if (!other.ok()) co_return unexpected(bad_input(other.problem()));
  }
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.queue_move(entry, after), Json::object());
}

Task<Answer> Device::remove_from_queue(Json args) {
  wire::Fields fields(args);
  const library::QueueEntry entry = read_entry(fields);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.queue_remove(entry), Json::object());
}

Task<Answer> Device::clear_queue(Json) {
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.queue_clear(), Json::object());
}

Task<Answer> Device::undo_queue(Json) {
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.queue_undo(), Json::object());
}

Task<Answer> Device::list_settings(Json) {
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.settings();
}

Task<Answer> Device::change_setting(Json args) {
  wire::Fields fields(args);
  const std::string name = fields.text("name", library::setting_name_max);
  const bool everywhere = fields.boolean("everywhere", true);
  if (!fields.ok() || !args.contains("value")) {
    co_return unexpected(bad_input(fields.ok() ? "\"value\" is missing; null means the default." : fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await wrote(co_await library_.set(name, args["value"], everywhere), Json::object());
}

}  // namespace skypod::device
