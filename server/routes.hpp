// What each path answers, whatever the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "native/fetch.hpp"
#include "server/hub.hpp"
#include "server/proxy/cache.hpp"
#include "server/reply.hpp"
#include "server/site.hpp"

namespace skypod::server {

/// Where WebSockets of the realm server are opened.
inline constexpr std::string_view realm_path = "/realm";

/// Threads that fetch documents, read them, and use the disk.
inline constexpr std::size_t fetch_threads = 32;

/// A document that the proxy has found, after all redirects.
struct Document {
  CacheAnswer answer;
  std::string url;
};

/// Answers requests: the web app's files, /healthz, and the feed proxy under /api/.
class Routes {
 public:
  /// The hub must outlive the routes.
  Routes(Site site, CacheOptions caching, std::unique_ptr<Shelf> shelf, const Hub& hub)
      : site_(std::move(site)), hub_(hub), cache_(std::move(shelf), std::move(caching), pool_) {}

  /// The answer, with the body also for HEAD; the connection leaves it out.
  boost::asio::awaitable<Reply> answer(Request request);

 private:
  Reply health() const;
  Reply file(std::string_view path) const;
  boost::asio::awaitable<Reply> feed(std::string_view target);
  boost::asio::awaitable<Reply> raw(Request request);
  boost::asio::awaitable<Result<Document, ServiceError>> document(std::string url);

  Site site_;
  const Hub& hub_;
  boost::asio::thread_pool pool_{fetch_threads};
  Cache cache_;
};

}  // namespace skypod::server
