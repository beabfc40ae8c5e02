#include "native/descriptor.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string>
#include <thread>

namespace skypod {
namespace {

/// Two ends of a connection that holds only a little.
std::array<Descriptor, 2> narrow_connection() {
  std::array<int, 2> ends{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const int least = 1;
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

TEST(WriteAll, LosesNothingToSignals) {
  struct sigaction action{};
  action.sa_handler = [](int) {};  // without SA_RESTART: it cuts writes short
  struct sigaction before{};
  sigaction(SIGUSR1, &action, &before);
  auto [from, to] = narrow_connection();
  std::string said;
  for (int number = 0; said.size() < 1'000'000; ++number) said += std::to_string(number) + "\n";
  std::atomic<bool> is_written = false;
  std::thread writer([&] {
    is_written = write_all(from.get(), said);
    from = Descriptor();
  });
  std::string heard;
  std::array<char, 1000> piece{};
  for (ssize_t count = 1; count > 0; heard.append(piece.data(), static_cast<std::size_t>(count))) {
    pthread_kill(writer.native_handle(), SIGUSR1);
    count = ::read(to.get(), piece.data(), piece.size());
    ASSERT_GE(count, 0);
  }
  writer.join();
  sigaction(SIGUSR1, &before, nullptr);
  EXPECT_TRUE(is_written);
  EXPECT_TRUE(heard == said);
}

TEST(WriteAll, SaysThatNobodyListens) {
  auto [from, to] = narrow_connection();
  to = Descriptor();
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_FALSE(write_all(from.get(), "x"));
  std::signal(SIGPIPE, before);
  EXPECT_FALSE(write_all(-1, "x"));
  EXPECT_TRUE(write_all(-1, ""));
}

}  // namespace
}  // namespace skypod
