// A network of its own in which every address of the internet is this machine: whatever is connected to, private or
// public, arrives at one listener, which notes what address was meant. Names are answered by a resolver that lies.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace skypod::test {

/// Moves this process, which must have one thread yet, into a network of its own. Says why not where that is not
/// allowed here, "" if it worked.
std::string enter_own_network();

/// Takes all connections to the ports 80, 443 and 8009, whatever the address, and notes the address. Answers each
/// request:
///   /to/<url>   302 to the URL behind it
///   /<n>/<url>  the status n with the URL as Location
///   else        200
class Everywhere {
 public:
  Everywhere();
  ~Everywhere();
  Everywhere(const Everywhere&) = delete;
  Everywhere& operator=(const Everywhere&) = delete;

  /// The addresses that were connected to since the last call.
  std::set<std::string> take_visited();

 private:
  void run();
  void serve(int client);

  std::vector<int> listeners_;
  std::mutex mutex_;
  std::set<std::string> visited_;  // guarded by mutex_
  int stop_[2] = {-1, -1};
  std::thread thread_;
};

/// Answers questions for names on 127.0.0.1:53, which the process has been made to ask:
///   a-<8 hex>.test      that IPv4 address                aaaa-<32 hex>.test  that IPv6 address
///   flip-<8 hex>.test   a public address first, afterwards that one
///   cname-<8 hex>.test  an alias of a-<8 hex>.test
///   pair-<8 hex>.test   that address, and a public one
class LyingResolver {
 public:
  LyingResolver();
  ~LyingResolver();
  LyingResolver(const LyingResolver&) = delete;
  LyingResolver& operator=(const LyingResolver&) = delete;

 private:
  void run();
  std::string answer(const std::string& question);

  int socket_ = -1;
  std::map<std::string, int> asked_;
  std::thread thread_;
};

/// The public address that names lead to first.
inline constexpr const char* public_address = "93.184.216.34";

}  // namespace skypod::test
