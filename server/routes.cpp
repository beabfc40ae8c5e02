#include "server/routes.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/feed/date.hpp"
#include "core/feed/url.hpp"
#include "native/feed_loader.hpp"
#include "reader/feed_content.hpp"
#include "server/target.hpp"
#include "server/version.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr std::string_view not_built =
    "The web app has not been built. Run `make run` in skypod's source tree, or name its directory with --web.\n";

Reply unavailable() {
  Reply reply;
  reply.status = 503;
  reply.content_type = "text/plain; charset=utf-8";
  reply.body = std::make_shared<const std::string>(not_built);
  return reply;
}

/// 304 without a body if the client has this version already.
Reply unless_known(Reply reply, std::string_view if_none_match) {
  if (reply.status == 200 && matches(if_none_match, reply.etag)) {
    reply.status = 304;
    reply.body = nullptr;
  }
  return reply;
}

Reply refusal(const ServiceError& error) {
  return error_reply(error.status, error.code, error.message);
}

Reply feed_reply(const Result<wire::Json, ServiceError>& feed) {
  if (!feed) return refusal(feed.error());
  Reply reply = json_reply(200, *feed);
  reply.content_type = "application/feed+json";
  reply.cache_control = "private, no-cache";
  // Weak: the hash is of the feed's own octets, while the answer also says when it was fetched.
  reply.etag = "W/\"" + (*feed)["_skypod"]["hash"].get<std::string>() + "\"";
  return reply;
}

/// The document as a feed, with what is known of its way here.
Result<wire::Json, ServiceError> read_feed(const Document& document) {
  auto json =
      parse_feed(*document.answer.body, field(document.answer.fields, "Content-Type").value_or(""), document.url);
  if (!json) return json;
  wire::Json& ours = (*json)["_skypod"];
  ours["fetched_at"] = feed::format_date(document.answer.received_s * 1'000);
  if (const auto tag = field(document.answer.fields, "ETag")) ours["etag"] = *tag;
  if (const auto changed = field(document.answer.fields, "Last-Modified")) ours["last_modified"] = *changed;
  if (document.answer.is_stale) ours["stale"] = true;
  reader::finish_feed(*json);
  return json;
}

/// The token that a request has, in its header or else in its address.
Pass pass_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string header = field(request.fields, "Authorization").value_or("");
  const bool is_bearer = header.starts_with(scheme) && wire::looks_like_token(header.substr(scheme.size()));
  if (is_bearer) return {.token = header.substr(scheme.size()), .url = "", .is_in_url = false};
  return {.token = parameter_of(request.target, "token").value_or(""),
          .url = parameter_of(request.target, "url").value_or(""),
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

}  // namespace

asio::awaitable<Reply> Routes::answer(Request request) {
  if (request.method != "GET" && request.method != "HEAD") {
    Reply reply = error_reply(405, "method_not_allowed", "Only GET and HEAD are answered here.");
    reply.allow = "GET, HEAD";
    co_return reply;
  }
  const std::string_view path = path_of(request.target);
  if (path == "/healthz") {
    co_return health();
  }
  if (path == "/api/feed" || path == "/api/raw") {
    co_return co_await proxy(std::move(request));
  }
  if (path == realm_path) {
    co_return error_reply(426, "websocket_expected", "This is a WebSocket address: connect with ws:// or wss://.");
  }
  co_return unless_known(file(path), request.if_none_match);
}

/// The feed proxy's paths, for those who may.
asio::awaitable<Reply> Routes::proxy(Request request) {
  if (const auto refused = co_await admit(request)) {
    Reply reply = refusal(*refused);
    if (refused->status == 401) reply.fields.emplace_back("WWW-Authenticate", "Bearer");
    co_return reply;
  }
  if (path_of(request.target) == "/api/raw") {
    co_return co_await raw(std::move(request));
  }
  Reply reply = co_await feed(request.target);
  co_return unless_known(std::move(reply), request.if_none_match);
}

/// Why the request may not use the proxy; nothing if it may. Its token goes no further.
asio::awaitable<std::optional<ServiceError>> Routes::admit(Request& request) {
  const Pass pass = pass_of(request);
  if (!pass.token.empty()) remove_field(request.fields, "Authorization");
  if (!access_ || access_->knows(pass, wall_clock())) co_return std::nullopt;
  const auto work = [this, &pass]() -> asio::awaitable<std::optional<ServiceError>> {
    co_return access_->check(pass, wall_clock());
  };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

Reply Routes::health() const {
  return json_reply(200,
                    {{"status", "ok"}, {"version", version}, {"realms", hub_.realms()}, {"sockets", hub_.sockets()}});
}

Reply Routes::file(std::string_view path) const {
  if (const Reply* reply = site_.find(path)) {
    return *reply;
  }
  return path == "/" ? unavailable()
                     : error_reply(404, "not_found", "There is nothing at this address. Check its spelling.");
}

/// The document at the address, behind all redirects, each of which the cache may know.
asio::awaitable<Result<Document, ServiceError>> Routes::document(std::string url) {
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    CacheRequest request{.url = url, .fields = {{"Accept", FetchOptions().accept}}};
    auto answer = co_await cache_.get(std::move(request));
    if (!answer) co_return unexpected(answer.error());
    const auto location = field(answer->fields, "Location");
    if (answer->status < 300 || answer->status >= 400 || !location) co_return Document{std::move(*answer), url};
    url = feed::resolve_url(url, *location);
  }
  const FetchError error{FetchFailure::too_many_redirects};
  co_return unexpected(ServiceError{error.status(), std::string(error.code()), std::string(error.sentence())});
}

asio::awaitable<Reply> Routes::feed(std::string_view target) {
  const auto url = parameter_of(target, "url");
  if (!url || url->empty())
    co_return error_reply(400, "bad_request", "Name the feed in the parameter url, percent-encoded.");
  const auto found = co_await document(*url);
  if (!found) co_return refusal(found.error());
  if (found->answer.status != 200 || !found->answer.body) co_return refusal(upstream_error(found->answer.status));
  const auto work = [&found]() -> asio::awaitable<Reply> { co_return feed_reply(read_feed(*found)); };
  co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
}

/// The document as its origin sent it.
asio::awaitable<Reply> Routes::raw(Request request) {
  const auto url = parameter_of(request.target, "url");
  if (!url || url->empty()) {
    co_return error_reply(400, "bad_request", "Name the document in the parameter url, percent-encoded.");
  }
  auto answer =
      co_await cache_.get({.url = *url, .is_head = request.method == "HEAD", .fields = std::move(request.fields)});
  co_return answer ? raw_reply(std::move(*answer)) : refusal(answer.error());
}

}  // namespace skypod::server
