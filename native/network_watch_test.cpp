#include "native/network_watch.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace skypod {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr int not_permitted = 77;

/// In a network of its own: does a change come through, and only one for a burst?
int watch_a_change() {
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return not_permitted;
  }
  boost::asio::io_context io(1);
  int told = 0;
  NetworkWatch watch(io, [&] {
    ++told;
    watch.stop();
  });
  if (std::system("ip link set lo up && ip addr add 192.0.2.1/32 dev lo") != 0) return not_permitted;
  io.run_for(patience);
  return told == 1 ? 0 : 1;
}

TEST(NetworkWatchTest, TellsOfABurstOfChangesOnce) {
  const pid_t child = fork();
  if (child == 0) _exit(watch_a_change());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == not_permitted) GTEST_SKIP() << "network namespaces are not permitted here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(NetworkWatchTest, KeepsNobodyWaitingOnceStopped) {
  boost::asio::io_context io(1);
  NetworkWatch watch(io, [] {});
  watch.stop();
  io.run_for(patience);
  EXPECT_TRUE(io.stopped());
}

}  // namespace
}  // namespace skypod
