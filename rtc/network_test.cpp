// A network that fails: everything between the two sides goes through a forwarder that the test holds. It cuts the line
// and mends it, and loses packets.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/random.hpp"
#include "rtc/sdp/candidate.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;
using namespace std::chrono_literals;

sockaddr_in loopback_address(std::uint16_t port) {
  sockaddr_in out = {};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

/// Two sockets, one for each side to know as the other's address. Forwards on a thread of its own.
class Forwarder {
 public:
  Forwarder() {
    for (End& end : ends_) {
      end.socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
      sockaddr_in address = loopback_address(0);
      socklen_t size = sizeof address;
      ::bind(end.socket, reinterpret_cast<sockaddr*>(&address), size);
      ::getsockname(end.socket, reinterpret_cast<sockaddr*>(&address), &size);
      end.port = ntohs(address.sin_port);
    }
    thread_ = std::thread([this] { run(); });
  }
  ~Forwarder() {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
    ::close(stop_);
    for (const End& end : ends_) {
      ::close(end.socket);
    }
  }
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// `side`'s candidate as the other one gets to know it.
  std::string stand_in(int side, const std::string& text) {
    const auto candidate = sdp::parse_candidate(text);
    if (!candidate) {
      return text;
    }
    ends_[side].real_port = candidate->port;
    const std::string port = " " + std::to_string(candidate->port) + " typ";
    std::string out = text;
    return out.replace(out.find(port), port.size(), " " + std::to_string(ends_[side].port) + " typ");
  }

  std::atomic<bool> cut = false;
  std::atomic<unsigned> loss_percent = 0;
  std::atomic<bool> checks_lost = false;  // of ICE

 private:
  /// Stands in for one side; what comes here is for that side.
  struct End {
    int socket = -1;
    std::uint16_t port = 0;
    std::atomic<std::uint16_t> real_port = 0;
  };

  void run() {
    std::array<pollfd, 3> waiting = {{{ends_[0].socket, POLLIN, 0}, {ends_[1].socket, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while (::poll(waiting.data(), waiting.size(), -1) > 0 && waiting[2].revents == 0) {
      for (const int side : {0, 1}) {
        forward(side);
      }
    }
  }

  /// To the side, from the other's stand-in, so that answers come back the same way.
  void forward(int side) {
    std::array<char, 2048> buffer;
    for (;;) {
      const auto size = ::recv(ends_[side].socket, buffer.data(), buffer.size(), 0);
      if (size < 0) {
        return;
      }
      const sockaddr_in to = loopback_address(ends_[side].real_port);
      const bool is_check = size > 0 && static_cast<unsigned char>(buffer[0]) < 4;  // RFC 7983 section 7
      if (is_check && checks_lost) {
        continue;
      }
      if (!cut && to.sin_port != 0 && !random_.chance(loss_percent)) {
        ::sendto(ends_[1 - side].socket, buffer.data(), static_cast<std::size_t>(size), 0,
                 reinterpret_cast<const sockaddr*>(&to), sizeof to);
      }
    }
  }

  std::array<End, 2> ends_;
  int stop_ = ::eventfd(0, 0);
  Random random_{11};
  std::thread thread_;
};

class Network : public ::testing::Test {
 protected:
  Network() {
    couple.tamper_candidate = [this](int side, const std::string& text) { return forwarder.stand_in(side, text); };
    couple.tamper_sdp = [](int, std::string sdp) {  // addresses go by themselves alone
      for (std::size_t at = sdp.find("a=candidate"); at != std::string::npos; at = sdp.find("a=candidate")) {
        sdp.erase(at, sdp.find("\r\n", at) + 2 - at);
      }
      return sdp;
    };
  }

  void expect_carried(std::size_t count) {
    auto& got = couple.sides[1].messages;
    ASSERT_TRUE(couple.run([&] { return got.size() == count; }));
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(got[i], std::to_string(i) + block);
    }
  }
  void send(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      couple.endpoint(0).send(Couple::id, std::to_string(i) + block);
    }
  }

  Forwarder forwarder;
  Couple couple;
  const Bytes block = Bytes(50'000, 'b');
};

TEST_F(Network, LosesNothingWhereEveryFifthPacketIsLost) {
  forwarder.loss_percent = 20;
  ASSERT_TRUE(couple.connect());
  send(0, 5);
  expect_carried(5);
}

// By chance no answer to a check may come for a while, and two checks in a row are lost often where a fifth of all
// packets is. What comes through DTLS meanwhile says as well that the other side is there.
TEST_F(Network, GoesOnWhileChecksAreLost) {
  ASSERT_TRUE(couple.connect());
  forwarder.checks_lost = true;
  EXPECT_FALSE(couple.run([&] { return couple.sides[0].failed || couple.sides[1].failed; }, 15s));
  send(0, 5);
  expect_carried(5);
}

TEST_F(Network, GivesUpWhenNothingIsHeardForAsLongAsConsentLasts) {
  ASSERT_TRUE(couple.connect());
  forwarder.cut = true;
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed && couple.sides[1].failed; }));
  EXPECT_EQ(couple.sides[0].failed, Fault::ice_failed);
  EXPECT_EQ(couple.sides[0].doubtful, 1);
}

TEST_F(Network, DoubtsWhenTheLineIsCutAndGoesOnWhenItIsMended) {
  ASSERT_TRUE(couple.connect());
  send(0, 10);
  expect_carried(10);
  forwarder.cut = true;
  send(10, 20);
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].doubtful == 1 && couple.sides[1].doubtful == 1; }));
  forwarder.cut = false;
  expect_carried(20);
  EXPECT_FALSE(couple.sides[0].failed);
  EXPECT_FALSE(couple.sides[1].failed);
}

TEST_F(Network, MovesToANewPathByARestart) {
  ASSERT_TRUE(couple.connect());
  send(0, 10);
  expect_carried(10);
  forwarder.cut = true;  // for good; the restart goes past it
  send(10, 20);
  couple.tamper_candidate = nullptr;
  couple.offer(1, true);
  expect_carried(20);
  EXPECT_EQ(couple.sides[1].opened, 1);
}

}  // namespace
}  // namespace skypod::rtc
