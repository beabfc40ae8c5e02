// A WebSocket client that sends whatever octets it is told to, and shows each frame that comes back: for what a
// well-behaved client library would never send.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skypod::test {

/// A frame as it came.
struct RawFrame {
  int opcode = 0;
  std::string payload;
};

/// A client's frame. `first` is its first octet: FIN, reserved bits and opcode. Masked unless `masked` is false.
std::string raw_frame(int first, std::string_view payload, bool masked = true);

/// Every wait has a deadline.
class RawWebSocket {
 public:
  /// Connects and upgrades; throws if that is refused.
  explicit RawWebSocket(std::uint16_t port);
  ~RawWebSocket();
  RawWebSocket(const RawWebSocket&) = delete;
  RawWebSocket& operator=(const RawWebSocket&) = delete;

  /// Sends the octets, `piece` at a time. What the server no longer takes is dropped.
  void send(std::string_view octets, std::size_t piece = SIZE_MAX) const;

  /// The next frame; nothing if the server hung up.
  std::optional<RawFrame> receive();

  /// The TCP socket, for what goes on without this class.
  int descriptor() const { return socket_; }

 private:
  bool fill(std::size_t octets);

  int socket_ = -1;
  std::string input_;
};

}  // namespace skypod::test
