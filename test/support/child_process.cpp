#include "test/support/child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "test/support/server_process.hpp"

extern char** environ;

namespace skypod::test {
namespace {

/// Starts the program on one end of a pair of sockets; gives the process and the other end.
std::pair<pid_t, Descriptor> start_on_socket(const std::string& program, const std::vector<std::string>& arguments,
                                             const std::filesystem::path& log) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("cannot make sockets");
  const Descriptor theirs(ends[1]);
  Descriptor ours(ends[0]);
  const pid_t process = start_program(program, arguments, theirs.get(), theirs.get(), log);
  return {process, std::move(ours)};
}

}  // namespace

pid_t start_program(const std::string& program, std::vector<std::string> arguments, int input, int output,
                    const std::filesystem::path& log) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const auto& [from, to] : {std::pair(input, STDIN_FILENO), std::pair(output, STDOUT_FILENO)}) {
    from < 0 ? posix_spawn_file_actions_addopen(&actions, to, "/dev/null", O_RDWR, 0)
             : posix_spawn_file_actions_adddup2(&actions, from, to);
  }
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t process = -1;
  const int error = posix_spawn(&process, program.c_str(), &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + program);
  return process;
}

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const std::filesystem::path& log)
    : lines_(Descriptor()) {
  auto [process, socket] = start_on_socket(program, arguments, log);
  process_ = process;
  lines_ = cli::LineSocket(std::move(socket));
}

ChildProcess::~ChildProcess() {
  kill();
}

std::string ChildProcess::line() {
  auto line = lines_.read(std::chrono::steady_clock::now() + patience);
  if (!line) throw std::runtime_error("the program printed no line in time");
  return std::move(*line);
}

void ChildProcess::signal(int number) const {
  if (process_ >= 0) ::kill(process_, number);
}

int ChildProcess::wait() {
  return process_ < 0 ? -1 : wait_for(std::exchange(process_, -1));
}

void ChildProcess::kill() {
  signal(SIGKILL);
  wait();
}

}  // namespace skypod::test
