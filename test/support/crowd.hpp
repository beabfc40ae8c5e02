// Strangers by the thousand, for floods: raw TCP connections to a server on this machine that say what they were told
// to, and come again when they are thrown out. They live on a thread of their own, which stands for other people's
// machines.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace skypod::test {

/// What each of a crowd does.
struct Behaviour {
  std::string opening;                      // said on connecting
  std::string piece;                        // said again and again after that; "" for silence
  std::chrono::milliseconds pause{1'000};   // between two pieces
  std::chrono::milliseconds away{1'000};    // from being thrown out to coming again
  std::size_t connects_per_second = 2'000;  // of the whole crowd
  bool gives_way = true;                    // to all other threads; not needed on a processor of its own
};

/// The octets of a good request for a WebSocket. `fields` are more header lines, each with its CRLF.
std::string upgrade_request(const std::string& fields = "");

/// Connects at once, and until it is destroyed.
class Crowd {
 public:
  Crowd(std::uint16_t port, std::size_t size, Behaviour behaviour);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Connections that were ever made, that the server has ended, and that are open now.
  std::size_t made() const { return made_; }
  std::size_t ended() const { return ended_; }
  std::size_t open() const { return made_ - ended_; }

  /// Waits until so many have been made; false if that takes too long.
  bool wait_until_made(std::size_t count);

 private:
  struct World;

  void live();
  void count_one_made();

  std::atomic<std::size_t> made_ = 0;
  std::atomic<std::size_t> ended_ = 0;
  std::atomic<bool> leaving_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;  // made_ has, under the mutex
  std::unique_ptr<World> world_;
  std::thread thread_;
};

/// Lets the calling thread run only when no other one of this machine wants to.
void give_way();

/// Raises this process's limit on open files as far as it goes, and says how far that is.
std::size_t raise_open_files();

/// Resident memory of a process, in octets: now, and the most since forget_peak().
std::size_t resident(int process);
std::size_t resident_peak(int process);
void forget_peak(int process);

}  // namespace skypod::test
