// Floods against the running server, in short: its memory stays bounded, and a quiet realm does not notice. How fast it
// stays is measured by bench/flood.cpp.
#include <sys/resource.h>

#include "base/random.hpp"
#include "test/server/running_server.hpp"
#include "test/support/attackers.hpp"
#include "test/support/crowd.hpp"
#include "test/support/http.hpp"
#include "test/support/quiet_realm.hpp"

namespace skypod::test {
namespace {

#if __has_feature(address_sanitizer)
constexpr bool is_sanitized = true;
constexpr std::size_t memory_max = 1U << 30U;  // freed memory is kept for a while to find late uses
#else
constexpr bool is_sanitized = false;
constexpr std::size_t memory_max = 48U << 20U;  // more than the server had before the flood
#endif
constexpr std::size_t strangers_max = 10'000;          // server/listener.cpp
constexpr std::size_t strangers_per_address_max = 64;  // signal::Options
constexpr std::uint16_t close_policy = 1008;           // RFC 6455 section 7.4.1
constexpr std::uint16_t close_protocol_error = 1002;   // the same

class FloodTest : public RunningServer {
 protected:
  void SetUp() override {
    raise_open_files();
    start();
    realm.emplace(port());
    before = resident(server->id());
    forget_peak(server->id());
  }

  /// The bystanders are served, and the server's memory is within its bounds.
  void expect_calm() {
    EXPECT_TRUE(realm->ping());
    EXPECT_TRUE(realm->signal());
    EXPECT_TRUE(realm->reconnect());
    EXPECT_LE(resident_peak(server->id()), before + memory_max);
  }
  std::size_t sockets() const { return get(port(), "/healthz").json()["sockets"].get<std::size_t>(); }

  /// What the server sends to a client that asks for a WebSocket and sends these frames at once.
  std::string frames_after(const std::string& frames) const {
    const HttpAnswer answer = exchange_http(port(), upgrade_request() + frames);
    EXPECT_EQ(answer.status, 101);
    return answer.body;
  }
  static std::string close_frame_of(std::uint16_t code) {
    return {static_cast<char>(code >> 8), static_cast<char>(code & 255)};
  }

  std::optional<QuietRealm> realm;
  std::size_t before = 0;
};

TEST_F(FloodTest, OfSilentSockets) {
  Crowd crowd(port(), 12'000, {.opening = upgrade_request(), .piece = "", .connects_per_second = 8'000});
  ASSERT_TRUE(crowd.wait_until_made(14'000));
  EXPECT_LE(sockets(), strangers_max + 3);
  expect_calm();
}

TEST_F(FloodTest, OfSocketsFromOneAddress) {
  Crowd crowd(port(), 300, {.opening = upgrade_request("X-Forwarded-For: 192.0.2.1\r\n"), .piece = ""});
  ASSERT_TRUE(crowd.wait_until_made(400));
  EXPECT_LE(sockets(), strangers_per_address_max + 3);
  expect_calm();
}

TEST_F(FloodTest, OfSlowHandshakes) {
  Crowd crowd(port(), 3'000, {.opening = "GET /realm HTTP/1.1\r\nX: ", .piece = "x"});
  ASSERT_TRUE(crowd.wait_until_made(3'500));
  EXPECT_LE(sockets(), 3U);
  expect_calm();
}

TEST_F(FloodTest, OfGarbage) {
  const std::string garbage = Random(1).bytes(100'000);
  Crowd crowd(port(), 50, {.opening = upgrade_request(), .piece = garbage, .pause = std::chrono::milliseconds(100)});
  ASSERT_TRUE(crowd.wait_until_made(100));
  expect_calm();
}

TEST_F(FloodTest, OfFramesThatAreTooLarge) {
  Crowd crowd(port(), 50,
              {.opening = upgrade_request(),
               .piece = client_frame(std::string(100'000, 'x')),
               .pause = std::chrono::milliseconds(100),
               .away = std::chrono::milliseconds(0)});
  ASSERT_TRUE(crowd.wait_until_made(500));
  expect_calm();
}

TEST_F(FloodTest, OfLoudMembers) {
  Loud loud(port(), 50);
  ASSERT_TRUE(loud.wait_until_said(50U << 20U));
  expect_calm();
}

TEST_F(FloodTest, OfDeafMembers) {
  Deaf deaf(port(), 20, 1);
  ASSERT_TRUE(deaf.wait_until_closed(20));
  expect_calm();
}

TEST_F(FloodTest, OfSocketsThatSayNothingNeverReachesTheServer) {
  const auto descriptors = [this] {
    const std::filesystem::path open = "/proc/" + std::to_string(server->id()) + "/fd";
    return std::distance(std::filesystem::directory_iterator(open), std::filesystem::directory_iterator());
  };
  const auto idle = descriptors();
  Crowd crowd(port(), 200, {.opening = "", .piece = ""});
  ASSERT_TRUE(crowd.wait_until_made(200));
  expect_calm();
  EXPECT_LE(descriptors(), idle + 5);
}

TEST_F(FloodTest, OfTinyFragments) {
  std::string fragments("\x01\x80mask");
  for (int i = 0; i < 65'536; ++i) fragments += std::string("\x00\x80mask", 6);
  EXPECT_NE(frames_after(fragments).find(close_frame_of(close_policy)), std::string::npos);
  expect_calm();
}

TEST_F(FloodTest, OfLengthsThatNobodyHas) {
  const std::string lengths("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFmask", 14);
  EXPECT_NE(frames_after(lengths + std::string(1'000'000, 'x')).find("frame_too_large"), std::string::npos);
  EXPECT_NE(frames_after(std::string("\xC1\x80mask", 6)).find(close_frame_of(close_protocol_error)), std::string::npos)
      << "compressed";
  EXPECT_NE(frames_after(std::string("\x81\x01x", 3)).find(close_frame_of(close_protocol_error)), std::string::npos)
      << "not masked";
  expect_calm();
}

TEST_F(FloodTest, AHandshakeThatNeverEndsIsEnded) {
  const HttpAnswer answer = exchange_http(port(), "GET / HTTP/1.1\r\nX: ");
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.json()["code"], "request_timeout");
}

TEST_F(FloodTest, WithoutFileDescriptorsTheServerGoesOnWithThoseItHas) {
  if (is_sanitized) GTEST_SKIP() << "sanitizers need file descriptors of their own to look at memory";
  constexpr rlim_t few = 40;
  rlimit limit{};
  ASSERT_EQ(prlimit(server->id(), RLIMIT_NOFILE, nullptr, &limit), 0);
  const rlimit lowered{.rlim_cur = few, .rlim_max = limit.rlim_max};
  ASSERT_EQ(prlimit(server->id(), RLIMIT_NOFILE, &lowered, nullptr), 0);
  {
    Crowd crowd(port(), 100, {.opening = "GET / HTTP/1.1\r\nX: ", .piece = "x"});
    ASSERT_TRUE(crowd.wait_until_made(100));  // by the kernel, whether or not the server accepts
    EXPECT_TRUE(realm->ping());
    EXPECT_TRUE(realm->signal());
  }
  expect_calm();
  EXPECT_NE(log().find("cannot be accepted"), std::string::npos);
}

}  // namespace
}  // namespace skypod::test
