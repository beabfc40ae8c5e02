// Asks STUN and TURN servers for what a connection would ask them for, to tell people whether they work: a STUN server
// for this device's outer address, a TURN server for an address of its own.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/wire/json.hpp"
#include "rtc/endpoint.hpp"

namespace skypod::rtc {

/// What one address of a server gave.
struct Probed {
  std::string url;
  bool is_turn = false;
  std::string address;  // the outer one, or the server's that was allocated; "" if none came in time
};

/// Asks every address of `ice_servers`, which is as RTCConfiguration.iceServers has it, and waits for the answers, no
/// longer than `patience` for those of TURN and about five seconds for each of STUN. What is no address is left out.
std::vector<Probed> probe(const wire::Json& ice_servers, std::chrono::milliseconds patience, Options options = {});

}  // namespace skypod::rtc
