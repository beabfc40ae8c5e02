// One WebSocket of the realm server: frames in, frames out, one write at a time, and a bound on what a slow reader can
// make us keep.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>

#include "server/hub.hpp"

namespace skypod::server {

/// Octets that may wait for a receiver. One more, and it is closed as a slow_consumer.
inline constexpr std::size_t queue_octets_max = 1U << 20U;

/// Answers the upgrade request and carries frames until the connection ends.
boost::asio::awaitable<void> serve_websocket(boost::asio::ip::tcp::socket socket,
                                             boost::beast::http::request<boost::beast::http::string_body> request,
                                             Hub& hub);

}  // namespace skypod::server
