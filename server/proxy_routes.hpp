// What the paths below /api/ answer: documents of the web and what can be made of them, for members of realms that are
// registered here.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/access.hpp"
#include "server/audio_routes.hpp"
#include "server/feeds/feeds.hpp"
#include "server/metrics.hpp"
#include "server/pictures/pictures.hpp"
#include "server/proxy/cache.hpp"
#include "server/reply.hpp"

namespace skypod::server {

/// Threads that read documents and use the disk.
inline constexpr std::size_t reading_threads = 8;

/// What the proxy needs.
struct Proxy {
  FetchOptions fetching;
  CacheOptions options;
  FeedsOptions feeds;
  std::unique_ptr<Shelf> shelf;
  std::unique_ptr<FeedStore> feed_store;
  std::unique_ptr<AudioStore> audio;
  std::unique_ptr<Access> access;          // null: anybody may use it
  std::filesystem::path pictures_program;  // skypod-pictures
};

/// Media that are being passed on.
struct FlowCounts {
  std::size_t all = 0;
  std::map<std::string, std::size_t, std::less<>> by_member;
};

/// Answers the proxy's paths. Belongs to the front's thread.
class ProxyRoutes {
 public:
  explicit ProxyRoutes(Proxy proxy);

  /// Waits for what is under way.
  ~ProxyRoutes();
  ProxyRoutes(const ProxyRoutes&) = delete;
  ProxyRoutes& operator=(const ProxyRoutes&) = delete;

  /// Whether the path is one of the proxy's.
  static bool has(std::string_view path) { return find(path) != nullptr; }

  /// The answer to GET or HEAD of such a path, with the body also for HEAD.
  boost::asio::awaitable<Reply> answer(Request request);

  /// Whether the path is one that hubs call.
  static bool is_hub(std::string_view path) { return path.starts_with(hub_path); }

  /// The answer to a hub.
  Reply answer_hub(const Request& request);

  /// Most octets of a request's body: more for hubs that we have asked to call, which may send the whole feed.
  static constexpr std::size_t hub_body_octets_max = 2U << 20U;
  std::size_t body_octets_max(std::string_view target) const;

  /// From now on, feeds are kept fresh; `executor` is of the front's thread.
  void start(const boost::asio::any_io_executor& executor) { feeds_.start(executor); }

  /// Adds the proxy's numbers.
  void measure(Metrics& metrics) const;

 private:
  using Handler = boost::asio::awaitable<Reply> (ProxyRoutes::*)(Request request, std::string url);

  static Handler find(std::string_view path);
  boost::asio::awaitable<std::optional<ServiceError>> admit(Request& request);
  boost::asio::awaitable<Reply> feed(Request request, std::string url);
  boost::asio::awaitable<Reply> raw(Request request, std::string url);
  boost::asio::awaitable<Reply> article(Request request, std::string url);
  boost::asio::awaitable<Reply> discover(Request request, std::string url);
  boost::asio::awaitable<Reply> image(Request request, std::string url);
  boost::asio::awaitable<Reply> media(Request request, std::string url);
  boost::asio::awaitable<Reply> audio(Request request, std::string url);
  boost::asio::awaitable<Reply> kept_audio(Request request, std::string path);

  std::unique_ptr<Access> access_;
  boost::asio::thread_pool pool_{reading_threads};
  boost::asio::thread_pool picture_thread_{1};  // they take turns in any case
  std::size_t pictures_waiting_ = 0;
  std::shared_ptr<FlowCounts> flows_ = std::make_shared<FlowCounts>();
  Pictures pictures_;
  Fetcher fetcher_;
  Cache cache_;
  Feeds feeds_;
  AudioRoutes audio_;
};

}  // namespace skypod::server
