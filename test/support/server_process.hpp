// The real `skypod serve`, as a child process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skypod::test {

/// How long any single thing in a test may take before it counts as failed.
inline constexpr std::chrono::seconds patience{20};

/// What a finished process left: its exit code (128 + the signal's number if one ended it) and what it printed.
struct Finished {
  int code = -1;
  std::string output;
  std::string errors;
};

/// Runs a program to its end, with `input` on its standard input.
Finished run_program(const std::string& program, const std::vector<std::string>& arguments,
                     const std::string& input = "");

/// A server that was started and has said where it listens. Killed when the object goes.
class ServerProcess {
 public:
  /// Starts `program serve --listen 127.0.0.1:<port> --data <data> <more>`, on a free port for 0; throws if it does not
  /// say its address in time. Its log is appended to `<data>.log`.
  ServerProcess(const std::string& program, const std::filesystem::path& data,
                const std::vector<std::string>& more = {}, std::uint16_t port = 0);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const { return port_; }

  pid_t id() const { return process_; }

  /// The first line that it printed.
  const std::string& first_line() const { return first_line_; }

  /// SIGHUP.
  void ask_to_reload() const;

  /// SIGTERM.
  void ask_to_stop() const;

  /// Waits for its end after ask_to_stop(); gives the exit code.
  int wait();

  /// SIGKILL, then waits.
  void kill();

 private:
  int finish(int signal);

  pid_t process_ = -1;
  int output_ = -1;
  std::string first_line_;
  std::uint16_t port_ = 0;
};

}  // namespace skypod::test
