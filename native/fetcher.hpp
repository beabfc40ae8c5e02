// A thousand requests at once, on one thread: for the server, which asks many strangers for many others, and must not
// wait for the slow ones among them. Connections are kept and shared as HTTP/1.1 and HTTP/2 allow. Every request is
// under the bounds of fetch.hpp, and all of them together under one on memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

#include "native/download.hpp"
#include "native/fetch.hpp"

namespace skypod {

/// Octets of bodies that are not whole yet, of all requests together; beyond, the one that wants more fails as crowded.
inline constexpr std::size_t gathered_octets_max = 256U << 20U;

/// May be used from any number of threads.
class Fetcher {
 public:
  explicit Fetcher(FetchOptions options, std::size_t gathered_max = gathered_octets_max);

  /// Ends everything that is under way. Who waits for it is not called any more.
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  /// Called on the fetcher's thread; must not block.
  using Done = std::move_only_function<void(Result<OriginAnswer, FetchError>)>;

  /// Sends one request; no redirect is followed.
  void send(OriginRequest request, Done done);

  /// Fetches with GET, as fetch() does: behind all redirects, and within the total timeout.
  using GetDone = std::move_only_function<void(Result<FetchResult, FetchError>)>;
  void get(Wanted wanted, GetDone done);

  /// The same for a body that is passed on, over a connection of its own and for up to 6 hours: somebody may listen to
  /// it. The transfer ends when the download is let go of.
  std::shared_ptr<Download> open(OriginRequest request);

 private:
  class Loop;
  using Deadline = std::chrono::steady_clock::time_point;

  void follow(Wanted wanted, std::string url, int hops, Deadline deadline, GetDone done);
  void send(OriginRequest request, std::chrono::milliseconds time_left, Done done);

  const FetchOptions options_;
  std::shared_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace skypod
