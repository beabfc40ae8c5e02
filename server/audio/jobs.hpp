// Audio on its way to its map: fetched, analysed and kept, once for however many ask.
//
//   queued → downloading → analysing → in the store
//                    └──────────┴────→ failed, remembered for a minute
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "native/feed_loader.hpp"
#include "native/fetcher.hpp"
#include "server/audio/store.hpp"
#include "server/audio/turns.hpp"

namespace skypod::server {

/// What it may cost.
struct AudioOptions {
  std::string program = "/proc/self/exe";  // that knows `audio`
  std::size_t file_octets_max = 1U << 30U;
  std::chrono::minutes fetch_time_max{120};
  std::size_t downloads = 2;  // at once
  std::size_t analyses = 1;
  std::size_t jobs_max = 100;  // under way or waiting
  std::chrono::seconds failure_life{60};
};

/// Belongs to one thread; the pool's threads use the disk.
class AudioJobs {
 public:
  enum class Stage : std::uint8_t { queued, downloading, analysing };
  struct Progress {
    Stage stage = Stage::queued;
    double part = 0;  // of the whole, from 0 to 1
  };
  /// The map, or how far it is, or why there will be none.
  using Answer = std::variant<Audio, Progress, ServiceError>;

  /// All must outlive the jobs.
  AudioJobs(Fetcher& fetcher, AudioStore& store, boost::asio::thread_pool& pool, AudioOptions options);

  /// What there is of the audio at the address; begins the work if nobody has.
  boost::asio::awaitable<Answer> ask(std::string url);

 private:
  struct Job {
    Progress progress{};
    std::optional<ServiceError> failure{};
    std::chrono::steady_clock::time_point failed_at{};
  };
  using Outcome = Result<void, ServiceError>;

  std::optional<Answer> news_of(const std::string& url);
  void forget_failures();
  boost::asio::awaitable<void> run(std::string url, std::shared_ptr<Job> job);
  boost::asio::awaitable<Outcome> work(std::string url, std::shared_ptr<Job> job);
  boost::asio::awaitable<Outcome> download(std::string url, std::shared_ptr<Job> job, AudioDraft& draft);
  boost::asio::awaitable<Outcome> analyse(std::string url, std::shared_ptr<Job> job, AudioDraft draft);

  Fetcher& fetcher_;
  AudioStore& store_;
  boost::asio::thread_pool& pool_;
  AudioOptions options_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;
  Turns downloads_;
  Turns analyses_;
};

}  // namespace skypod::server
