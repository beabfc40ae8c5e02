// Floods that need a membership: those who attack as members of realms of their own. Each class lives on a thread of
// its own until it is destroyed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace skypod::test {

/// A text frame as a client sends it; its mask is 0.
std::string client_frame(std::string_view text);

/// How an attack goes on, between its thread and the one that watches it.
class Progress {
 public:
  /// Counts, and tells those who wait for it.
  void count(std::size_t more);

  /// Waits until so much is counted; false if that takes too long.
  bool wait_until(std::size_t least);

  /// Pauses; false if the attack is to end.
  bool rest(std::chrono::milliseconds duration);

  void end();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t counted_ = 0;
  bool ending_ = false;
};

/// Members who never read what is broadcast to them. One that is thrown out comes again.
class Deaf {
 public:
  /// `count`: how many of them, in realms of one speaker and `in_realm` of them.
  Deaf(std::uint16_t port, std::size_t count, std::size_t in_realm);
  ~Deaf();
  Deaf(const Deaf&) = delete;
  Deaf& operator=(const Deaf&) = delete;

  /// Waits until so many have been thrown out; false if that takes too long.
  bool wait_until_closed(std::size_t count) { return closed_.wait_until(count); }

 private:
  struct Realm;
  void live(std::size_t count, std::size_t in_realm);

  std::uint16_t port_;
  Progress closed_;
  std::thread thread_;
};

/// Members of realms of 25 who each send 1 MB/s of large broadcasts to all others of their realm, and read them.
class Loud {
 public:
  Loud(std::uint16_t port, std::size_t count);
  ~Loud();
  Loud(const Loud&) = delete;
  Loud& operator=(const Loud&) = delete;

  /// Waits until the server has taken so many octets from them; false if that takes too long.
  bool wait_until_said(std::size_t octets) { return said_.wait_until(octets); }

 private:
  void live(std::size_t count);

  std::uint16_t port_;
  Progress said_;
  std::thread thread_;
};

}  // namespace skypod::test
