#include "test/support/server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "test/support/child_process.hpp"
#include "test/support/directory.hpp"

namespace skypod::test {
namespace {

constexpr std::array<std::string_view, 2> announcements{"listening on http://127.0.0.1:",
                                                        "listening on https://127.0.0.1:"};

/// Reads up to the first line's end, or to the end of the output.
std::string read_line(int descriptor) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string line;
  for (char letter = 0; letter != '\n';) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{descriptor, POLLIN, 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) != 1) break;
    if (read(descriptor, &letter, 1) != 1) break;
    if (letter != '\n') line += letter;
  }
  return line;
}

std::string read_all(int descriptor) {
  std::string all;
  char piece[4096];
  for (ssize_t count = 0; (count = read(descriptor, piece, sizeof piece)) > 0;) {
    all.append(piece, static_cast<std::size_t>(count));
  }
  return all;
}

}  // namespace

Finished run_program(const std::string& program, const std::vector<std::string>& arguments, const std::string& input) {
  const Directory directory;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  directory.write("input", input);
  const int file = ::open((directory.path() / "input").c_str(), O_RDONLY | O_CLOEXEC);
  const pid_t process = start_program(program, arguments, file, ends[1], directory.path() / "errors");
  close(file);
  close(ends[1]);
  Finished finished;
  finished.output = read_all(ends[0]);
  close(ends[0]);
  finished.code = wait_for(process);
  finished.errors = directory.read("errors");
  return finished;
}

ServerProcess::ServerProcess(const std::string& program, const std::filesystem::path& data,
                             const std::vector<std::string>& more, std::uint16_t port) {
  std::vector<std::string> arguments{"serve", "--listen", "127.0.0.1:" + std::to_string(port), "--data", data};
  arguments.insert(arguments.end(), more.begin(), more.end());
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  process_ = start_program(program, std::move(arguments), -1, ends[1], data.string() + ".log");
  close(ends[1]);
  output_ = ends[0];
  first_line_ = read_line(output_);
  const auto* announcement = std::ranges::find_if(
      announcements, [this](std::string_view beginning) { return first_line_.starts_with(beginning); });
  if (announcement == announcements.end()) {
    kill();
    throw std::runtime_error("the server did not say its address but: " + first_line_);
  }
  port_ = static_cast<std::uint16_t>(std::stoi(first_line_.substr(announcement->size())));
}

ServerProcess::~ServerProcess() {
  kill();
}

void ServerProcess::ask_to_reload() const {
  ::kill(process_, SIGHUP);
}

void ServerProcess::ask_to_stop() const {
  ::kill(process_, SIGTERM);
}

int ServerProcess::wait() {
  constexpr int no_signal = 0;
  return finish(no_signal);
}

void ServerProcess::kill() {
  finish(SIGKILL);
}

int ServerProcess::finish(int signal) {
  if (process_ < 0) {
    return -1;
  }
  ::kill(process_, signal);
  const int code = wait_for(std::exchange(process_, -1));
  close(std::exchange(output_, -1));
  return code;
}

}  // namespace skypod::test
