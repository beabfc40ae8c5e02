// What each path answers, whatever the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "native/fetch.hpp"
#include "server/access.hpp"
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

/// What the feed proxy needs.
struct Proxy {
  CacheOptions options;
  std::unique_ptr<Shelf> shelf;
  std::unique_ptr<Access> access;  // null: anybody may use it
};

/// Answers requests: the web app's files, /healthz, and the feed proxy under /api/.
class Routes {
 public:
  /// The hub must outlive the routes.
  Routes(Site site, Proxy proxy, const Hub& hub)
      : site_(std::move(site)),
        hub_(hub),
        access_(std::move(proxy.access)),
        cache_(std::move(proxy.shelf), std::move(proxy.options), pool_) {}

  /// Waits for the fetches that are under way.
  ~Routes() {
    pool_.stop();
    pool_.join();
  }
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  /// The answer, with the body also for HEAD; the connection leaves it out.
  boost::asio::awaitable<Reply> answer(Request request);

 private:
  Reply health() const;
  boost::asio::awaitable<Reply> proxy(Request request);
  boost::asio::awaitable<std::optional<ServiceError>> admit(Request& request);
  Reply file(std::string_view path) const;
  boost::asio::awaitable<Reply> feed(std::string_view target);
  boost::asio::awaitable<Reply> raw(Request request);
  boost::asio::awaitable<Result<Document, ServiceError>> document(std::string url);

  Site site_;
  const Hub& hub_;
  std::unique_ptr<Access> access_;
  boost::asio::thread_pool pool_{fetch_threads};
  Cache cache_;
};

}  // namespace skypod::server
