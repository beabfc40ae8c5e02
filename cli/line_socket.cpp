#include "cli/line_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace skypod::cli {
namespace {

using std::chrono::steady_clock;

/// As poll() takes it; -1 for ever.
int milliseconds_to(Deadline deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
}

}  // namespace

bool LineSocket::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return true;
}

std::optional<std::string> LineSocket::read(Deadline deadline) {
  std::array<char, 64 * 1024> piece{};
  for (std::size_t searched = 0; !over_;) {
    const std::size_t end = text_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = text_.substr(0, end);
      text_.erase(0, end + 1);
      return line;
    }
    searched = text_.size();
    pollfd waiting{socket_.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, milliseconds_to(deadline));
    if (ready == 0 && deadline && steady_clock::now() >= *deadline) return std::nullopt;
    if (ready <= 0) continue;
    const ssize_t count = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (count > 0) text_.append(piece.data(), static_cast<std::size_t>(count));
    over_ = count == 0 || (count < 0 && errno != EINTR);
  }
  return std::nullopt;
}

}  // namespace skypod::cli
