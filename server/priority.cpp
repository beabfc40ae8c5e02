#include "server/priority.hpp"

#include <linux/sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace skypod::server {
namespace {

constexpr int niceness = 10;  // a tenth of what a thread without it gets (sched(7))

// The shortest that the kernel takes. For the one that gives way as well: whoever offers its processor loses the rest
// of its slice (since Linux 6.18), and the front does so after every piece of work.
constexpr std::uint64_t slice_ns = 100'000;

/// The first version of the kernel's struct (sched_setattr(2)); the C library has none of it.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = SCHED_NORMAL;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;  // the slice, since Linux 6.12
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

void apply(const Attributes& attributes) {
  constexpr int this_thread = 0;
  syscall(SYS_sched_setattr, this_thread, &attributes, 0);
}

}  // namespace

void give_way_to_members() {
  apply({.policy = SCHED_BATCH, .nice = getpriority(PRIO_PROCESS, 0) + niceness, .runtime_ns = slice_ns});
}

void serve_promptly() {
  apply({.nice = getpriority(PRIO_PROCESS, 0), .runtime_ns = slice_ns});
}

}  // namespace skypod::server
