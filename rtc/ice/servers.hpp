// STUN and TURN servers, as RTCConfiguration.iceServers names them (RFC 7064, RFC 7065). The realm's server writes the
// list; entries that cannot be used are left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/redacted.hpp"
#include "core/wire/json.hpp"

namespace skypod::rtc::ice {

/// Most servers used of one list; each costs an address and a round of packets.
inline constexpr std::size_t servers_max = 8;

/// One way to reach one server.
struct Server {
  enum class Kind { stun, turn_udp, turn_tcp, turn_tls };
  Kind kind = Kind::stun;
  std::string host;  // a name, or digits without brackets
  std::uint16_t port = 3478;
  std::string username;
  Redacted<std::string> credential;
};

/// Reads a list such as [{"urls": ["turn:turn.example:3478?transport=tcp"], "username": "…", "credential": "…"}].
std::vector<Server> read_servers(const wire::Json& list);

}  // namespace skypod::rtc::ice
