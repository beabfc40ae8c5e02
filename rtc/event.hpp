// What a connection tells its owner. They are the inputs that core/device/device.hpp has for WebRTC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "rtc/fault.hpp"

namespace skypod::rtc {

/// A connection's handle, chosen by the owner; unique among the open ones of an Endpoint. As core::RtcId.
using Id = std::uint32_t;

/// Longest message either way, in octets; the other side may take less (its a=max-message-size).
inline constexpr std::size_t message_max = 256 * 1024;

namespace event {

/// Our description, to be brought to the other side before any Candidate that follows.
struct Local {
  Id id = 0;
  bool is_offer = false;
  std::string sdp;
};
/// One of our addresses, in the form of RTCIceCandidate.candidate ("candidate:…"); empty when there are no more.
struct Candidate {
  Id id = 0;
  std::string candidate;
  std::string mid;
  std::int64_t line = 0;
};
/// The channel is open: the other side is who its description said, and messages flow both ways.
struct Opened {
  Id id = 0;
};
/// One message on the channel, as it was sent.
struct Message {
  Id id = 0;
  Bytes octets;
};
/// What waits to be sent has fallen to Options::low_water or below after it was above.
struct Drained {
  Id id = 0;
};
/// Nothing has been heard of the other side for a while; it may come back. An ICE restart may help.
struct Doubtful {
  Id id = 0;
};
/// The connection has ended and its handle is free; nothing else will be reported about it.
struct Failed {
  Id id = 0;
  Fault fault = Fault::ice_failed;
};
/// How packets travel from now on. May come more than once: a better pair, or an ICE restart.
struct Path {
  enum class Kind { direct, relayed };  // relayed: either end's address is a TURN server's
  Id id = 0;
  Kind kind = Kind::direct;
  std::string local;   // candidate type, RFC 8445: "host", "srflx", "prflx" or "relay"
  std::string remote;  // the same of the other side
};

}  // namespace event

/// Everything that a connection can report.
using Event = std::variant<event::Local, event::Candidate, event::Opened, event::Message, event::Drained,
                           event::Doubtful, event::Failed, event::Path>;

/// Whom an event is about.
inline Id id_of(const Event& event) {
  return std::visit([](const auto& what) { return what.id; }, event);
}

}  // namespace skypod::rtc
