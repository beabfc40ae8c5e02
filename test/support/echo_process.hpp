// A process that sends back what it gets, and nothing more: what a round trip takes on this machine at this moment, for
// a server that nobody attacks.
#pragma once

#include <sys/types.h>

namespace skypod::test {

/// Runs until it is destroyed. To be made while the calling process has one thread.
class EchoProcess {
 public:
  EchoProcess();
  ~EchoProcess();
  EchoProcess(const EchoProcess&) = delete;
  EchoProcess& operator=(const EchoProcess&) = delete;

  /// Sends a hundred octets there and back; false if the process is gone.
  bool round_trip();

 private:
  pid_t process_ = -1;
  int socket_ = -1;
};

}  // namespace skypod::test
