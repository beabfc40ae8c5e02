// Strangers who knock: candidates by the thousand, DTLS from addresses that ICE never checked, answers that are larger
// than their questions (THREATS 20 to 22).
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.hpp"
#include "rtc/dtls/session.hpp"
#include "rtc/sdp/candidate.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;

/// A UDP socket on loopback that belongs to nobody's connection.
class Outsider {
 public:
  Outsider() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {}
  ~Outsider() { ::close(socket_); }
  Outsider(const Outsider&) = delete;
  Outsider& operator=(const Outsider&) = delete;

  void send(const sdp::Candidate& to, BytesView datagram) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    ::inet_pton(AF_INET, to.address.c_str(), &address.sin_addr);
    ::sendto(socket_, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
    sent_ += datagram.size();
  }

  std::size_t sent() const { return sent_; }
  /// Octets that have come back by now.
  std::size_t received() {
    std::array<char, 4096> buffer;
    for (;;) {
      const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        return received_;
      }
      received_ += static_cast<std::size_t>(size);
    }
  }

 private:
  int socket_;
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
};

/// A real ClientHello.
Bytes client_hello() {
  struct Catch final : dtls::SessionOwner {
    Bytes first;
    void dtls_send(BytesView datagram) override { first = first.empty() ? Bytes(datagram) : first; }
    void dtls_up() override {}
    void dtls_received(BytesView) override {}
    void dtls_ended(Fault) override {}
  } caught;
  Loop loop;
  const dtls::Certificate certificate;
  loop.run(
      [&] { dtls::Session(loop, certificate, dtls::Role::client, {certificate.fingerprint()}, 1200, caught).start(); });
  return caught.first;
}

TEST(Flood, ClientHellosFromNobodyDisturbNoSession) {
  const Bytes hello = client_hello();
  ASSERT_FALSE(hello.empty());
  for (int round = 0; round < 10; ++round) {
    Couple couple;
    Outsider outsider;
    const auto spray = [&](const std::string& text) {
      const auto candidate = sdp::parse_candidate(text);
      for (int i = 0; candidate && i < 20; ++i) {
        outsider.send(*candidate, hello);
      }
    };
    couple.tamper_candidate = [&](int, const std::string& text) {
      spray(text);  // before the other side has heard of it
      return text;
    };
    couple.offer(round % 2);
    ASSERT_TRUE(couple.open());
    for (const auto& side : couple.sides) {
      std::ranges::for_each(side.candidates, spray);  // and after
    }
    couple.endpoint(0).send(Couple::id, "hello");
    ASSERT_TRUE(couple.run([&] { return couple.sides[1].messages.size() == 1; }));
    EXPECT_FALSE(couple.sides[0].failed);
    EXPECT_FALSE(couple.sides[1].failed);
  }
}

TEST(Flood, StrangersGetNoMoreThanTheySend) {
  const Bytes hello = client_hello();
  const Bytes binding("\x00\x01\x00\x00\x21\x12\xa4\x42skypodskypod", 20);  // STUN, without credentials
  Couple couple;
  ASSERT_TRUE(couple.connect());
  Outsider outsider;
  Random random(8);
  for (const auto& side : couple.sides) {
    for (const std::string& text : side.candidates) {
      const auto candidate = sdp::parse_candidate(text);
      for (int i = 0; candidate && i < 50; ++i) {
        outsider.send(*candidate, hello);
        outsider.send(*candidate, binding);
        outsider.send(*candidate, random.bytes(100));
      }
    }
  }
  for (const int from : {0, 1}) {  // by then both have seen what came before
    couple.endpoint(from).send(Couple::id, "hello");
    ASSERT_TRUE(couple.run([&] { return couple.sides[1 - from].messages.size() == 1; }));
  }
  EXPECT_GT(outsider.sent(), 10'000u);
  EXPECT_LE(outsider.received(), 3 * outsider.sent());
}

TEST(Flood, CandidatesByTheThousandAreNotTried) {
  Couple couple;
  Random random(9);
  const auto candidate = [&] {
    return "candidate:1 1 udp 1 127.0.0." + std::to_string(1 + random.below(254)) + " " +
           std::to_string(1024 + random.below(60'000)) + " typ host";
  };
  for (int i = 0; i < 5'000; ++i) {
    couple.endpoint(1).candidate(Couple::id, candidate(), "0", 0);  // before there is a description
  }
  ASSERT_TRUE(couple.connect());
  for (int i = 0; i < 20'000; ++i) {
    couple.endpoint(0).candidate(Couple::id, candidate(), "0", 0);
  }
  couple.endpoint(0).send(Couple::id, "hello");
  ASSERT_TRUE(couple.run([&] { return couple.sides[1].messages.size() == 1; }));
}

}  // namespace
}  // namespace skypod::rtc
