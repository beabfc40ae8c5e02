// What each path answers, whatever the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "server/hub.hpp"
#include "server/proxy_routes.hpp"
#include "server/reply.hpp"
#include "server/site.hpp"

namespace skypod::server {

/// Where WebSockets of the realm server are opened.
inline constexpr std::string_view realm_path = "/realm";

/// Answers requests: the web app's files, /healthz, and the feed proxy under /api/.
class Routes {
 public:
  /// The hub must outlive the routes.
  Routes(Site site, Proxy proxy, const Hub& hub) : site_(std::move(site)), hub_(hub), proxy_(std::move(proxy)) {}

  /// The answer, with the body also for HEAD; the connection leaves it out.
  boost::asio::awaitable<Reply> answer(Request request);

 private:
  Reply health() const;
  Reply file(std::string_view path, std::string_view accept_encoding) const;

  Site site_;
  const Hub& hub_;
  ProxyRoutes proxy_;
};

}  // namespace skypod::server
