// How a command of `skypod` ends early.
#pragma once

#include <string>

namespace skypod::cli {

/// Exit codes: it is done, it failed, it was called wrongly.
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int misused = 2;

/// Thrown by a command that cannot go on; main() prints the message as one line and exits with the code.
struct Failure {
  int code = failed;
  std::string message;  // what, why and the mend
};

}  // namespace skypod::cli
