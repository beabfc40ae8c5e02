#include "server/proxy_routes.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <utility>

#include "core/feed/date.hpp"
#include "core/feed/html_text.hpp"
#include "native/charset.hpp"
#include "native/jose.hpp"
#include "reader/article.hpp"
#include "reader/feed_content.hpp"
#include "server/discovery.hpp"
#include "server/document.hpp"
#include "server/hub.hpp"
#include "server/media.hpp"
#include "server/target.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t pictures_waiting_max = 200;
constexpr std::size_t flows_max = 100;
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

Reply feed_reply(const Result<wire::Json, ServiceError>& feed) {
  if (!feed) return refusal(feed.error());
  Reply reply = json_reply(200, *feed);
  reply.content_type = "application/feed+json";
  reply.cache_control = ask_again;
  // Weak: the hash is of the feed's own octets, while the answer also says when it was fetched.
  reply.etag = "W/\"" + (*feed)["_skypod"]["hash"].get<std::string>() + "\"";
  return reply;
}

/// The document as a feed, with what is known of its way here.
Result<wire::Json, ServiceError> read_feed(const Document& document) {
  auto json = parse_feed(document.octets(), document.type(), document.url);
  if (!json) return json;
  wire::Json& ours = (*json)["_skypod"];
  ours["fetched_at"] = feed::format_date(document.answer.received_s * 1'000);
  if (const auto tag = field(document.answer.fields, "ETag")) ours["etag"] = *tag;
  if (const auto changed = field(document.answer.fields, "Last-Modified")) ours["last_modified"] = *changed;
  if (document.answer.is_stale) ours["stale"] = true;
  if (document.answer.failure) ours["problem"] = document.answer.failure->message;
  reader::finish_feed(*json);
  return json;
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

/// What another's answer may not do with our address: set its cookies, wipe its storage, change how it is reached.
bool is_dangerous(const std::pair<std::string, std::string>& one) {
  constexpr std::array<std::string_view, 12> names{"set-cookie",
                                                   "set-cookie2",
                                                   "clear-site-data",
                                                   "strict-transport-security",
                                                   "service-worker-allowed",
                                                   "alt-svc",
                                                   "public-key-pins",
                                                   "content-length",
                                                   "refresh",
                                                   "report-to",
                                                   "nel",
                                                   "sourcemap"};
  const std::string name = lower(one.first);
  return std::ranges::find(names, name) != names.end() || name.starts_with("access-control-");
}

Reply raw_reply(CacheAnswer answer) {
  Reply reply;
  reply.status = answer.status;
  reply.cache_control = "";
  reply.fields = std::move(answer.fields);
  std::erase_if(reply.fields, is_dangerous);
  reply.is_foreign = true;
  reply.content_length = answer.octets;
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

/// A flow that counts while it is there.
class CountedFlow final : public Flow {
 public:
  CountedFlow(std::shared_ptr<Flow> flow, std::shared_ptr<std::size_t> count)
      : flow_(std::move(flow)), count_(std::move(count)) {
    ++*count_;
  }
  ~CountedFlow() override { --*count_; }
  asio::awaitable<std::optional<std::string>> next() override { return flow_->next(); }

 private:
  std::shared_ptr<Flow> flow_;
  std::shared_ptr<std::size_t> count_;
};

}  // namespace

ProxyRoutes::ProxyRoutes(Proxy proxy)
    : access_(std::move(proxy.access)),
      pictures_(std::move(proxy.pictures_program)),
      fetcher_(std::move(proxy.fetching)),
      cache_(std::move(proxy.shelf), proxy.options, fetcher_, pool_),
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
  if (!access_ || access_->knows(pass, wall_clock())) co_return std::nullopt;
  const auto work = [this, &pass]() -> asio::awaitable<std::optional<ServiceError>> {
    co_return access_->check(pass, wall_clock());
  };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

asio::awaitable<Reply> ProxyRoutes::feed(Request, std::string url) {
  const auto found = co_await get_document(cache_, std::move(url), FetchOptions().accept);
  if (!found) co_return refusal(found.error());
  const auto work = [&found]() -> asio::awaitable<Reply> { co_return feed_reply(read_feed(*found)); };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

/// The document as its origin sent it.
asio::awaitable<Reply> ProxyRoutes::raw(Request request, std::string url) {
  auto answer = co_await cache_.get(
      {.url = std::move(url), .is_head = request.method == "HEAD", .fields = std::move(request.fields)});
  co_return answer ? raw_reply(std::move(*answer)) : refusal(answer.error());
}

asio::awaitable<Reply> ProxyRoutes::article(Request request, std::string url) {
  const bool with_text = parameter_of(request.target, "text") == "1";
  const auto found = co_await get_document(cache_, std::move(url), accept_page);
  if (!found) co_return refusal(found.error());
  const auto work = [&]() -> asio::awaitable<Reply> { co_return article_reply(*found, with_text); };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

asio::awaitable<Reply> ProxyRoutes::discover(Request, std::string url) {
  const auto feeds = co_await discover_feeds(cache_, pool_, std::move(url));
  co_return feeds ? made_reply({{"feeds", reader::to_json(*feeds)}}) : refusal(feeds.error());
}

asio::awaitable<Reply> ProxyRoutes::media(Request request, std::string url) {
  if (*flows_ >= flows_max) {
    co_return error_reply(503, "busy", "Too many listen through this server. Try again later, or play it directly.");
  }
  auto reply = co_await pass_media(fetcher_, request, std::move(url));
  if (!reply) co_return refusal(reply.error());
  if (reply->flow) reply->flow = std::make_shared<CountedFlow>(std::move(reply->flow), flows_);
  co_return std::move(*reply);
}

asio::awaitable<Reply> ProxyRoutes::audio(Request, std::string url) {
  co_return co_await audio_.map(std::move(url));
}

asio::awaitable<Reply> ProxyRoutes::kept_audio(Request request, std::string path) {
  co_return co_await audio_.file(std::move(request), std::move(path));
}

asio::awaitable<Reply> ProxyRoutes::image(Request request, std::string url) {
  const auto width = width_of(request.target);
  if (!width) co_return error_reply(400, "bad_width", "Name the width in the parameter w: 64, 128, 256, 512 or 1024.");
  const bool takes_webp = field(request.fields, "Accept").value_or("").contains("image/webp");
  const auto type = takes_webp ? pictures::Type::webp : pictures::Type::jpeg;
  const auto found = co_await get_document(cache_, std::move(url), accept_picture);
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
