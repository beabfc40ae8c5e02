// The Data Channel Establishment Protocol (RFC 8832 section 5): how one side opens a channel that was not agreed on
// beforehand. Strangers write what is parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.hpp"

namespace skypod::rtc::channel {

/// What a message is, as SCTP's payload protocol identifier says (RFC 8831 section 8).
namespace ppid {
inline constexpr std::uint32_t dcep = 50;
inline constexpr std::uint32_t text = 51;
inline constexpr std::uint32_t binary = 53;
inline constexpr std::uint32_t empty_text = 56;
inline constexpr std::uint32_t empty_binary = 57;
}  // namespace ppid

/// Longest label or protocol name accepted, in octets. The format allows 65,535 each; nothing needs them.
inline constexpr std::size_t name_max = 1024;

/// How hard a channel tries (RFC 8832 section 5.1).
enum class Reliability : std::uint8_t { reliable = 0, retransmits = 1, lifetime = 2 };

/// DATA_CHANNEL_OPEN.
struct Open {
  bool ordered = true;
  Reliability reliability = Reliability::reliable;
  std::uint16_t priority = 256;
  std::uint32_t parameter = 0;  // retransmissions, or lifetime in ms
  std::string label;
  std::string protocol;
};

/// DATA_CHANNEL_ACK.
struct Ack {};

/// Reads one message; nothing for what does not follow the format to the last octet, or has names that are no UTF-8.
std::optional<std::variant<Open, Ack>> parse_dcep(BytesView octets);

/// Writes one; names longer than name_max are cut.
Bytes write_dcep(const Open& open);
Bytes write_dcep(const Ack& ack);

}  // namespace skypod::rtc::channel
