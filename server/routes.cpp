#include "server/routes.hpp"

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
  if (ProxyRoutes::has(path)) {
    co_return co_await proxy_.answer(std::move(request));
  }
  if (path == realm_path) {
    co_return error_reply(426, "websocket_expected", "This is a WebSocket address: connect with ws:// or wss://.");
  }
  co_return unless_known(file(path, request.accept_encoding), request.if_none_match);
}

Reply Routes::health() const {
  return json_reply(200,
                    {{"status", "ok"}, {"version", version}, {"realms", hub_.realms()}, {"sockets", hub_.sockets()}});
}

Reply Routes::file(std::string_view path, std::string_view accept_encoding) const {
  if (const Reply* reply = site_.find(path, accept_encoding)) {
    return *reply;
  }
  return path == "/" ? unavailable()
                     : error_reply(404, "not_found", "There is nothing at this address. Check its spelling.");
}

}  // namespace skypod::server
