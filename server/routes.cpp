#include "server/routes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

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

Reply feed_reply(const Result<wire::Json, ServiceError>& feed) {
  if (!feed) {
    return error_reply(feed.error().status, feed.error().code, feed.error().message);
  }
  Reply reply = json_reply(200, *feed);
  reply.content_type = "application/feed+json";
  reply.cache_control = "private, no-cache";
  // Weak: the hash is of the feed's own octets, while the answer also says when it was fetched.
  reply.etag = "W/\"" + (*feed)["_skypod"]["hash"].get<std::string>() + "\"";
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
  if (path == "/api/feed") {
    Reply reply = co_await feed(request.target);
    co_return unless_known(std::move(reply), request.if_none_match);
  }
  if (path == realm_path) {
    co_return error_reply(426, "websocket_expected", "This is a WebSocket address: connect with ws:// or wss://.");
  }
  co_return unless_known(file(path), request.if_none_match);
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

asio::awaitable<Reply> Routes::feed(std::string_view target) {
  const auto url = parameter_of(target, "url");
  if (!url || url->empty()) {
    co_return error_reply(400, "bad_request", "Name the feed in the parameter url, percent-encoded.");
  }
  if (fetches_ >= fetches_max) {
    co_return error_reply(503, "busy", "Too many feeds are being fetched. Try again in a few seconds.");
  }
  ++fetches_;
  const auto load = [this, &url]() -> asio::awaitable<Reply> {
    auto feed = fetch_feed(*url, fetching_, wall_clock());
    if (feed) reader::finish_feed(*feed);
    co_return feed_reply(feed);
  };
  Reply reply = co_await asio::co_spawn(pool_, load, asio::use_awaitable);
  --fetches_;
  co_return reply;
}

}  // namespace skypod::server
