// A program that runs beside the test, whose standard input and output the test is.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/line_socket.hpp"
#include "native/descriptor.hpp"

namespace skypod::test {

/// Starts a program. A descriptor below 0 is /dev/null; errors are appended to the file `log`. Throws if it cannot.
pid_t start_program(const std::string& program, std::vector<std::string> arguments, int input, int output,
                    const std::filesystem::path& log);

/// Waits for the end of a process; gives its exit code, or 128 + the signal's number if one ended it.
int wait_for(pid_t process);

/// One program, killed when the object goes.
class ChildProcess {
 public:
  /// Its errors are appended to the file `log`.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments, const std::filesystem::path& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return process_; }

  /// Its standard input and output.
  cli::LineSocket& lines() { return lines_; }

  /// The next line it prints; throws if none comes in time.
  std::string line();

  void signal(int number) const;

  /// Closes its standard input and output.
  void hang_up() { lines_ = cli::LineSocket(Descriptor()); }

  /// Waits for its end; gives the exit code as wait_for() does.
  int wait();

  /// SIGKILL, then waits.
  void kill();

 private:
  cli::LineSocket lines_;
  pid_t process_ = -1;
};

}  // namespace skypod::test
