// A realm of two whose members say little: the bystanders of a flood.
#pragma once

#include <cstdint>
#include <string>

#include "test/support/member.hpp"

namespace skypod::test {

/// Alice and bob, both connected. Throws if the server does not let them in.
class QuietRealm {
 public:
  explicit QuietRealm(std::uint16_t port);

  /// Alice asks the server, and has its answer; false if none comes.
  bool ping();

  /// Alice sends bob a signal, and it arrives unchanged; false if it does not.
  bool signal();

  /// Alice connects anew and authenticates, taking the place of her older connection, and bob pings; false if
  /// she is not let in or he has no answer.
  bool reconnect();

 private:
  std::uint16_t port_;
  P256Key alice_ = P256Key::generate();
  P256Key bob_ = P256Key::generate();
  std::string realm_ = random_realm();
  Entrance a_;
  Entrance b_;
  std::int64_t seq_ = 0;
};

}  // namespace skypod::test
