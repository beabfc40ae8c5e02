#include "server/pictures/pictures.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <utility>

namespace skypod::server {
namespace {

using Clock = std::chrono::steady_clock;
using pictures::Outcome;

constexpr int tries_max = 2;  // a worker may have ended since it was last asked, for no fault of this picture
constexpr auto patience = std::chrono::seconds(10);
constexpr std::size_t kept_octets_max = 32U << 20U;

ServiceError error_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::unknown:
      return {422, "not_a_picture", "The document is no JPEG, PNG, GIF or WebP picture. Ask for one that is."};
    case Outcome::too_large:
      return {422, "picture_too_large",
              "The picture has more than 36 million pixels or 20 MiB. Ask its publisher for a smaller one."};
    default:
      return {422, "bad_picture", "The picture is damaged. Ask its publisher to mend it."};
  }
}

ServiceError no_worker() {
  return {503, "no_pictures", "This server makes no thumbnails now. Fetch the picture itself, or try again later."};
}

ServiceError too_slow() {
  return {503, "busy", "The picture took too long to be made small. Fetch the picture itself, or try again later."};
}

std::string key_of(const Pictures::Wanted& wanted) {
  return wanted.name + ":" + std::to_string(wanted.width) + (wanted.type == pictures::Type::webp ? "w" : "j");
}

}  // namespace

/// The program while it runs.
class Pictures::Worker {
 public:
  /// Null if it cannot be started.
  static std::unique_ptr<Worker> start(const std::filesystem::path& program) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return nullptr;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);  // our sockets are none of its business
    pid_t process = -1;
    std::string name = program.string();
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::string single = "G_SLICE=always-malloc";
    std::string quiet = "VIPS_WARNING=off";  // for a damaged picture there are hundreds of them
    std::array<char*, 3> environment{single.data(), quiet.data(), nullptr};
    const int failed = posix_spawn(&process, name.c_str(), &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (failed != 0) close(ends[0]);
    return failed != 0 ? nullptr : std::unique_ptr<Worker>(new Worker(process, ends[0]));
  }

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    close(socket_);
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

  /// Nothing if it broke or took too long; it is of no use then.
  std::optional<std::pair<Outcome, std::string>> ask(const std::string& head, std::string_view picture) {
    deadline_ = Clock::now() + patience;
    char answer[pictures::answer_head_octets];
    if (!send_all(head) || !send_all(picture) || !receive(answer, sizeof answer)) return std::nullopt;
    const std::size_t octets = pictures::read_u32(answer + 1);
    if (octets > pictures::thumbnail_octets_max) return std::nullopt;
    std::string thumbnail(octets, '\0');
    if (!receive(thumbnail.data(), octets)) return std::nullopt;
    return std::pair(static_cast<Outcome>(answer[0]), std::move(thumbnail));
  }

 private:
  Worker(pid_t process, int socket) : process_(process), socket_(socket) {}

  bool wait(short events) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    pollfd waiting{socket_, events, 0};
    return left.count() > 0 && poll(&waiting, 1, static_cast<int>(left.count())) == 1;
  }

  bool send_all(std::string_view octets) const {
    while (!octets.empty()) {
      if (!wait(POLLOUT)) return false;
      const ssize_t count = send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0 && errno != EAGAIN && errno != EINTR) return false;
      octets.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
  }

  bool receive(char* into, std::size_t octets) const {
    while (octets > 0) {
      if (!wait(POLLIN)) return false;
      const ssize_t count = recv(socket_, into, octets, MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
      if (count < 0) continue;
      into += count;
      octets -= static_cast<std::size_t>(count);
    }
    return true;
  }

  pid_t process_;
  int socket_;
  Clock::time_point deadline_;
};

Pictures::Pictures(std::filesystem::path program) : program_(std::move(program)), kept_(kept_octets_max) {}

Pictures::~Pictures() = default;

Result<Pictures::Thumbnail, ServiceError> Pictures::shrink(const Wanted& wanted, std::string_view picture) {
  if (picture.size() > pictures::octets_max) return unexpected(error_of(Outcome::too_large));
  const std::lock_guard lock(turn_);
  std::string key = key_of(wanted);
  if (const Thumbnail* known = kept_.find(key)) return *known;
  auto made = ask(wanted, picture);
  if (!made) return unexpected(made.error());
  auto thumbnail = std::make_shared<const std::string>(std::move(*made));
  kept_.put(std::move(key), thumbnail, thumbnail->size());
  return thumbnail;
}

Result<std::string, ServiceError> Pictures::ask(const Wanted& wanted, std::string_view picture) {
  std::string head;
  pictures::append_u32(head, static_cast<std::uint32_t>(wanted.width));
  head += static_cast<char>(wanted.type);
  pictures::append_u32(head, static_cast<std::uint32_t>(picture.size()));
  const auto begin = Clock::now();
  for (int tries = 0; tries < tries_max; ++tries) {
    if (!worker_) worker_ = Worker::start(program_);
    if (!worker_) return unexpected(no_worker());
    auto answer = worker_->ask(head, picture);
    if (answer && answer->first == Outcome::done) return std::move(answer->second);
    if (answer) return unexpected(error_of(answer->first));
    worker_ = nullptr;
    if (Clock::now() - begin >= patience) return unexpected(too_slow());
  }
  return unexpected(error_of(Outcome::broken));
}

}  // namespace skypod::server
