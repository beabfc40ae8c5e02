// A look into SCTP packets (RFC 9260 section 3), as far as sending them needs it.
#pragma once

#include "base/bytes.hpp"

namespace skypod::rtc::sctp {

/// Ports, verification tag, checksum.
inline constexpr std::size_t common_header = 12;

/// True for a packet with nothing but one SACK chunk that knows of no gap and no duplicate (section 3.3.4).
inline bool is_plain_acknowledgement(BytesView packet) {
  constexpr char sack = 3;
  constexpr std::size_t chunk = 16;
  constexpr std::size_t counts_at = common_header + 12;  // of gaps and of duplicates, 16 bits each
  return packet.size() == common_header + chunk && packet[common_header] == sack &&
         packet.substr(counts_at) == BytesView("\0\0\0\0", 4);
}

/// True for a packet that begins with HEARTBEAT or its answer (sections 3.3.5 and 3.3.6), which come alone.
inline bool is_heartbeat(BytesView packet) {
  return packet.size() > common_header && (packet[common_header] == 4 || packet[common_header] == 5);
}

}  // namespace skypod::rtc::sctp
