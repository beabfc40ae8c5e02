// HTTP/1.1 on one connection: requests with bounds on size and time, answers from the routes, and the way over to a
// WebSocket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "server/door.hpp"
#include "server/loop.hpp"
#include "server/pages.hpp"
#include "server/routes.hpp"
#include "server/stream.hpp"

namespace skypod::server {

/// What all connections share; outlives them.
struct Shared {
  Routes& routes;
  Door& door;
  Loop& loop;
  Pages& pages;
};

/// Serves the connection until it is closed by either side. A request's head must be there 10 s after the connection
/// was opened or after the request's first octet; between requests it may be idle for 30 s.
boost::asio::awaitable<void> serve_http(std::unique_ptr<Stream> stream, const Shared& shared);

}  // namespace skypod::server
