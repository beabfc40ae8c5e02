// One WebSocket of the realm server: frames in, frames out, and a bound on everything a peer can make us keep or do.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "server/http.hpp"

namespace skypod::server {

/// Octets that may wait for a receiver. One more, and it is closed as a slow_consumer.
inline constexpr std::size_t queue_octets_max = 1U << 20U;
/// Octets that may wait for all receivers together. While it is more, each may have only the share.
inline constexpr std::size_t backlog_octets_max = 256U << 20U;
inline constexpr std::size_t backlog_share = 64U << 10U;

/// How a WebSocket begins.
struct Beginning {
  std::string handshake;  // the whole HTTP answer
  std::string household;  // as in signal::Opened
  std::string input;      // what has been read of the connection already
};

/// Answers the handshake and carries frames until the connection ends; it then disposes of itself.
void start_websocket(std::unique_ptr<Stream> stream, const Shared& shared, Beginning beginning);

}  // namespace skypod::server
