#include "test/support/echo_process.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace skypod::test {
namespace {

using Octets = std::array<char, 100>;

bool move_all(int socket, Octets& octets, auto move) {
  for (std::size_t done = 0; done < octets.size();) {
    const ssize_t count = move(socket, octets.data() + done, octets.size() - done, 0);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

/// TCP over the loopback, as the server's own connections are.
void serve(int listener) {
  const int socket = accept(listener, nullptr, nullptr);
  constexpr int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Octets octets;
  while (move_all(socket, octets, ::recv) && move_all(socket, octets, ::send)) {
  }
}

}  // namespace

EchoProcess::EchoProcess() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, any, size) != 0 || listen(listener, 1) != 0 || getsockname(listener, any, &size) != 0) {
    throw std::runtime_error("cannot listen for echoes");
  }
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(listener);
    _exit(0);
  }
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  constexpr int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int connected = connect(socket_, any, size);
  ::close(listener);
  if (process_ < 0 || connected != 0) throw std::runtime_error("cannot start the echo process");
}

EchoProcess::~EchoProcess() {
  ::close(socket_);
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

bool EchoProcess::round_trip() {
  Octets octets{};
  return move_all(socket_, octets, ::send) && move_all(socket_, octets, ::recv);
}

}  // namespace skypod::test
