#include "server/proxy_routes.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <utility>

#include "core/feed/html_text.hpp"
#include "native/charset.hpp"
#include "native/gzip.hpp"
#include "native/jose.hpp"
#include "reader/article.hpp"
#include "server/discovery.hpp"
#include "server/hub.hpp"
#include "server/media.hpp"
#include "server/proxy/crossing.hpp"
#include "server/proxy/document.hpp"
#include "server/target.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t pictures_waiting_max = 200;
constexpr std::size_t flows_max = 100;
constexpr std::size_t flows_per_member_max = 10;
constexpr std::size_t challenge_octets_max = 1'024;
constexpr std::size_t usual_body_octets_max = 64 * 1024;
constexpr const char* accept_page = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5";
constexpr const char* accept_picture = "image/webp, image/png, image/jpeg, image/gif;q=0.9, */*;q=0.1";
constexpr const char* ask_again = "private, no-cache";
constexpr const char* for_a_day = "private, max-age=86400";

Reply refusal(const ServiceError& error) {
  return error_reply(error.status, error.code, error.message);
}

std::string tag_of(std::string_view octets) {
  return "\"" + to_hex(sha256(octets)).substr(0, 32) + "\"";
}

/// Something that was made of a document, with a tag of its own octets.
Reply made_reply(const wire::Json& made) {
  Reply reply = json_reply(200, made);
  reply.cache_control = ask_again;
  reply.etag = tag_of(*reply.body);
  return reply;
}

Reply feed_reply(const WrittenFeed& feed) {
  Reply reply;
  reply.content_type = "application/feed+json";
  reply.cache_control = ask_again;
  reply.body = feed.json;
  // Weak: the hash is of the feed's own octets, while the answer also says when it was fetched. And none for a problem,
  // which a 304 would not tell.
  if (!feed.has_problem) reply.etag = "W/\"" + feed.hash + "\"";
  return reply;
}

/// Whether it may be a web page, by what its origin says of it.
bool is_page(std::string_view type) {
  const std::string name = feed::to_lower(feed::trim(type.substr(0, type.find(';'))));
  return name.empty() || name.starts_with("text/") || name == "application/xhtml+xml" || name == "application/xml";
}

Reply article_reply(const Document& document, bool with_text) {
  const std::string type = document.type();
  if (!is_page(type)) {
    return error_reply(422, "not_a_page", "There is no web page at this address. Open it as it is instead.");
  }
  const std::string page = to_utf8(document.octets(), charset_of(type));
  wire::Json json = reader::to_json(reader::read_article(page, document.url));
  if (!with_text) json.erase("text");
  json["url"] = document.url;
  return made_reply(json);
}

/// The document that a request is about: what its parameter names, or a file that is kept here by its own path.
std::string document_of(std::string_view target) {
  const std::string_view path = path_of(target);
  return AudioRoutes::is_file(path) ? std::string(path) : parameter_of(target, "url").value_or("");
}

/// The token that a request has, in its header or else in its address.
Pass pass_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string header = field(request.fields, "Authorization").value_or("");
  const bool is_bearer = header.starts_with(scheme) && wire::looks_like_token(header.substr(scheme.size()));
  if (is_bearer) return {.token = header.substr(scheme.size()), .url = "", .is_in_url = false};
  return {.token = parameter_of(request.target, "token").value_or(""),
          .url = document_of(request.target),
          .is_in_url = true};
}

Reply raw_reply(CacheAnswer answer) {
  Reply reply;
  reply.status = answer.status;
  reply.cache_control = "";
  reply.fields = downward(answer.fields);
  reply.is_foreign = true;
  reply.content_length = answer.octets;
  reply.has_length = answer.octets.has_value();
  reply.body = std::move(answer.body);
  return reply;
}

/// The width that the parameter w names, if it is one of those there are.
std::optional<int> width_of(std::string_view target) {
  const std::string text = parameter_of(target, "w").value_or("");
  int width = 0;
  std::from_chars(text.data(), text.data() + text.size(), width);
  const bool is_known = std::ranges::find(picture_widths, width) != picture_widths.end();
  return is_known && text == std::to_string(width) ? std::optional(width) : std::nullopt;
}

Reply image_reply(const Pictures::Thumbnail& thumbnail, pictures::Type type) {
  Reply reply;
  reply.content_type = type == pictures::Type::webp ? "image/webp" : "image/jpeg";
  reply.cache_control = for_a_day;
  reply.etag = tag_of(*thumbnail);
  reply.fields = {{"Vary", "Accept"}};
  reply.is_foreign = true;
  reply.body = thumbnail;
  return reply;
}

/// Counts as a flow of this member while it is there.
class FlowPlace {
 public:
  FlowPlace(std::shared_ptr<FlowCounts> counts, std::string member)
      : counts_(std::move(counts)), member_(std::move(member)) {
    ++counts_->all;
    ++counts_->by_member[member_];
  }
  FlowPlace(const FlowPlace&) = delete;
  FlowPlace& operator=(const FlowPlace&) = delete;
  ~FlowPlace() {
    --counts_->all;
    if (--counts_->by_member[member_] == 0) counts_->by_member.erase(member_);
  }

 private:
  std::shared_ptr<FlowCounts> counts_;
  std::string member_;
};

/// A flow that has its place.
class PlacedFlow final : public Flow {
 public:
  PlacedFlow(std::shared_ptr<Flow> flow, std::unique_ptr<FlowPlace> place)
      : flow_(std::move(flow)), place_(std::move(place)) {}
  asio::awaitable<std::optional<std::string>> next() override { return flow_->next(); }

 private:
  std::shared_ptr<Flow> flow_;
  std::unique_ptr<FlowPlace> place_;
};

/// Why this member may have no more media passed on; nothing if it may.
std::optional<ServiceError> crowd_before(const FlowCounts& flows, const std::string& member) {
  if (flows.all >= flows_max) {
    return ServiceError{503, "busy", "Too many listen through this server. Try again later, or play it directly."};
  }
  const auto own = flows.by_member.find(member);
  if (member.empty() || own == flows.by_member.end() || own->second < flows_per_member_max) return std::nullopt;
  return ServiceError{429, "too_many_fetches",
                      "Too much is being passed on for this device. Stop something, or play it directly."};
}

}  // namespace

ProxyRoutes::ProxyRoutes(Proxy proxy)
    : access_(std::move(proxy.access)),
      pictures_(std::move(proxy.pictures_program)),
      fetcher_(std::move(proxy.fetching)),
      cache_(std::move(proxy.shelf), proxy.options, fetcher_, pool_),
      feeds_(cache_, fetcher_, pool_, std::move(proxy.feed_store), std::move(proxy.feeds)),
      audio_(fetcher_, pool_, std::move(proxy.audio), {}) {}

ProxyRoutes::~ProxyRoutes() {
  picture_thread_.stop();
  pool_.stop();
  picture_thread_.join();
  pool_.join();
}

ProxyRoutes::Handler ProxyRoutes::find(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, Handler>, 7> handlers{{{"/api/feed", &ProxyRoutes::feed},
                                                                          {"/api/raw", &ProxyRoutes::raw},
                                                                          {"/api/article", &ProxyRoutes::article},
                                                                          {"/api/discover", &ProxyRoutes::discover},
                                                                          {"/api/image", &ProxyRoutes::image},
                                                                          {"/api/media", &ProxyRoutes::media},
                                                                          {"/api/audio", &ProxyRoutes::audio}}};
  if (AudioRoutes::is_file(path)) return &ProxyRoutes::kept_audio;
  const auto found = std::ranges::find(handlers, path, &std::pair<std::string_view, Handler>::first);
  return found == handlers.end() ? nullptr : found->second;
}

asio::awaitable<Reply> ProxyRoutes::answer(Request request) {
  if (const auto refused = co_await admit(request)) {
    Reply reply = refusal(*refused);
    if (refused->status == 401) reply.fields.emplace_back("WWW-Authenticate", "Bearer");
    co_return reply;
  }
  std::string url = document_of(request.target);
  if (url.empty()) {
    co_return error_reply(400, "bad_request", "Name the document in the parameter url, percent-encoded.");
  }
  const std::string_view known = request.if_none_match;
  Reply reply = co_await (this->*find(path_of(request.target)))(std::move(request), std::move(url));
  co_return unless_known(std::move(reply), known);
}

/// Why the request may not use the proxy; nothing if it may. Its token goes no further.
asio::awaitable<std::optional<ServiceError>> ProxyRoutes::admit(Request& request) {
  const Pass pass = pass_of(request);
  if (!pass.token.empty()) remove_field(request.fields, "Authorization");
  if (!access_) co_return std::nullopt;
  if (auto member = access_->known(pass, wall_clock())) {
    request.member = std::move(*member);
    co_return std::nullopt;
  }
  const auto work = [this, &pass]() -> asio::awaitable<Result<std::string, ServiceError>> {
    co_return access_->check(pass, wall_clock());
  };
  auto member = co_await asio::co_spawn(pool_, work, asio::use_awaitable);
  if (!member) co_return member.error();
  request.member = std::move(*member);
  co_return std::nullopt;
}

/// The feed, or the version of it that is named.
asio::awaitable<Reply> ProxyRoutes::feed(Request request, std::string url) {
  auto version = parameter_of(request.target, "version");
  const auto feed = version ? co_await feeds_.get_version(std::move(url), std::move(*version))
                            : co_await feeds_.get(std::move(url), std::move(request.member));
  co_return feed ? in_coding(feed_reply(*feed), feed->packed, request.accept_encoding) : refusal(feed.error());
}

/// The document as its origin sent it.
asio::awaitable<Reply> ProxyRoutes::raw(Request request, std::string url) {
  auto answer = co_await cache_.get({.url = std::move(url),
                                     .member = std::move(request.member),
                                     .is_head = request.method == "HEAD",
                                     .fields = std::move(request.fields)});
  co_return answer ? raw_reply(std::move(*answer)) : refusal(answer.error());
}

asio::awaitable<Reply> ProxyRoutes::article(Request request, std::string url) {
  const bool with_text = parameter_of(request.target, "text") == "1";
  const auto found = co_await get_document(
      cache_, {.url = std::move(url), .accept = accept_page, .member = std::move(request.member)});
  if (!found) co_return refusal(found.error());
  const auto work = [&]() -> asio::awaitable<Reply> {
    Reply reply = article_reply(*found, with_text);
    auto packed = gzip_if_worth(*reply.body);
    co_return in_coding(std::move(reply), std::move(packed), request.accept_encoding);
  };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

asio::awaitable<Reply> ProxyRoutes::discover(Request request, std::string url) {
  const auto feeds = co_await discover_feeds(cache_, pool_, std::move(url), std::move(request.member));
  co_return feeds ? made_reply({{"feeds", reader::to_json(*feeds)}}) : refusal(feeds.error());
}

asio::awaitable<Reply> ProxyRoutes::media(Request request, std::string url) {
  if (const auto crowded = crowd_before(*flows_, request.member)) co_return refusal(*crowded);
  auto place = std::make_unique<FlowPlace>(flows_, request.member);
  auto reply = co_await pass_media(fetcher_, request, std::move(url));
  if (!reply) co_return refusal(reply.error());
  if (reply->flow) reply->flow = std::make_shared<PlacedFlow>(std::move(reply->flow), std::move(place));
  co_return std::move(*reply);
}

asio::awaitable<Reply> ProxyRoutes::audio(Request, std::string url) {
  co_return co_await audio_.map(std::move(url));
}

asio::awaitable<Reply> ProxyRoutes::kept_audio(Request request, std::string path) {
  co_return co_await audio_.file(std::move(request), std::move(path));
}

std::size_t ProxyRoutes::body_octets_max(std::string_view target) const {
  const std::string_view path = path_of(target);
  return is_hub(path) && feeds_.has_hub(path.substr(hub_path.size())) ? hub_body_octets_max : usual_body_octets_max;
}

Reply ProxyRoutes::answer_hub(const Request& request) {
  const std::string_view id = path_of(request.target).substr(hub_path.size());
  if (!feeds_.has_hub(id)) return error_reply(410, "no_subscription", "Nothing is wanted at this address any more.");
  if (request.method == "POST") {
    feeds_.take_news(id, field(request.fields, "X-Hub-Signature").value_or(""), request.body);
    return json_reply(202, wire::Json::object());
  }
  const auto said = [&request](std::string_view name) { return parameter_of(request.target, name).value_or(""); };
  const HubQuestion question{said("hub.mode"), said("hub.topic"), said("hub.lease_seconds")};
  const std::string challenge = said("hub.challenge");
  if (request.method != "GET" || challenge.size() > challenge_octets_max || !feeds_.answer_hub(id, question)) {
    return error_reply(404, "not_asked_for", "This subscription was not asked for.");
  }
  Reply reply;
  reply.content_type = "text/plain; charset=utf-8";
  reply.is_foreign = true;
  reply.body = std::make_shared<const std::string>(challenge);
  return reply;
}

void ProxyRoutes::measure(Metrics& metrics) const {
  const CacheCounts& cache = cache_.counts();
  metrics.counter("skypod_cache_hits_total", "Answers from the cache while they were fresh.", cache.hits);
  metrics.counter("skypod_cache_stale_hits_total", "Answers from the cache that were stale.", cache.stale_hits);
  metrics.counter("skypod_cache_misses_total", "Answers for which an origin was asked.", cache.misses);
  metrics.counter("skypod_cache_validated_total", "Stored answers that an origin confirmed.", cache.validated);
  metrics.counter("skypod_cache_failures_total", "Origins that failed or did not answer.", cache.failures);
  metrics.counter("skypod_cache_evicted_total", "Answers that had to make room.", cache.evicted);
  metrics.counter("skypod_cache_refused_total", "Requests refused because too much is being fetched.", cache.refused);
  metrics.gauge("skypod_cache_answers", "Answers that are stored.", cache_.answers());
  metrics.gauge("skypod_cache_disk_bytes", "What they and earlier versions take on the disk.", cache_.disk_octets());
  metrics.gauge("skypod_cache_version_bytes", "Of that, earlier versions of feeds.", cache_.history().octets());
  metrics.gauge("skypod_fetches", "Requests to origins that are under way.", cache_.fetches());
  metrics.gauge("skypod_fetches_waiting", "Requests that wait for their turn.", cache_.waiting());
  metrics.gauge("skypod_media_flows", "Media that are being passed on.", flows_->all);
  const FeedsCounts& feeds = feeds_.counts();
  metrics.counter("skypod_feed_reads_total", "Documents that were read as feeds.", feeds.reads);
  metrics.counter("skypod_feed_looks_total", "Feeds that were looked at because they were due.", feeds.looks);
  metrics.counter("skypod_feed_changes_total", "Feeds that were found to have something new.", feeds.changes);
  metrics.counter("skypod_feed_failures_total", "Looks at feeds that could not be had.", feeds.failures);
  metrics.counter("skypod_hub_requests_total", "Requests to hubs to tell of news.", feeds.hubs_asked);
  metrics.counter("skypod_hub_news_total", "Calls of hubs that were signed.", feeds.told);
  metrics.counter("skypod_hub_forged_total", "Calls of hubs without the right signature.", feeds.forged);
  metrics.gauge("skypod_feeds", "Feeds that are kept fresh.", feeds_.size());
  metrics.gauge("skypod_feed_written_bytes", "Of feeds that are in memory as they are answered.",
                feeds_.written_octets());
  metrics.gauge("skypod_hub_subscriptions", "Feeds whose hub tells of news.", feeds_.subscriptions());
}

asio::awaitable<Reply> ProxyRoutes::image(Request request, std::string url) {
  const auto width = width_of(request.target);
  if (!width) co_return error_reply(400, "bad_width", "Name the width in the parameter w: 64, 128, 256, 512 or 1024.");
  const bool takes_webp = field(request.fields, "Accept").value_or("").contains("image/webp");
  const auto type = takes_webp ? pictures::Type::webp : pictures::Type::jpeg;
  const auto found = co_await get_document(
      cache_, {.url = std::move(url), .accept = accept_picture, .member = std::move(request.member)});
  if (!found) co_return refusal(found.error());
  if (pictures_waiting_ >= pictures_waiting_max) {
    co_return error_reply(503, "busy", "Too many pictures are being made small. Try again in a few seconds.");
  }
  ++pictures_waiting_;
  const auto work = [&]() -> asio::awaitable<Result<Pictures::Thumbnail, ServiceError>> {
    const Pictures::Wanted wanted{to_hex(sha256(found->octets())), *width, type};
    co_return pictures_.shrink(wanted, found->octets());
  };
  const auto thumbnail = co_await asio::co_spawn(picture_thread_, work, asio::use_awaitable);
  --pictures_waiting_;
  co_return thumbnail ? image_reply(*thumbnail, type) : refusal(thumbnail.error());
}

}  // namespace skypod::server
