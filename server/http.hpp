// HTTP/1.1 on one connection: requests with bounds on size and time, answers from the routes, and the way over to a
// WebSocket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "server/hub.hpp"
#include "server/routes.hpp"

namespace skypod::server {

/// Serves the connection until it is closed by either side or idle for 30 s.
boost::asio::awaitable<void> serve_http(boost::asio::ip::tcp::socket socket, Routes& routes, Hub& hub);

}  // namespace skypod::server
