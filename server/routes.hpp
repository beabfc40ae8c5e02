// What each path answers, whatever the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "native/fetch.hpp"
#include "server/hub.hpp"
#include "server/reply.hpp"
#include "server/site.hpp"

namespace skypod::server {

/// Where WebSockets of the realm server are opened.
inline constexpr std::string_view realm_path = "/realm";

/// Feeds that may be fetched at once; more are answered 503 busy.
inline constexpr std::size_t fetches_max = 64;
/// Threads that fetch and read them.
inline constexpr std::size_t fetch_threads = 8;

/// Answers requests: the web app's files, /healthz and /api/feed.
class Routes {
 public:
  /// The hub must outlive the routes.
  Routes(Site site, FetchOptions fetching, const Hub& hub)
      : site_(std::move(site)), fetching_(std::move(fetching)), hub_(hub) {}

  /// The answer, with the body also for HEAD; the connection leaves it out.
  boost::asio::awaitable<Reply> answer(Request request);

 private:
  Reply health() const;
  Reply file(std::string_view path) const;
  boost::asio::awaitable<Reply> feed(std::string_view target);

  Site site_;
  FetchOptions fetching_;
  const Hub& hub_;
  std::size_t fetches_ = 0;
  boost::asio::thread_pool pool_{fetch_threads};  // last: its threads end before anything they use
};

}  // namespace skypod::server
