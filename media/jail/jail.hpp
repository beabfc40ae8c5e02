// Makes what is left of a process's life harmless, before it decodes what strangers have made: from then on it can open
// nothing, connect to nothing, run nothing and use no more memory and time than it is given (seccomp, setrlimit). What
// is open stays open, so the file is opened first and the answer goes to a pipe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace skypod::media {

/// A build with sanitizers has none: they need terabytes of addresses, and look at threads from outside.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool has_jail = false;
#else
inline constexpr bool has_jail = true;
#endif
#else
inline constexpr bool has_jail = true;
#endif

/// What may be used.
struct Allowance {
  std::size_t memory_octets = std::size_t{1} << 30U;  // of private memory, stacks included
  std::optional<unsigned> processor_seconds = 3'600;  // nothing: any number
};

/// Enters for good, with all threads to come. The error is a sentence; nothing is restricted then. Where the kernel has
/// no seccomp, the limits hold alone.
Result<void, std::string> enter_jail(const Allowance& allowance);

}  // namespace skypod::media
