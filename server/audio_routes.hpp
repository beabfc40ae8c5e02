// The answers about audio: the map of an episode, and the very octets that it is true of (PROTOCOL.md).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "native/fetcher.hpp"
#include "server/audio/jobs.hpp"
#include "server/audio/store.hpp"
#include "server/reply.hpp"

namespace skypod::server {

/// Belongs to the front's thread.
class AudioRoutes {
 public:
  /// The fetcher and the pool must outlive it.
  AudioRoutes(Fetcher& fetcher, boost::asio::thread_pool& pool, std::unique_ptr<AudioStore> store,
              AudioOptions options);

  /// Whether the path is a kept file's.
  static bool is_file(std::string_view path) { return path.starts_with(directory); }

  /// 200 with the map, 202 with the progress, or why there is none.
  boost::asio::awaitable<Reply> map(std::string url);

  /// A kept file, or the range of it that is asked for.
  boost::asio::awaitable<Reply> file(Request request, std::string path);

 private:
  static constexpr std::string_view directory = "/api/media/";

  boost::asio::thread_pool& pool_;
  std::unique_ptr<AudioStore> store_;
  AudioJobs jobs_;
};

}  // namespace skypod::server
