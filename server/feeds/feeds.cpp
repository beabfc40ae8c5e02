#include "server/feeds/feeds.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <random>

#include "core/feed/date.hpp"
#include "core/feed/url.hpp"
#include "native/digest.hpp"
#include "native/gzip.hpp"
#include "reader/feed_content.hpp"
#include "server/proxy/http_date.hpp"
#include "server/proxy/origin.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t second_ms = 1'000;
constexpr std::int64_t minute_ms = 60 * second_ms;

std::int64_t now_ms() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

double any_chance() {
  static std::mt19937 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

std::string meaning_of(const wire::Json& feed) {
  return to_hex(sha256(wire::to_json({feed["title"], feed["items"]})));
}

/// Says what is known of the document's way here.
void add_origin(wire::Json& feed, const Document& document) {
  wire::Json& ours = feed["_skypod"];
  ours["fetched_at"] = feed::format_date(document.answer.received_s * second_ms);
  if (const auto tag = field(document.answer.fields, "ETag")) ours["etag"] = *tag;
  if (const auto changed = field(document.answer.fields, "Last-Modified")) ours["last_modified"] = *changed;
  if (document.answer.is_stale) ours["stale"] = true;
  if (document.answer.failure) ours["problem"] = document.answer.failure->message;
}

/// For how long the feed asks to be left alone.
std::int64_t said_ms(const Document& document, const wire::Json& feed) {
  const Stored stored{.status = document.answer.status,
                      .fields = document.answer.fields,
                      .vary = {},
                      .received_s = document.answer.received_s,
                      .body = ""};
  const auto& ours = feed["_skypod"];
  const std::int64_t minutes = ours.contains("ttl_minutes") ? ours["ttl_minutes"].get<std::int64_t>() : 0;
  constexpr std::int64_t year_minutes = 365 * 24 * 60;
  return std::max(lifetime_of(stored) * second_ms, std::min(minutes, year_minutes) * minute_ms);
}

/// Retry-After (RFC 9110 section 10.2.3), from now on.
std::int64_t retry_ms(const HttpFields& fields) {
  const std::string text = field(fields, "Retry-After").value_or("");
  if (const auto date = http_date(text)) return std::max<std::int64_t>(0, *date * second_ms - now_ms());
  return seconds_of(Directives{{"seconds", text}}, "seconds").value_or(0) * second_ms;
}

/// The versions that say something else than this.
wire::Json others_of(const std::vector<Version>& versions, const std::string& meaning) {
  wire::Json list = wire::Json::array();
  for (const Version& version : versions) {
    if (version.meaning == meaning) continue;
    list.push_back({{"hash", version.hash}, {"fetched_at", feed::format_date(version.received_s * second_ms)}});
  }
  return list;
}

/// All that decides what is written of a stored document: the same for the same octets from the same place, answered
/// in the same way, and with the same history.
std::string name_of(const std::string& url, const Document& document, const std::vector<Version>& versions) {
  const CacheAnswer& answer = document.answer;
  std::string name = answer.hash + std::to_string(answer.received_s) + (answer.is_stale ? "s\n" : "f\n");
  name.append(url).append("\n").append(document.url).append("\n");
  name.append(answer.failure ? answer.failure->message : "").append("\n");
  for (const auto& [field, value] : answer.fields) {
    if (field != "Age") name.append(field).append(":").append(value).append("\n");
  }
  for (const Version& version : versions) name.append(version.hash).append(std::to_string(version.received_s));
  return name;
}

/// Whether it may be that the feed is only out of order.
bool may_come_back(const ServiceError& error) {
  return error.status >= 500 || error.status == 422;
}

}  // namespace

Feeds::Feeds(Cache& cache, Fetcher& fetcher, asio::thread_pool& pool, std::unique_ptr<FeedStore> store,
             FeedsOptions options)
    : cache_(cache),
      fetcher_(fetcher),
      pool_(pool),
      store_(std::move(store)),
      options_(std::move(options)),
      disk_(asio::make_strand(pool)),
      written_(options_.written_octets_max) {
  for (FeedRecord& record : store_->load()) {
    Watched& watched = records_[record.url];
    watched.record = std::move(record);
    watched.chance = any_chance();
    if (watched.record.subscription) by_id_[watched.record.subscription->id] = watched.record.url;
    arrange(watched);
  }
}

void Feeds::start(const asio::any_io_executor& executor) {
  timer_.emplace(executor);
  look_at_due();
}

asio::awaitable<Feeds::Answer> Feeds::get(std::string url, std::string member) {
  auto found = co_await get_document(
      cache_, {.url = url, .accept = FetchOptions().accept, .member = std::move(member), .is_renewed = false});
  if (!found) co_return co_await get_last(url, found.error());
  const Document document = *found;
  const Made made = co_await make(url, std::move(*found), true);
  if (!made) co_return co_await get_last(url, made.error());
  note_asked(url, document, made->gist);
  co_return made->feed;
}

/// Reads a document and writes it as it is answered: once, however many want the same at once, and not at all where it
/// is at hand. What is not stored may be for one member alone.
asio::awaitable<Feeds::Made> Feeds::make(const std::string& url, Document document, bool is_asked_for) {
  if (document.answer.hash.empty()) co_return co_await read_and_write(url, std::move(document), is_asked_for);
  if (const Written* known = written_.find(name_of(url, document, cache_.versions(url)))) co_return *known;
  const std::string name = name_of(url, document, {});
  if (const auto found = makings_.find(name); found != makings_.end()) {
    const std::shared_ptr<Making> awaited = found->second;
    co_await awaited->done.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return *awaited->made;
  }
  const auto making = std::make_shared<Making>(co_await asio::this_coro::executor);
  makings_.emplace(name, making);
  making->made.emplace(co_await read_and_write(url, std::move(document), is_asked_for));
  makings_.erase(name);
  making->done.cancel();
  co_return *making->made;
}

asio::awaitable<Feeds::Made> Feeds::read_and_write(const std::string& url, Document document, bool is_asked_for) {
  Reading reading = co_await read(std::move(document));
  if (!reading) co_return unexpected(reading.error());
  if (is_asked_for) note_asked(url, reading->document, reading->gist);  // it is a version now, which is written of it
  co_return co_await write(url, std::move(*reading));
}

/// The feed as it was before this happened.
asio::awaitable<Feeds::Answer> Feeds::get_last(const std::string& url, ServiceError failure) {
  if (Watched* watched = find(url)) watched->record.schedule.asked_ms = now_ms();
  const auto versions = cache_.versions(url);
  if (!may_come_back(failure) || versions.empty()) co_return unexpected(std::move(failure));
  auto last = co_await read_version(url, versions.front(), failure);
  co_return last ? std::move(last) : unexpected(std::move(failure));
}

asio::awaitable<Feeds::Answer> Feeds::get_version(std::string url, std::string hash) {
  const auto versions = cache_.versions(url);
  const auto found = std::ranges::find(versions, hash, &Version::hash);
  if (found == versions.end()) {
    co_return unexpected(
        ServiceError{404, "no_such_version", "This version of the feed is not kept here. _skypod.versions has those."});
  }
  co_return co_await read_version(url, *found, std::nullopt);
}

asio::awaitable<Feeds::Answer> Feeds::read_version(const std::string& url, Version version,
                                                   std::optional<ServiceError> failure) {
  Document document{.answer = {.status = 200,
                               .fields = {{"Content-Type", version.type}},
                               .body = co_await cache_.body_of(version),
                               .received_s = version.received_s,
                               .is_stale = failure.has_value(),
                               .hash = version.hash,
                               .failure = std::move(failure)},
                    .url = version.url};
  if (!document.answer.body) {
    co_return unexpected(
        ServiceError{404, "no_such_version", "The stored copy is damaged and was dropped. Ask for the feed itself."});
  }
  const Made made = co_await make(url, std::move(document), false);
  if (!made) co_return unexpected(made.error());
  co_return made->feed;
}

/// Reads on the pool.
asio::awaitable<Feeds::Reading> Feeds::read(Document document) {
  ++counts_.reads;
  const auto work = [&document]() -> asio::awaitable<Reading> {
    auto feed = parse_feed(document.octets(), document.type(), document.url);
    if (!feed) co_return unexpected(feed.error());
    Gist gist{.meaning = meaning_of(*feed),
              .said_ms = said_ms(document, *feed),
              .hub = hub_of(document.answer.fields, *feed, document.url)};
    add_origin(*feed, document);
    reader::finish_feed(*feed);
    co_return Read{std::move(document), std::move(*feed), std::move(gist)};
  };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

/// Writes on the pool what is answered, and keeps it at hand if its document is stored.
asio::awaitable<Feeds::Written> Feeds::write(const std::string& url, Read read) {
  const auto versions = cache_.versions(url);
  const auto work = [&read, &versions]() -> asio::awaitable<WrittenFeed> {
    wire::Json& ours = read.feed["_skypod"];
    wire::Json others = others_of(versions, read.gist.meaning);
    if (!others.empty()) ours["versions"] = std::move(others);
    const auto json = std::make_shared<const std::string>(wire::to_json(read.feed));
    co_return WrittenFeed{.json = json,
                          .packed = gzip_if_worth(*json),
                          .hash = ours["hash"].get<std::string>(),
                          .has_problem = ours.contains("problem")};
  };
  Written written{co_await asio::co_spawn(pool_, work, asio::use_awaitable), std::move(read.gist)};
  if (!read.document.answer.hash.empty()) {
    const std::size_t packed = written.feed.packed ? written.feed.packed->size() : 0;
    written_.put(name_of(url, read.document, versions), written, written.feed.json->size() + packed);
  }
  co_return written;
}

Feeds::Watched* Feeds::find(const std::string& url) {
  const auto found = records_.find(url);
  return found == records_.end() ? nullptr : &found->second;
}

/// A member has read it. What may not be stored is not watched either.
void Feeds::note_asked(const std::string& url, const Document& document, const Gist& gist) {
  const CacheAnswer& answer = document.answer;
  if (answer.hash.empty()) return;
  const bool is_new = !records_.contains(url);
  Watched& watched = records_[url];
  if (is_new) {
    watched.record.url = url;
    watched.chance = any_chance();
  }
  watched.record.schedule.asked_ms = now_ms();
  const bool is_later = answer.received_s * second_ms > watched.record.schedule.looked_ms;
  if (!answer.is_stale && (is_later || answer.hash != watched.record.hash)) {
    note_read(watched, document, gist);
  } else if (is_new) {
    arrange(watched);
  } else {
    return;
  }
  make_room();
  look_at_due();
}

/// What its origin answered just now.
void Feeds::note_read(Watched& watched, const Document& document, const Gist& gist) {
  FeedRecord& record = watched.record;
  const CacheAnswer& answer = document.answer;
  const bool has_changed = record.meaning != gist.meaning;
  note_found(record.schedule, has_changed, gist.said_ms, now_ms(), options_.schedule);
  record.hash = answer.hash;
  record.meaning = gist.meaning;
  if (has_changed) ++counts_.changes;
  cache_.keep_version(record.url, {.hash = answer.hash,
                                   .octets = answer.octets.value_or(0),
                                   .received_s = answer.received_s,
                                   .type = document.type(),
                                   .url = document.url,
                                   .meaning = gist.meaning});
  use_hub(watched, gist.hub);
  arrange(watched);
}

/// Looks at what is due, as many at once as there may be, and sets the timer for the next.
void Feeds::look_at_due() {
  if (!timer_) return;
  while (looks_ < options_.looks_max && !queue_.empty() && queue_.begin()->first <= now_ms()) {
    const std::string url = queue_.begin()->second;
    Watched& watched = records_.at(url);
    set_due(watched, std::nullopt);
    watched.is_looked_at = true;
    ++looks_;
    asio::co_spawn(timer_->get_executor(), look(url), asio::detached);
  }
  if (queue_.empty() || looks_ >= options_.looks_max) return;
  timer_->expires_after(std::chrono::milliseconds(queue_.begin()->first - now_ms()));
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) look_at_due();
  });
}

/// Does what is due: a look at the feed, a word with its hub.
asio::awaitable<void> Feeds::look(std::string url) {
  Watched& watched = records_.at(url);
  if (look_ms(watched).value_or(now_ms() + 1) <= now_ms()) co_await look_at(watched);
  std::optional<Subscription>& subscription = watched.record.subscription;
  if (subscription && renewal_ms(*subscription) <= now_ms()) {
    subscription->asked_ms = now_ms();
    ++counts_.hubs_asked;
    const Subscription asked = *subscription;
    co_await ask_hub(asked);
  }
  watched.is_looked_at = false;
  --looks_;
  arrange(watched);
  look_at_due();
}

asio::awaitable<void> Feeds::look_at(Watched& watched) {
  ++counts_.looks;
  watched.told_ms.reset();
  watched.chance = any_chance();
  auto found = co_await find_document(
      cache_, {.url = watched.record.url, .accept = FetchOptions().accept, .member = {}, .is_renewed = true});
  if (!found || found->answer.status != 200) {
    note_unread(watched, found);
    co_return;
  }
  const Reading reading = co_await read(*found);
  if (reading && !reading->document.answer.hash.empty()) {
    note_read(watched, reading->document, reading->gist);
  } else {
    note_unread(watched, found);
  }
}

/// It could not be had, is no feed any more, or may no longer be stored.
void Feeds::note_unread(Watched& watched, const Result<Document, ServiceError>& found) {
  ++counts_.failures;
  constexpr int gone = 410;
  watched.is_gone = found && found->answer.status == gone;
  note_failure(watched.record.schedule, found ? retry_ms(found->answer.fields) : 0, now_ms());
}

/// Sends the subscription to the hub, which will ask back.
asio::awaitable<void> Feeds::ask_hub(Subscription asked) {
  const std::string form = form_of(asked, options_.public_url + std::string(hub_path) + asked.id);
  std::string url = asked.link.hub;
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    const auto answer = co_await ask_origin(fetcher_, {.url = url, .fields = {}, .form = form});
    const bool is_moved = answer && (answer->status == 307 || answer->status == 308);
    if (!is_moved) co_return;
    url = feed::resolve_url(url, field(answer->fields, "Location").value_or(""));
  }
}

/// The feed names this hub, or none.
void Feeds::use_hub(Watched& watched, std::optional<HubLink> link) {
  std::optional<Subscription>& subscription = watched.record.subscription;
  if (options_.public_url.empty()) link.reset();
  if (subscription && link == subscription->link) return;
  drop_hub(watched);
  if (!link) return;
  subscription = subscription_to(std::move(*link));
  by_id_[subscription->id] = watched.record.url;
}

void Feeds::drop_hub(Watched& watched) {
  if (!watched.record.subscription) return;
  by_id_.erase(watched.record.subscription->id);
  watched.record.subscription.reset();
}

bool Feeds::answer_hub(std::string_view id, const HubQuestion& question) {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end()) return false;
  Watched& watched = records_.at(found->second);
  const bool is_right = confirm(*watched.record.subscription, question, now_ms());
  const bool is_looked_at = watched.is_looked_at;
  if (is_right) arrange(watched);
  if (is_right && is_looked_at) keep(watched.record);  // now: the hub will not ask again
  look_at_due();
  return is_right;
}

void Feeds::take_news(std::string_view id, std::string_view signature, std::string_view body) {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end()) return;
  Watched& watched = records_.at(found->second);
  if (!is_genuine(*watched.record.subscription, signature, body)) {
    ++counts_.forged;
    return;
  }
  ++counts_.told;
  watched.told_ms = std::max(now_ms(), watched.record.schedule.looked_ms + options_.told_least_ms);
  arrange(watched);
  look_at_due();
}

std::size_t Feeds::subscriptions() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(records_, [](const auto& one) { return one.second.record.schedule.is_told; }));
}

/// When to look at its origin; nothing if nobody wants it any more.
std::optional<std::int64_t> Feeds::look_ms(const Watched& watched) const {
  const auto scheduled =
      watched.is_gone ? std::nullopt : server::due_ms(watched.record.schedule, watched.chance, options_.schedule);
  return scheduled && watched.told_ms ? std::min(*scheduled, *watched.told_ms) : scheduled;
}

/// Puts it where it belongs in the queue; forgets it if it belongs nowhere.
void Feeds::arrange(Watched& watched) {
  FeedRecord& record = watched.record;
  record.schedule.is_told = record.subscription && record.subscription->until_ms > now_ms();
  if (watched.is_looked_at) return;  // look() comes back here
  const auto look = look_ms(watched);
  if (!look) return forget(record.url);
  const bool has_hub = record.subscription && !options_.public_url.empty();
  set_due(watched, has_hub ? std::min(*look, renewal_ms(*record.subscription)) : *look);
  keep(record);
}

void Feeds::keep(const FeedRecord& record) {
  on_disk([record](FeedStore& store) { store.record(record); });
}

void Feeds::set_due(Watched& watched, std::optional<std::int64_t> due_ms) {
  if (watched.due_ms) queue_.erase({*watched.due_ms, watched.record.url});
  watched.due_ms = due_ms;
  if (due_ms) queue_.emplace(*due_ms, watched.record.url);
}

void Feeds::make_room() {
  while (records_.size() > options_.feeds_max) {
    const auto oldest = std::ranges::min_element(records_, {}, [](const auto& one) {
      return std::pair(one.second.is_looked_at, one.second.record.schedule.asked_ms);
    });
    if (oldest->second.is_looked_at) return;
    forget(oldest->first);
  }
}

void Feeds::forget(std::string url) {
  Watched& watched = records_.at(url);
  set_due(watched, std::nullopt);
  drop_hub(watched);
  on_disk([url](FeedStore& store) { store.forget(url); });
  records_.erase(url);
}

/// In the order in which it is asked for.
void Feeds::on_disk(std::move_only_function<void(FeedStore&)> work) {
  asio::post(disk_, [store = store_.get(), work = std::move(work)]() mutable { work(*store); });
}

}  // namespace skypod::server
