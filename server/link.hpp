// What the realm server's side and a connection know of each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/signal/server.hpp"

namespace skypod::server {

/// When a frame is written: right away; or, because it is one of many, in turn; or, because it is large as well, last.
/// A fan-out shall not keep others waiting.
enum class Haste : std::uint8_t { soon, later, last };

/// A connection that frames are sent to. No call may call back before it returns.
class Link {
 public:
  virtual ~Link() = default;

  /// Queues a text frame.
  virtual void send(std::shared_ptr<const std::string> frame, Haste haste) = 0;

  /// Counts octets that others are sent because of what this one said.
  virtual void charge(std::size_t octets) = 0;

  /// Closes after what is queued; whoever calls this has forgotten the link.
  virtual void close(std::uint16_t code, std::string reason) = 0;
};

/// Who hears what comes in. What is said of a socket that is forgotten is ignored.
class Ear {
 public:
  /// A message; "" for a binary one.
  virtual void frame(signal::SocketId socket, std::string_view text) = 0;

  /// A message is arriving that is longer than allowed.
  virtual void too_large(signal::SocketId socket) = 0;

  /// The connection has ended, or ends.
  virtual void closed(signal::SocketId socket) = 0;

 protected:
  ~Ear() = default;
};

}  // namespace skypod::server
