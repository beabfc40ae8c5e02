// The socket that the server listens on.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "base/result.hpp"
#include "server/hub.hpp"
#include "server/routes.hpp"

namespace skypod::server {

/// "127.0.0.1:7890" or "[::1]:0" as an endpoint; an error in words for anything else. "localhost" is 127.0.0.1.
Result<boost::asio::ip::tcp::endpoint, std::string> parse_endpoint(const std::string& text);

/// "http://127.0.0.1:7890".
std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint);

/// A socket that listens there, or what is in the way and how to mend it.
Result<boost::asio::ip::tcp::acceptor, std::string> listen(boost::asio::io_context& io,
                                                           const boost::asio::ip::tcp::endpoint& endpoint);

/// Accepts connections and serves each, until the acceptor is closed.
boost::asio::awaitable<void> accept_all(boost::asio::ip::tcp::acceptor& acceptor, Routes& routes, Hub& hub);

}  // namespace skypod::server
