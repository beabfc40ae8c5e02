// ICE candidates as browsers exchange them: RTCIceCandidate.candidate, an a=candidate attribute without its "a="
// (RFC 8839 section 5.1, RFC 6544 section 4.5 for TCP). A stranger writes them, so everything is bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skypod::rtc::sdp {

/// Longest candidate in octets; real ones have about 120. As core/wire takes them.
inline constexpr std::size_t candidate_max = 1024;

/// One address at which a peer may be reached.
struct Candidate {
  enum class Transport { udp, tcp_active, tcp_passive, tcp_so };
  enum class Type { host, server_reflexive, peer_reflexive, relayed };

  std::string foundation;
  std::uint16_t component = 1;
  Transport transport = Transport::udp;
  std::uint32_t priority = 0;
  std::string address;  // digits of IPv4 or IPv6, or a name such as an mDNS one; not checked further
  std::uint16_t port = 0;
  Type type = Type::host;
  std::string related_address;  // empty if it names none
  std::uint16_t related_port = 0;
  std::string ufrag;  // whose description it belongs to; empty if it does not say
};

/// Reads one, with or without "a=" before it; nothing for what is not one.
std::optional<Candidate> parse_candidate(std::string_view text);

}  // namespace skypod::rtc::sdp
