// The socket that the server listens on, and who of those that connect is let in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "server/http.hpp"
#include "server/tls.hpp"

namespace skypod::server {

/// "127.0.0.1:7890" or "[::1]:0" as an endpoint; an error in words for anything else. "localhost" is 127.0.0.1.
Result<boost::asio::ip::tcp::endpoint, std::string> parse_endpoint(const std::string& text);

/// "http://127.0.0.1:7890"; "https://…" with TLS.
std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint, bool is_tls);

/// A socket that listens there, or what is in the way and how to mend it.
Result<boost::asio::ip::tcp::acceptor, std::string> listen(boost::asio::io_context& io,
                                                           const boost::asio::ip::tcp::endpoint& endpoint);

/// How the process's file descriptors are shared out: some for the registry and files, a few for what is sent most, for
/// those that wait in the lobby and for what is fetched, and the others for WebSockets.
struct Places {
  std::size_t pages = 0;      // files of bodies
  std::size_t fetches = 0;    // of the proxy, at once
  std::size_t waiting = 0;    // connections that speak HTTP or close
  std::size_t sockets = 0;    // WebSockets
  std::size_t strangers = 0;  // of these, for those that have not authenticated
};

/// Raises the soft limit on descriptors to the hard one, and shares them out.
Places places();

/// The same for a given limit.
Places places_within(std::size_t descriptors);

/// Accepts connections and serves each, until the acceptor is closed. One is accepted at a time, in turn with
/// everything else that strangers want. Without descriptors, the one that waits longest has to go. With TLS if `tls`
/// holds one then.
boost::asio::awaitable<void> accept_all(boost::asio::ip::tcp::acceptor& acceptor, const std::optional<Tls>& tls,
                                        const Shared& shared);

}  // namespace skypod::server
