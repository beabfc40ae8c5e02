// What each path answers, whatever the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/redacted.hpp"
#include "server/hub.hpp"
#include "server/proxy_routes.hpp"
#include "server/reply.hpp"
#include "server/site.hpp"

namespace skypod::server {

/// Where WebSockets of the realm server are opened.
inline constexpr std::string_view realm_path = "/realm";

/// Answers requests: the web app's files, /healthz, /metrics, and the feed proxy under /api/.
class Routes {
 public:
  /// The hub must outlive the routes. Without a token nobody sees the metrics.
  Routes(Site site, Proxy proxy, Redacted<std::string> metrics_token, const Hub& hub)
      : site_(std::move(site)), metrics_token_(std::move(metrics_token)), hub_(hub), proxy_(std::move(proxy)) {}

  /// From now on, feeds are kept fresh; `executor` is of the thread that answers.
  void start(const boost::asio::any_io_executor& executor) { proxy_.start(executor); }

  /// Most octets of the body of a request to this address, and to any.
  static constexpr std::size_t any_body_octets_max = ProxyRoutes::hub_body_octets_max;
  std::size_t body_octets_max(std::string_view target) const { return proxy_.body_octets_max(target); }

  /// The answer, with the body also for HEAD; the connection leaves it out.
  boost::asio::awaitable<Reply> answer(Request request);

 private:
  Reply health() const;
  Reply metrics(const Request& request) const;
  Reply file(std::string_view path, std::string_view accept_encoding) const;

  Site site_;
  Redacted<std::string> metrics_token_;
  const Hub& hub_;
  ProxyRoutes proxy_;
};

}  // namespace skypod::server
