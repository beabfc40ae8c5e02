#include "media/jail/jail.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <thread>

namespace skypod::media {
namespace {

/// Runs this in a jail, in a process of its own; gives its answer, or 128 + a signal's number.
int in_jail(const std::function<int()>& work) {
  const pid_t process = fork();
  if (process == 0) _exit(enter_jail({.memory_octets = 256U << 20U}) ? work() : 99);
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Jail : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_jail) GTEST_SKIP() << "a build with sanitizers has no jail";
  }
};

TEST_F(Jail, LeavesNothingButComputing) {
  EXPECT_EQ(in_jail([] { return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return open("/tmp/x", O_WRONLY | O_CREAT, 0600) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return fork() < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return kill(getppid(), 0) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] {
              execl("/bin/true", "true", nullptr);
              return errno;
            }),
            EPERM);
}

TEST_F(Jail, BoundsMemory) {
  EXPECT_EQ(in_jail([] {
              void* much = mmap(nullptr, 512U << 20U, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return much == MAP_FAILED ? errno : 0;
            }),
            ENOMEM);
}

TEST_F(Jail, AllowsThreads) {
  EXPECT_EQ(in_jail([] {
              int made = 0;
              std::thread thread([&made] { made = 7; });
              thread.join();
              return made;
            }),
            7);
}

}  // namespace
}  // namespace skypod::media
