#include "server/audio/worker.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "native/descriptor.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr int low_priority = 10;

ServiceError refused() {
  return {422, "audio_refused",
          "The analysis of this file took more time or memory than it may, or broke off. Play it without a map."};
}

/// A running analysis.
class Worker {
 public:
  /// Nothing if it cannot be started. `output` is what it prints to.
  static std::optional<Worker> start(const std::string& program, int file, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    std::array<std::string, 4> words{"skypod", "audio", "--lines", "-"};
    std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    pid_t process = -1;
    const int failed = posix_spawn(&process, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return std::nullopt;
    setpriority(PRIO_PROCESS, static_cast<id_t>(process), low_priority);
    return Worker(process);
  }

  Worker(Worker&& other) noexcept : process_(std::exchange(other.process_, -1)) {}
  Worker& operator=(Worker&&) = delete;
  ~Worker() {
    if (process_ < 0) return;
    end();
    waitpid(process_, nullptr, 0);
  }

  void end() const { kill(process_, SIGKILL); }

 private:
  explicit Worker(pid_t process) : process_(process) {}

  pid_t process_;
};

std::string text_of(const wire::Json& json, const char* name) {
  const auto text = json.find(name);
  return text != json.end() && text->is_string() ? text->get<std::string>() : "";
}

/// What a line says: the map, or why there is none; nothing if it is progress, or nonsense.
std::optional<Result<wire::Json, ServiceError>> outcome_of(std::string_view line,
                                                           const std::function<void(double)>& progress) {
  const auto json = wire::parse_json(line);
  if (!json || !json->is_object()) return std::nullopt;
  if (const auto part = json->find("progress"); part != json->end() && part->is_number()) progress(part->get<double>());
  if (const auto map = json->find("map"); map != json->end() && map->is_object()) return *map;
  const auto failure = json->find("failure");
  if (failure == json->end() || !failure->is_object()) return std::nullopt;
  return unexpected(ServiceError{422, text_of(*failure, "code"), text_of(*failure, "message")});
}

}  // namespace

asio::awaitable<Result<wire::Json, ServiceError>> analyse_apart(std::string program, int file,
                                                                std::function<void(double)> progress) {
  const auto executor = co_await asio::this_coro::executor;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) co_return unexpected(refused());
  asio::posix::stream_descriptor output(executor, ends[0]);
  auto worker = [&] {
    const Descriptor theirs(ends[1]);
    return Worker::start(program, file, theirs.get());
  }();
  if (!worker) co_return unexpected(refused());
  asio::steady_timer deadline(executor, analysis_time_max);
  deadline.async_wait([&worker](const boost::system::error_code& error) {
    if (!error) worker->end();
  });
  std::string lines;
  for (;;) {
    const auto [error, octets] = co_await asio::async_read_until(
        output, asio::dynamic_buffer(lines, analysis_line_octets_max), '\n', asio::as_tuple(asio::use_awaitable));
    if (error) co_return unexpected(refused());
    auto outcome = outcome_of(std::string_view(lines).substr(0, octets), progress);
    if (outcome) co_return std::move(*outcome);
    lines.erase(0, octets);
  }
}

}  // namespace skypod::server
