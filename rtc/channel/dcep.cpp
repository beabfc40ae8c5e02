#include "rtc/channel/dcep.hpp"

#include "base/utf8.hpp"

namespace skypod::rtc::channel {
namespace {

constexpr char ack_type = 2;
constexpr char open_type = 3;
constexpr std::size_t open_head = 12;     // octets before the label
constexpr unsigned unordered_bit = 0x80;  // of the channel type

/// Big-endian, `count` octets from `at`; the caller has checked that they are there.
std::uint32_t read_big(BytesView octets, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  }
  return value;
}

void write_big(Bytes& out, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out += static_cast<char>(value >> (8 * i) & 255);
  }
}

std::optional<std::variant<Open, Ack>> parse_open(BytesView octets) {
  if (octets.size() < open_head) {
    return std::nullopt;
  }
  const std::uint32_t type = read_big(octets, 1, 1);
  const std::size_t label = read_big(octets, 8, 2);
  const std::size_t protocol = read_big(octets, 10, 2);
  const bool sized = label <= name_max && protocol <= name_max && octets.size() == open_head + label + protocol;
  if ((type & ~unordered_bit) > 2 || !sized) {
    return std::nullopt;
  }
  Open open{.ordered = (type & unordered_bit) == 0,
            .reliability = static_cast<Reliability>(type & ~unordered_bit),
            .priority = static_cast<std::uint16_t>(read_big(octets, 2, 2)),
            .parameter = read_big(octets, 4, 4),
            .label = Bytes(octets.substr(open_head, label)),
            .protocol = Bytes(octets.substr(open_head + label))};
  if (!is_utf8(open.label) || !is_utf8(open.protocol)) {
    return std::nullopt;
  }
  return open;
}

}  // namespace

std::optional<std::variant<Open, Ack>> parse_dcep(BytesView octets) {
  if (octets.size() == 1 && octets[0] == ack_type) {
    return Ack{};
  }
  return !octets.empty() && octets[0] == open_type ? parse_open(octets) : std::nullopt;
}

Bytes write_dcep(const Open& open) {
  const std::string_view label = utf8_prefix(open.label, name_max);
  const std::string_view protocol = utf8_prefix(open.protocol, name_max);
  Bytes out(1, open_type);
  write_big(out, static_cast<std::uint32_t>(open.reliability) | (open.ordered ? 0 : unordered_bit), 1);
  write_big(out, open.priority, 2);
  write_big(out, open.parameter, 4);
  write_big(out, static_cast<std::uint32_t>(label.size()), 2);
  write_big(out, static_cast<std::uint32_t>(protocol.size()), 2);
  out += label;
  out += protocol;
  return out;
}

Bytes write_dcep(const Ack& /*ack*/) {
  return Bytes(1, ack_type);
}

}  // namespace skypod::rtc::channel
