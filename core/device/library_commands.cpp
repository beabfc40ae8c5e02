// The commands about the library: feeds are fetched by way of the server, the rest is this device's own database.
#include "base/percent.hpp"
#include "base/utf8.hpp"
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {

Task<Result<Json, Error>> Device::fetch_feed(std::string feed) {
  std::string token = co_await client_.proxy_token();
  const std::string path = "/api/feed?url=" + percent_encode(feed);
  const Answer answer = co_await host_.ask(core::ask::Fetch{path, std::move(token)});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  wire::Fields fields(*answer);
  const std::int64_t status = fields.integer("status", 100, 599);
  const Json& body = fields.object("body");
  if (fields.ok() && status == 200) {
    co_return body;
  }
  wire::Fields refusal(body);
  const std::string sentence = refusal.text("message", 1024);
  co_return unexpected(Error{ErrorCode::feed_failed, refusal.ok() ? sentence : "The server did not answer well."});
}

Task<Answer> Device::wrote(Result<wire::Envelope, Error> written, Json answer) {
  if (!written) {
    co_return unexpected(written.error());
  }
  push(*written);
  library_changed();
  co_return answer;
}

Task<Answer> Device::add_feed(Json args) {
  wire::Fields fields(args);
  const auto feed = library::feed_address(fields.text("url", library::url_max));
  if (!feed) {
    co_return unexpected(bad_input("That is not the address of a feed. It looks like https://example.org/feed.xml."));
  }
  Result<Json, Error> document = co_await fetch_feed(*feed);
  if (!document) {
    co_return unexpected(document.error());
  }
  const auto* said = (*document)["title"].get_ptr<const std::string*>();
  const std::string title = said == nullptr || said->empty() ? *feed : *said;
  const auto turn = co_await library_mutex_.lock();
  const Result<void, Error> stored = co_await library_.store_feed(*feed, std::move(*document));
  if (!stored) {
    co_return unexpected(stored.error());
  }
  const std::string kept_title(utf8_prefix(title, library::title_max));
  co_return co_await wrote(co_await library_.subscribe(*feed, kept_title), {{"feed", *feed}, {"title", kept_title}});
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
  Result<Json, Error> document = co_await fetch_feed(feed);
  const auto turn = co_await library_mutex_.lock();
  if (!document) {
    co_await library_.store_problem(feed, wire::sentence_of(document.error()));
    library_changed();
    co_return unexpected(document.error());
  }
  Result<void, Error> stored = co_await library_.store_feed(feed, std::move(*document));
  library_changed();
  co_return stored;
}

Task<Answer> Device::refresh(Json args) {
  wire::Fields fields(args);
  const std::string only = fields.optional_text("feed", library::url_max);
  std::vector<std::string> feeds{only};
  if (only.empty()) {
    const auto turn = co_await library_mutex_.lock();
    Result<std::vector<std::string>, Error> all = co_await library_.feeds();
    if (!all) co_return unexpected(all.error());
    feeds = std::move(*all);
  }
  std::optional<Error> first_problem;
  for (const std::string& feed : feeds) {
    const Result<void, Error> refreshed = co_await refresh_feed(feed);
    if (!refreshed && !first_problem) first_problem = refreshed.error();
  }
  library_changed();
  if (first_problem) {
    co_return unexpected(*first_problem);
  }
  co_return Json::object();
}

Task<void> Device::refresh_unfetched() {
  if (refreshing_ || client_.link() != realm::LinkState::online) {
    co_return;
  }
  refreshing_ = true;
  Result<std::vector<std::string>, Error> feeds;
  {
    const auto turn = co_await library_mutex_.lock();
    feeds = co_await library_.unfetched();
  }
  if (feeds) {
    for (const std::string& feed : *feeds) co_await refresh_feed(feed);
  }
  refreshing_ = false;
}

Task<Answer> Device::list_subscriptions(Json) {
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.subscriptions();
}

Task<Answer> Device::list_episodes(Json args) {
  wire::Fields fields(args);
  const std::string feed = fields.text("feed", library::url_max);
  const std::int64_t offset = fields.integer("offset", 0, static_cast<std::int64_t>(library::episodes_max));
  const std::int64_t limit = fields.integer("limit", 1, page_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.episodes(feed, offset, limit);
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

}  // namespace skypod::device
