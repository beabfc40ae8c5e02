#include "test/support/raw_websocket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "test/support/crowd.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

std::string length_of(std::size_t size, int mask_bit) {
  if (size < 126) return {static_cast<char>(mask_bit | static_cast<int>(size))};
  const int octets = size <= 0xFFFF ? 2 : 8;
  std::string length{static_cast<char>(mask_bit | (octets == 2 ? 126 : 127))};
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) length += static_cast<char>(size >> shift & 255);
  return length;
}

}  // namespace

std::string raw_frame(int first, std::string_view payload, bool masked) {
  const std::string header = static_cast<char>(first) + length_of(payload.size(), masked ? 128 : 0);
  if (!masked) return header + std::string(payload);
  const std::string mask = "\x37\xfa\x21\x3d";
  std::string octets = header + mask;
  for (std::size_t i = 0; i < payload.size(); ++i) octets += static_cast<char>(payload[i] ^ mask[i % 4]);
  return octets;
}

RawWebSocket::RawWebSocket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  constexpr int on = 1;
  const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
  send(upgrade_request());
  while (input_.find("\r\n\r\n") == std::string::npos && fill(input_.size() + 1)) {
  }
  if (!input_.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("not upgraded: " + input_);
  input_.erase(0, input_.find("\r\n\r\n") + 4);
}

RawWebSocket::~RawWebSocket() {
  ::close(socket_);
}

void RawWebSocket::send(std::string_view octets, std::size_t piece) const {
  while (!octets.empty()) {
    const ssize_t sent = ::send(socket_, octets.data(), std::min(piece, octets.size()), MSG_NOSIGNAL);
    if (sent <= 0) return;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Reads until so many octets are there; false if the server hung up before.
bool RawWebSocket::fill(std::size_t octets) {
  std::array<char, 65'536> piece;
  while (input_.size() < octets) {
    const ssize_t count = recv(socket_, piece.data(), piece.size(), 0);
    if (count <= 0) return false;
    input_.append(piece.data(), static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<RawFrame> RawWebSocket::receive() {
  if (!fill(2)) return std::nullopt;
  std::size_t size = static_cast<unsigned char>(input_[1]);
  const std::size_t extension = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (!fill(2 + extension)) return std::nullopt;
  if (extension > 0) size = 0;
  for (std::size_t i = 0; i < extension; ++i) size = size << 8 | static_cast<unsigned char>(input_[2 + i]);
  if (!fill(2 + extension + size)) return std::nullopt;
  RawFrame frame{static_cast<unsigned char>(input_[0]) & 15, input_.substr(2 + extension, size)};
  input_.erase(0, 2 + extension + size);
  return frame;
}

}  // namespace skypod::test
