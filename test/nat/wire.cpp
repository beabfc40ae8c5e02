// A wire between two network namespaces that takes time, for tests of real networks: the kernel that they run on need
// not have netem. Both ends are TUN devices, so whole IP packets pass, in order, each after the delay.
//
//   nat_wire FILE NAME FILE NAME     the namespaces' files, as under /run/netns, and what the devices are called there
//
// Says "ready" once both devices are there. Each line on standard input is a new delay one way in microseconds, 0 to
// begin with, and is answered by "set". It ends with its input.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t packet_max = 65'536;
constexpr std::size_t queue_max = 4096;  // packets under way in one direction; more are lost, as on a real wire

void require(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  std::exit(1);
}

/// Makes the device in the namespace; gives its descriptor, which works from anywhere.
int make_device(const char* file, const char* name) {
  const int space = open(file, O_RDONLY | O_CLOEXEC);
  require(space >= 0 && setns(space, CLONE_NEWNET) == 0, file);
  close(space);
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  require(device >= 0, "/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  require(ioctl(device, TUNSETIFF, &request) == 0, name);
  return device;
}

/// What is under way from one end to the other.
class Direction {
 public:
  Direction(int from, int to) : from_(from), to_(to) {}

  /// Takes in what has been sent.
  void take(Clock::duration delay) {
    std::array<char, packet_max> packet;
    for (;;) {
      const ssize_t size = read(from_, packet.data(), packet.size());
      if (size <= 0) return;
      if (under_way_.size() < queue_max) {
        under_way_.push_back({Clock::now() + delay, {packet.data(), static_cast<std::size_t>(size)}});
      }
    }
  }

  /// Gives out what has arrived.
  void deliver() {
    while (!under_way_.empty() && under_way_.front().due <= Clock::now()) {
      const std::string& octets = under_way_.front().octets;
      static_cast<void>(!write(to_, octets.data(), octets.size()));  // a device that is down loses it
      under_way_.pop_front();
    }
  }

  /// How long nothing will arrive; less than 0: nothing is under way.
  Clock::duration pause() const {
    return under_way_.empty() ? Clock::duration(-1) : std::max(under_way_.front().due - Clock::now(), Clock::duration(0));
  }

 private:
  struct Packet {
    Clock::time_point due;
    std::string octets;
  };

  int from_;
  int to_;
  std::deque<Packet> under_way_;
};

/// Waits for packets, for the next arrival, or for a command.
void wait(std::array<pollfd, 3>& ends, const std::array<Direction, 2>& directions) {
  Clock::duration next(-1);
  for (const Direction& direction : directions) {
    const auto pause = direction.pause();
    if (pause >= Clock::duration(0) && (next < Clock::duration(0) || pause < next)) next = pause;
  }
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(next).count();
  const timespec limit{.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
  ppoll(ends.data(), ends.size(), nanoseconds < 0 ? nullptr : &limit, nullptr);
}

/// Reads a new delay; false at the end of commands.
bool obey(Clock::duration& delay) {
  std::array<char, 64> line{};
  const ssize_t size = read(STDIN_FILENO, line.data(), line.size() - 1);
  if (size <= 0) return false;
  delay = std::chrono::microseconds(std::strtoll(line.data(), nullptr, 10));
  std::puts("set");
  std::fflush(stdout);
  return true;
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fputs("usage: nat_wire FILE NAME FILE NAME\n", stderr);
    return 2;
  }
  const int left = make_device(words[1], words[2]);
  const int right = make_device(words[3], words[4]);
  std::puts("ready");
  std::fflush(stdout);
  std::array<Direction, 2> directions{Direction(left, right), Direction(right, left)};
  std::array<pollfd, 3> ends{{{left, POLLIN, 0}, {right, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  Clock::duration delay(0);
  for (;;) {
    wait(ends, directions);
    if (ends[2].revents != 0 && !obey(delay)) return 0;
    for (Direction& direction : directions) {
      direction.take(delay);
      direction.deliver();
    }
  }
}
