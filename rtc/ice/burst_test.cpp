#include "rtc/ice/burst.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include <vector>

namespace skypod::rtc::ice {
namespace {

/// A socket that sends to itself.
class Loopback {
 public:
  Loopback() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  ~Loopback() { ::close(socket_); }
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;

  Destination destination() const {
    Destination out{.socket = socket_, .address = {}, .address_size = sizeof(sockaddr_storage)};
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&out.address), &out.address_size);
    return out;
  }

  /// Without checksums the kernel refuses to cut bursts into datagrams.
  void refuse_segments() {
    const int on = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_NO_CHECK, &on, sizeof on);
  }

  std::vector<Bytes> received() const {
    std::vector<Bytes> out;
    for (Bytes datagram(65536, 0);; datagram.resize(65536)) {
      const auto size = ::recv(socket_, datagram.data(), datagram.size(), MSG_DONTWAIT);
      if (size < 0) {
        return out;
      }
      datagram.resize(static_cast<std::size_t>(size));
      out.push_back(datagram);
    }
  }

 private:
  int socket_;
};

std::vector<Bytes> some_datagrams() {
  std::vector<Bytes> out;
  for (const std::size_t size : {100, 100, 100, 40, 100, 200, 1, 1200, 1200, 7}) {
    out.emplace_back(size, static_cast<char>('a' + out.size()));
  }
  for (char i = 0; i < 70; ++i) {
    out.emplace_back(1000, i);
  }
  return out;
}

void expect_carried(const Loopback& loopback) {
  Burst burst(loopback.destination());
  const auto datagrams = some_datagrams();
  for (const Bytes& datagram : datagrams) {
    burst.add(datagram);
  }
  burst.flush();
  burst.flush();  // nothing is left
  EXPECT_EQ(loopback.received(), datagrams);
}

TEST(Burst, KeepsDatagramsApartAndInOrder) {
  expect_carried(Loopback());
}

TEST(Burst, SendsOneByOneWhereTheKernelDoesNotCut) {
  Loopback loopback;
  loopback.refuse_segments();
  expect_carried(loopback);
}

TEST(Burst, SaysWhenSomebodyHasToFlush) {
  const Loopback loopback;
  Burst burst(loopback.destination());
  EXPECT_TRUE(burst.add("first"));
  EXPECT_FALSE(burst.add("secnd"));
  EXPECT_TRUE(loopback.received().empty());
  EXPECT_TRUE(burst.add("a longer one"));
  EXPECT_EQ(loopback.received().size(), 2u);
}

}  // namespace
}  // namespace skypod::rtc::ice
