#include "server/routes.hpp"

#include "server/metrics.hpp"
#include "server/secret.hpp"
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
  if (ProxyRoutes::is_hub(path_of(request.target))) {
    co_return proxy_.answer_hub(request);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Reply reply = error_reply(405, "method_not_allowed", "Only GET and HEAD are answered here.");
    reply.allow = "GET, HEAD";
    co_return reply;
  }
  const std::string_view path = path_of(request.target);
  if (path == "/healthz") {
    co_return health();
  }
  if (path == "/metrics" && !metrics_token_.reveal().empty()) {
    co_return metrics(request);
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

Reply Routes::metrics(const Request& request) const {
  const std::string expected = "Bearer " + metrics_token_.reveal();
  if (!is_same_secret(field(request.fields, "Authorization").value_or(""), expected)) {
    Reply reply = error_reply(401, "token_missing", "Send the token of --metrics-token-file as Authorization: Bearer.");
    reply.fields.emplace_back("WWW-Authenticate", "Bearer");
    return reply;
  }
  Metrics metrics;
  metrics.gauge("skypod_realms", "Realms in memory.", hub_.realms());
  metrics.gauge("skypod_sockets", "WebSockets of members and strangers.", hub_.sockets());
  proxy_.measure(metrics);
  Reply reply;
  reply.content_type = Metrics::content_type;
  reply.body = std::make_shared<const std::string>(metrics.text());
  return reply;
}

Reply Routes::file(std::string_view path, std::string_view accept_encoding) const {
  if (const Reply* reply = site_.find(path, accept_encoding)) {
    return *reply;
  }
  return path == "/" ? unavailable()
                     : error_reply(404, "not_found", "There is nothing at this address. Check its spelling.");
}

}  // namespace skypod::server
