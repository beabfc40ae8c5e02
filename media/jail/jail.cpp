#include "media/jail/jail.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

namespace skypod::media {
namespace {

#if defined(__x86_64__)
constexpr unsigned architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned architecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr unsigned architecture = AUDIT_ARCH_RISCV64;
#else
constexpr unsigned architecture = 0;
#endif

/// What computing, threads, memory and descriptors that are open already need. All else fails with EPERM.
constexpr std::array allowed = std::to_array<unsigned>({
    SYS_read,
    SYS_pread64,
    SYS_readv,
    SYS_write,
    SYS_writev,
    SYS_lseek,
    SYS_fstat,
    SYS_close,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_clone,
    SYS_exit,
    SYS_exit_group,
    SYS_set_robust_list,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getpid,
    SYS_gettid,
    SYS_getrandom,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_restart_syscall,
    SYS_membarrier,
    SYS_getrusage,
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
});

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
}

sock_filter answer(unsigned verdict) {
  return BPF_STMT(BPF_RET | BPF_K, verdict);
}

/// The next so many instructions are passed over unless the value is this.
sock_filter unless(unsigned value, unsigned char jump) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, jump);
}

/// The filter: of our architecture's calls those that are allowed; clone() for threads only. clone3() is said not to
/// exist, so that the C library uses clone(), whose flags can be looked at.
std::vector<sock_filter> make_filter() {
  constexpr unsigned thread_flag = 0x00010000;  // CLONE_THREAD
  std::vector<sock_filter> filter{load(offsetof(seccomp_data, arch)),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
                                  answer(SECCOMP_RET_KILL_PROCESS), load(offsetof(seccomp_data, nr))};
#ifdef SYS_clone3
  filter.insert(filter.end(), {unless(SYS_clone3, 1), answer(SECCOMP_RET_ERRNO | ENOSYS)});
#endif
  filter.insert(filter.end(), {unless(SYS_clone, 4), load(offsetof(seccomp_data, args)),
                               BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, thread_flag, 1, 0),
                               answer(SECCOMP_RET_ERRNO | EPERM), answer(SECCOMP_RET_ALLOW)});
  for (const unsigned call : allowed) {
    filter.insert(filter.end(), {unless(call, 1), answer(SECCOMP_RET_ALLOW)});
  }
  filter.push_back(answer(SECCOMP_RET_ERRNO | EPERM));
  return filter;
}

bool limit(int resource, rlim_t most) {
  rlimit present{};
  if (getrlimit(static_cast<__rlimit_resource>(resource), &present) != 0) return false;
  if (present.rlim_max != RLIM_INFINITY && present.rlim_max < most) most = present.rlim_max;
  const rlimit wanted{most, most};
  return setrlimit(static_cast<__rlimit_resource>(resource), &wanted) == 0;
}

}  // namespace

Result<void, std::string> enter_jail(const Allowance& allowance) {
  if (!has_jail) return {};
  const rlim_t seconds = allowance.processor_seconds ? *allowance.processor_seconds : RLIM_INFINITY;
  const bool is_limited = limit(RLIMIT_DATA, allowance.memory_octets) && limit(RLIMIT_CPU, seconds) &&
                          limit(RLIMIT_CORE, 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!is_limited) {
    return unexpected(std::string("this process cannot be restricted: ") + std::strerror(errno) +
                      "; run it with ordinary limits (ulimit -a)");
  }
  if (architecture == 0) return {};
  std::vector<sock_filter> filter = make_filter();
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 && errno != EINVAL && errno != ENOSYS) {
    return unexpected(std::string("system calls cannot be filtered: ") + std::strerror(errno) + "; see dmesg");
  }
  return {};
}

}  // namespace skypod::media
