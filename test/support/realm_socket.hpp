// A WebSocket to the realm server, for tests: synchronous, and every wait has a deadline.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/envelope.hpp"

namespace skypod::test {

/// One connection. The server's frames are kept until they are asked for.
class RealmSocket {
 public:
  /// Connects to ws://127.0.0.1:port/realm; throws if that is refused. `origin` is sent if it is not empty.
  explicit RealmSocket(std::uint16_t port, const std::string& origin = "");
  ~RealmSocket();
  RealmSocket(RealmSocket&&) noexcept;
  RealmSocket& operator=(RealmSocket&&) noexcept;

  /// Writes a text frame; false if the connection ended meanwhile.
  bool send(std::string_view text);
  bool send(const wire::Envelope& message);

  /// Writes a binary frame.
  bool send_binary(std::string_view octets);

  /// The next message; nothing if the connection ended or nothing came in time.
  std::optional<wire::Envelope> receive();

  /// The next message of that name, passing over others.
  std::optional<wire::Envelope> receive(std::string_view msg);

  /// The nonce of the challenge, which must be the next message; "" if it is not.
  std::string challenge();

  /// Waits for the end of the connection; the close code, 1006 if there was none (RFC 6455 section 7.1.5), 0 if it does
  /// not end in time.
  int closed();

  /// The TCP socket, for floods that go on without what this class does.
  int descriptor();

  /// Hangs up without a close frame.
  void drop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skypod::test
