#include "server/proxy/cache.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "server/proxy/crossing.hpp"
#include "server/proxy/origin.hpp"
#include "server/proxy/range.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr const char* damaged = "cache_damaged";

std::int64_t now_s() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
}

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  return lower(url.substr(begin, url.find_first_of("/?#", begin) - begin));
}

/// Whether others may wait for the answer to this one.
bool is_plain(const CacheRequest& request) {
  return !request.is_head && !field(request.fields, "Authorization") && !field(request.fields, "Range") &&
         !directives_of(request.fields).contains("no-store");
}

}  // namespace

Cache::Cache(std::unique_ptr<Shelf> shelf, CacheOptions options, Fetcher& fetcher, asio::thread_pool& pool)
    : shelf_(std::move(shelf)),
      options_(options),
      fetcher_(fetcher),
      pool_(pool),
      disk_(asio::make_strand(pool)),
      history_(options.versions_per_feed_max, options.version_octets_max),
      hand_(options.memory_octets_max) {
  OnShelf kept = shelf_->load();
  for (OfFeed& one : kept.versions) {
    hold(one.version.hash, one.version.octets);
    forget(history_.add(std::move(one)));
  }
  for (Shelved& one : kept.answers) keep(one.url, std::move(one.stored), nullptr);
}

Cache::Entry* Cache::find(const std::string& url, const HttpFields& request) {
  const auto found = by_url_.find(url);
  if (found == by_url_.end()) return nullptr;
  Entry* best = nullptr;
  for (const auto& place : found->second) {
    const bool is_later = best == nullptr || place->stored.received_s >= best->stored.received_s;
    if (is_later && is_selected(place->stored, request)) best = &*place;
  }
  return best;
}

asio::awaitable<Cache::Answer> Cache::get(CacheRequest request) {
  const std::int64_t arrived_s = now_s();
  bool has_waited = false;
  for (;;) {
    Entry* entry = find(request.url, request.fields);
    const bool is_new = has_waited && entry != nullptr && entry->stored.received_s >= arrived_s;
    const Use use_now = entry == nullptr ? Use::validate : use_of(entry->stored, request.fields, now_s());
    if (is_new || use_now != Use::validate) {
      use(*entry);
      const bool is_stale = age_of(entry->stored, now_s()) >= lifetime_of(entry->stored) && !is_new;
      ++(is_stale ? counts_.stale_hits : counts_.hits);
      const Stored stored = entry->stored;
      const auto executor = co_await asio::this_coro::executor;
      auto flight = use_now == Use::serve_and_renew && !is_new ? begin(request.url, executor) : nullptr;
      if (flight) asio::co_spawn(executor, renew(request, std::move(flight)), asio::detached);
      Answer answer = co_await serve(request, stored, is_stale);
      if (answer || answer.error().code != damaged) co_return answer;
      continue;  // it is dropped now: fetch it again
    }
    if (wants_only_stored(request.fields)) {
      co_return unexpected(
          ServiceError{504, "not_stored", "The document is not in the cache, and nothing else was asked for."});
    }
    const auto flight = flights_.find(request.url);
    if (flight == flights_.end() || has_waited || !is_plain(request)) break;
    const std::shared_ptr<Flight> awaited = flight->second;
    co_await awaited->done.async_wait(asio::as_tuple(asio::use_awaitable));
    if (awaited->failure) co_return co_await serve_failed(request, 0, *awaited->failure);
    has_waited = true;
  }
  ++counts_.misses;
  auto flight = is_plain(request) ? begin(request.url, co_await asio::this_coro::executor) : nullptr;
  co_return co_await ask(std::move(request), std::move(flight));
}

/// Makes it the most recently used.
void Cache::use(Entry& entry) {
  for (const auto& place : by_url_.at(entry.url)) {
    if (&*place == &entry) line_.splice(line_.end(), line_, place);
  }
}

std::shared_ptr<Cache::Flight> Cache::begin(const std::string& url, const asio::any_io_executor& executor) {
  if (flights_.contains(url)) return nullptr;
  return flights_[url] = std::make_shared<Flight>(executor);
}

void Cache::end(const std::string& url, const std::shared_ptr<Flight>& flight) {
  if (!flight) return;
  flights_.erase(url);
  flight->done.cancel();
}

/// Validates in the background.
asio::awaitable<void> Cache::renew(CacheRequest request, std::shared_ptr<Flight> flight) {
  remove_field(request.fields, "Cache-Control");
  co_await ask(std::move(request), std::move(flight));
}

asio::awaitable<Cache::Answer> Cache::ask(CacheRequest request, std::shared_ptr<Flight> flight) {
  const Turn turn{.host = host_of(request.url), .member = request.member};
  if (auto crowded = crowd_before(turn)) {
    end(request.url, flight);
    ++counts_.refused;
    co_return unexpected(std::move(*crowded));
  }
  co_await take_turn(turn);
  OriginRequest upstream{.url = request.url,
                         .is_head = request.is_head,
                         .is_unpacked = !field(request.fields, "Accept-Encoding"),
                         .fields = upward(request.fields)};
  const OriginRequest unconditional = upstream;
  const Entry* entry = find(request.url, request.fields);
  bool is_conditional = entry != nullptr && has_validator(entry->stored) && !field(request.fields, "Range");
  if (is_conditional) add_condition(upstream.fields, entry->stored);
  Fetched fetched = co_await fetch(std::move(upstream), request.fields);
  if (is_conditional && is_about_another(request, fetched)) {  // section 4.3.3: ask as if nothing were stored
    is_conditional = false;
    fetched = co_await fetch(unconditional, request.fields);
  }
  give_turn(turn);
  if (flight && !fetched.answer) flight->failure = service_error(fetched.answer.error());
  Answer answer = co_await settle(request, std::move(fetched), is_conditional);
  end(request.url, flight);
  co_return answer;
}

bool Cache::is_free(const Turn& turn) const {
  const auto busy = busy_hosts_.find(turn.host);
  const auto share = shares_.find(turn.member);
  const bool is_host_free = busy == busy_hosts_.end() || busy->second < options_.fetches_per_host_max;
  const bool has_share =
      turn.member.empty() || share == shares_.end() || share->second.fetches < options_.fetches_per_member_max;
  return fetches_ < options_.fetches_max && is_host_free && has_share;
}

/// Why this one may not even wait; nothing if it may.
std::optional<ServiceError> Cache::crowd_before(const Turn& turn) const {
  const auto share = shares_.find(turn.member);
  if (share != shares_.end() && share->second.requests >= options_.requests_per_member_max) {
    return ServiceError{429, "too_many_fetches",
                        "Too many documents are being fetched for this device. Wait until some of them are there."};
  }
  if (is_free(turn) || waiting_ < options_.waiting_max) return std::nullopt;
  return ServiceError{503, "busy", "Too many documents are being fetched. Try again in a few seconds."};
}

/// Waits until another request may go to this host for this member.
asio::awaitable<void> Cache::take_turn(const Turn& turn) {
  if (!turn.member.empty()) ++shares_[turn.member].requests;
  ++waiting_;
  while (!is_free(turn)) {
    if (!freed_) {
      const auto executor = co_await asio::this_coro::executor;
      freed_ = std::make_unique<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
    }
    co_await freed_->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  --waiting_;
  ++fetches_;
  ++busy_hosts_[turn.host];
  if (!turn.member.empty()) ++shares_[turn.member].fetches;
}

void Cache::give_turn(const Turn& turn) {
  --fetches_;
  if (--busy_hosts_[turn.host] == 0) busy_hosts_.erase(turn.host);
  if (const auto share = shares_.find(turn.member); share != shares_.end()) {
    --share->second.fetches;
    if (--share->second.requests == 0) shares_.erase(share);
  }
  if (freed_) freed_->cancel();
}

/// The request, and the body's way to the disk.
asio::awaitable<Cache::Fetched> Cache::fetch(OriginRequest request, const HttpFields& asked_with) {
  Fetched fetched{.answer = unexpected(FetchError{}), .hash = "", .requested_s = now_s()};
  const bool is_head = request.is_head;
  fetched.answer = co_await ask_origin(fetcher_, std::move(request));
  fetched.received_s = now_s();
  const bool is_kept =
      fetched.answer && !is_head && may_store(asked_with, fetched.answer->status, fetched.answer->fields);
  if (!is_kept) co_return fetched;
  const auto work = [this, &fetched]() -> asio::awaitable<std::string> { co_return shelf_->put(fetched.answer->body); };
  fetched.hash = co_await asio::co_spawn(pool_, work, asio::use_awaitable);
  co_return fetched;
}

/// Whether the origin confirmed something else than what is stored, or that is gone meanwhile.
bool Cache::is_about_another(const CacheRequest& request, const Fetched& fetched) {
  if (!fetched.answer || fetched.answer->status != 304) return false;
  const Entry* entry = find(request.url, request.fields);
  return entry == nullptr || !is_confirmed(entry->stored, fetched.answer->fields);
}

/// What becomes of what the origin said.
asio::awaitable<Cache::Answer> Cache::settle(const CacheRequest& request, Fetched fetched, bool is_conditional) {
  Entry* entry = find(request.url, request.fields);
  const int status = fetched.answer ? fetched.answer->status : 0;
  if (status == 0 || status >= 500) ++counts_.failures;
  if (!fetched.answer) co_return co_await serve_failed(request, 0, service_error(fetched.answer.error()));
  if (entry != nullptr && status >= 500 && may_serve_after_failure(entry->stored, request.fields, status, now_s())) {
    co_return co_await serve_failed(request, status, upstream_error(status));
  }
  OriginAnswer& answer = *fetched.answer;
  if (status == 304 && is_conditional && entry != nullptr) {
    ++counts_.validated;
    freshen(entry->stored, answer.fields, fetched.requested_s, fetched.received_s);
    Stored stored = entry->stored;
    if (may_store(request.fields, stored.status, stored.fields)) {
      on_disk([url = entry->url, stored](Shelf& shelf) { shelf.record(url, stored); });
      co_return co_await serve(request, std::move(stored), false);
    }
    Answer last = co_await serve(request, std::move(stored), false);
    drop(find(request.url, request.fields));
    co_return last;
  }
  Stored stored{.status = status,
                .fields = lasting(answer.fields),
                .vary = vary_of(request.fields, answer.fields),
                .requested_s = fetched.requested_s,
                .received_s = fetched.received_s,
                .body = fetched.hash,
                .body_octets = answer.body.size()};
  const std::optional<std::size_t> length = content_length(answer.fields);
  const auto body = std::make_shared<const std::string>(std::move(answer.body));
  if (!fetched.hash.empty()) {
    on_disk([url = request.url, stored](Shelf& shelf) { shelf.record(url, stored); });
    keep(request.url, stored, body);
    shelf_->unpin(fetched.hash);
    co_return co_await serve(request, std::move(stored), false);
  }
  const bool replaces =
      entry != nullptr && !request.is_head && status >= 200 && status < 400 && status != 304 && status != 206;
  if (replaces) drop(entry);
  co_return CacheAnswer{.status = status,
                        .fields = std::move(stored.fields),
                        .body = request.is_head || status == 304 ? nullptr : body,
                        .octets = request.is_head ? length : body->size(),
                        .received_s = fetched.received_s};
}

/// What is stored, although its origin failed with this status, or 0 if it did not answer at all; else the failure.
asio::awaitable<Cache::Answer> Cache::serve_failed(const CacheRequest& request, int status, ServiceError failure) {
  const Entry* entry = find(request.url, request.fields);
  if (entry == nullptr || !may_serve_after_failure(entry->stored, request.fields, status, now_s())) {
    co_return unexpected(std::move(failure));
  }
  Answer stale = co_await serve(request, entry->stored, true);
  if (stale) stale->failure = std::move(failure);
  co_return stale;
}

/// A stored answer, as this request wants it: whole, in part, or not at all because the client has it.
asio::awaitable<Cache::Answer> Cache::serve(const CacheRequest& request, Stored stored, bool is_stale) {
  CacheAnswer answer;
  answer.status = stored.status;
  answer.fields = stored.fields;
  answer.octets = stored.body_octets;
  answer.received_s = stored.received_s;
  answer.is_stale = is_stale;
  answer.hash = stored.body;
  remove_field(answer.fields, "Age");
  answer.fields.emplace_back("Age", std::to_string(age_of(stored, now_s())));
  if (is_known_to_client(stored, request.fields)) {
    answer.status = 304;
    co_return answer;
  }
  if (request.is_head) co_return answer;
  answer.body = co_await read_body(stored.body);
  if (!answer.body) {
    co_return unexpected(ServiceError{502, damaged, "The stored copy is damaged and was dropped. Try again."});
  }
  take_range(answer, stored, request.fields);
  co_return answer;
}

/// The body from memory, or else from the disk; null if it is no longer whole, and then nothing that has it is kept.
asio::awaitable<Body> Cache::read_body(const std::string& wanted) {
  const std::string hash = wanted;
  if (const Body* at_hand = hand_.find(hash)) co_return *at_hand;
  const auto work = [this, &hash]() -> asio::awaitable<Body> { co_return shelf_->read(hash); };
  Body body = co_await asio::co_spawn(pool_, work, asio::use_awaitable);
  if (body) {
    hand_.put(hash, body, body->size());
    co_return body;
  }
  for (auto entry = line_.begin(); entry != line_.end();) {
    const auto next = std::next(entry);
    if (entry->stored.body == hash) drop(entry);
    entry = next;
  }
  forget(history_.take_all(hash));
  co_return nullptr;
}

void Cache::keep_version(const std::string& feed, Version version) {
  const bool is_stored = uses_.contains(version.hash);
  if (!is_stored || !history_.is_news(feed, version)) return;
  hold(version.hash, version.octets);
  OfFeed added{feed, std::move(version)};
  on_disk([added](Shelf& shelf) { shelf.record(added); });
  forget(history_.add(std::move(added)));
  make_room();
}

/// These versions are no longer kept.
void Cache::forget(const std::vector<OfFeed>& versions) {
  for (const OfFeed& one : versions) {
    const auto kept = history_.of(one.feed);
    const bool is_there = std::ranges::find(kept, one.version.hash, &Version::hash) != kept.end();
    if (!is_there) on_disk([one](Shelf& shelf) { shelf.forget(one); });
    release(one.version.hash, one.version.octets);
  }
}

/// Keeps an answer in place of an earlier one to the same request.
void Cache::keep(const std::string& url, Stored stored, Body body) {
  auto& variants = by_url_[url];
  const auto same = std::ranges::find_if(variants, [&](const auto& one) { return one->stored.vary == stored.vary; });
  hold(stored.body, stored.body_octets);
  if (body) hand_.put(stored.body, body, body->size());
  const auto place = line_.insert(line_.end(), Entry{url, std::move(stored)});
  if (same != variants.end()) {
    const auto old = std::exchange(*same, place);
    release(old->stored.body, old->stored.body_octets);
    line_.erase(old);
  } else {
    variants.push_back(place);
    if (variants.size() > options_.answers_per_url_max) drop(variants.front());
  }
  make_room();
}

void Cache::drop(const Entry* entry) {
  drop(std::ranges::find_if(line_, [entry](const Entry& one) { return &one == entry; }));
}

void Cache::drop(Line::iterator entry) {
  if (entry == line_.end()) return;
  auto& variants = by_url_.at(entry->url);
  std::erase(variants, entry);
  if (variants.empty()) by_url_.erase(entry->url);
  on_disk([url = entry->url, stored = entry->stored](Shelf& shelf) { shelf.forget(url, stored); });
  release(entry->stored.body, entry->stored.body_octets);
  line_.erase(entry);
}

/// One answer or version more has this body.
void Cache::hold(const std::string& hash, std::size_t octets) {
  if (uses_[hash]++ == 0) disk_octets_ += octets;
}

/// One less has it.
void Cache::release(const std::string& hash, std::size_t octets) {
  const auto found = uses_.find(hash);
  if (--found->second > 0) return;
  uses_.erase(found);
  disk_octets_ -= octets;
  on_disk([hash](Shelf& shelf) { shelf.remove(hash); });
}

/// What was goes before what is.
void Cache::make_room() {
  while (disk_octets_ > options_.disk_octets_max && history_.size() > 0) forget(history_.take_oldest());
  while (line_.size() > 1 && (disk_octets_ > options_.disk_octets_max || line_.size() > options_.answers_max)) {
    ++counts_.evicted;
    drop(line_.begin());
  }
}

/// In the order in which it is asked for.
void Cache::on_disk(std::move_only_function<void(Shelf&)> work) {
  asio::post(disk_, [shelf = shelf_.get(), work = std::move(work)]() mutable { work(*shelf); });
}

}  // namespace skypod::server
