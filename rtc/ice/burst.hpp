// Datagrams to one address that leave with one system call: half of what a datagram costs is the way into the kernel
// and through it, and UDP segmentation offload (UDP_SEGMENT, Linux 4.18) goes it once for many datagrams of the same
// size.
#pragma once

#include <sys/socket.h>

#include "base/bytes.hpp"

namespace skypod::rtc::ice {

/// Where to: an open socket that somebody else owns, and the address.
struct Destination {
  int socket = -1;
  sockaddr_storage address = {};
  socklen_t address_size = 0;
};

/// Gathers datagrams until flush(). What the network does not take is lost, as datagrams are.
class Burst {
 public:
  explicit Burst(const Destination& to) : to_(to) {}

  /// Adds one; sends first what it cannot join. True if it is now the only one, so that somebody has to flush.
  bool add(BytesView datagram);
  void flush();

 private:
  bool joins(BytesView datagram) const;
  bool send_segmented();

  Destination to_;
  Bytes octets_;
  std::size_t segment_ = 0;  // size of every datagram but the last, which may be shorter
  std::size_t datagrams_ = 0;
  bool closed_ = false;   // the last one is shorter
  bool segments_ = true;  // until the kernel or the network card says no
};

}  // namespace skypod::rtc::ice
