#include "peer/standard_input.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "peer/lines.hpp"

namespace skypod::peer {

StandardInput::StandardInput(boost::asio::io_context& io, std::function<void(std::string)> line)
    : io_(io), line_(std::move(line)), wake_(eventfd(0, EFD_CLOEXEC)), thread_([this] { read_all(); }) {}

StandardInput::~StandardInput() {
  eventfd_write(wake_.get(), 1);
}

void StandardInput::read_all() {
  std::string text;
  std::array<char, 16 * 1024> piece{};
  std::array<pollfd, 2> waiting{{{STDIN_FILENO, POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
  while (true) {
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    if (waiting[0].revents == 0) continue;
    const ssize_t count = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (count <= 0) return;
    const std::size_t searched = text.size();
    text.append(piece.data(), static_cast<std::size_t>(count));
    for (std::size_t end = text.find('\n', searched); end != std::string::npos || text.size() > request_max;
         end = text.find('\n')) {
      const bool is_whole = end <= request_max;
      std::string line = text.substr(0, is_whole ? end : request_max);
      text.erase(0, is_whole ? end + 1 : request_max);
      boost::asio::post(io_, [this, ready = std::move(line)]() mutable { line_(std::move(ready)); });
    }
  }
}

}  // namespace skypod::peer
