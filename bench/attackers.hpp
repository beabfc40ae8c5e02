// Floods that need a membership: those who attack as members of realms of their own. Each class lives on a thread of
// its own until it is destroyed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

namespace skypod::test {

/// A text frame as a client sends it; its mask is 0.
std::string client_frame(std::string_view text);

/// Members of full realms who never read what is broadcast to them. One that is thrown out comes again.
class Deaf {
 public:
  /// `count`: how many of them, in full realms of one speaker and 63 others.
  Deaf(std::uint16_t port, std::size_t count);
  ~Deaf();
  Deaf(const Deaf&) = delete;
  Deaf& operator=(const Deaf&) = delete;

 private:
  struct Realm;
  void live(std::size_t count);

  std::uint16_t port_;
  std::atomic<bool> leaving_ = false;
  std::thread thread_;
};

/// Members of realms of 25 who each send 1 MB/s of large broadcasts to all others of their realm, and read them.
class Loud {
 public:
  Loud(std::uint16_t port, std::size_t count);
  ~Loud();
  Loud(const Loud&) = delete;
  Loud& operator=(const Loud&) = delete;

 private:
  void live(std::size_t count);

  std::uint16_t port_;
  std::atomic<bool> leaving_ = false;
  std::thread thread_;
};

}  // namespace skypod::test
