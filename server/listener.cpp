#include "server/listener.hpp"

#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace skypod::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto pause_after_failure = std::chrono::milliseconds(100);  // no file descriptors left: let some be closed
constexpr auto quiet_after_warning = std::chrono::seconds(60);
constexpr std::size_t own_descriptors = 256;    // for the registry, files, and the look-up of names
constexpr std::size_t pages_max = 256;          // of 128 KiB each
constexpr std::size_t fetches_max = 1'500;      // each may gather 20 MiB, all of them 256
constexpr std::size_t waiting_max = 1'024;      // in the lobby: each costs some 10 KiB
constexpr std::size_t sockets_most = 200'000;   // that one thread can still serve
constexpr std::size_t strangers_most = 10'000;  // each costs some 2 KiB, for 3 s

/// A connection that says nothing stays with the kernel for so long (tcp(7)), and costs us nothing.
using DeferAccept = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_DEFER_ACCEPT>;
constexpr int silence_seconds = 10;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(port) : std::nullopt;
}

std::string mend_of(const boost::system::error_code& error) {
  if (error == asio::error::access_denied) {
    return "ports below 1024 are for root: choose one above with --listen, or let the system hand it over (setcap "
           "cap_net_bind_service=+ep, or a web server before it)";
  }
  if (error == boost::system::errc::address_not_available) {
    return "this machine has no such address: choose one that `ip address` shows with --listen, or 0.0.0.0 for all";
  }
  return "stop what uses it (ss -ltnp names it), or choose another address with --listen";
}

}  // namespace

Result<tcp::endpoint, std::string> parse_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  const auto port = colon == std::string::npos ? std::nullopt : parse_port(std::string_view(text).substr(colon + 1));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (!port || error || address.is_v6() != bracketed) {
    return unexpected("cannot listen on \"" + text +
                      "\": it is not an address and port; write 127.0.0.1:7890 or [::1]:7890");
  }
  return tcp::endpoint(address, *port);
}

std::string url_of(const tcp::endpoint& endpoint, bool is_tls) {
  const std::string host = endpoint.address().to_string();
  return (is_tls ? "https://" : "http://") + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

Result<tcp::acceptor, std::string> listen(asio::io_context& io, const tcp::endpoint& endpoint) {
  tcp::acceptor acceptor(io);
  boost::system::error_code error;
  const auto step = [&](auto action) {
    if (!error) action();
  };
  step([&] { acceptor.open(endpoint.protocol(), error); });
  step([&] { acceptor.set_option(asio::socket_base::reuse_address(true), error); });
  step([&] { acceptor.set_option(DeferAccept(silence_seconds), error); });
  step([&] { acceptor.bind(endpoint, error); });
  step([&] { acceptor.listen(asio::socket_base::max_listen_connections, error); });
  if (error) {
    return unexpected("cannot listen on " + endpoint.address().to_string() + ":" + std::to_string(endpoint.port()) +
                      ": " + error.message() + "; " + mend_of(error));
  }
  return acceptor;
}

Places places_within(std::size_t descriptors) {
  const std::size_t not_own = descriptors - std::min(own_descriptors, descriptors / 2);
  const std::size_t fetches = std::clamp<std::size_t>(not_own / 4, 1, fetches_max);
  const std::size_t pages = std::min(not_own / 16, pages_max);
  const std::size_t free = not_own - std::min(fetches + pages, not_own - 1);
  const std::size_t waiting = std::clamp<std::size_t>(free / 4, 1, waiting_max);
  const std::size_t sockets = std::clamp<std::size_t>(free - std::min(waiting, free), 1, sockets_most);
  return {.pages = pages,
          .fetches = fetches,
          .waiting = waiting,
          .sockets = sockets,
          .strangers = std::clamp<std::size_t>(sockets / 2, 1, strangers_most)};
}

Places places() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return places_within(std::min<std::size_t>(limit.rlim_cur, 2 * sockets_most));
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, const std::optional<Tls>& tls, const Shared& shared) {
  const auto executor = acceptor.get_executor();
  auto quiet_until = std::chrono::steady_clock::time_point::min();
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!error) {
      TlsSession session = tls ? tls->session(socket.native_handle()) : TlsSession(nullptr, nullptr);
      auto stream = std::make_unique<Stream>(std::move(socket), std::move(session));
      asio::co_spawn(executor, serve_http(std::move(stream), shared), asio::detached);
      co_await shared.loop.lanes.turn();
    } else if (acceptor.is_open()) {
      shared.loop.lobby.dismiss_oldest();
      const auto now = std::chrono::steady_clock::now();
      if (now >= quiet_until) {
        spdlog::warn("connections cannot be accepted: {}", error.message());
        quiet_until = now + quiet_after_warning;
      }
      asio::steady_timer pause(executor, pause_after_failure);
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

}  // namespace skypod::server
