// Which IPv4 addresses are reached from everywhere. One table, for what is fetched and for what is kept private.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace skypod {

/// Addresses whose first `bits` bits are those of `first`, most significant octet first.
struct Ipv4Network {
  std::uint32_t first;
  int bits;

  constexpr bool contains(std::uint32_t address) const { return ((address ^ first) >> (32 - bits)) == 0; }
};

/// Networks that are not, or that lead elsewhere by translation: the IANA IPv4 Special-Purpose Address Registry
/// (RFC 6890), also those of its entries that are reached globally but serve no host, and multicast (RFC 5771).
inline constexpr auto special_ipv4 = std::to_array<Ipv4Network>({
    {0x00000000, 8},   // 0.0.0.0: this network, RFC 791
    {0x0a000000, 8},   // 10.0.0.0: private, RFC 1918
    {0x64400000, 10},  // 100.64.0.0: carrier-grade NAT, RFC 6598
    {0x7f000000, 8},   // 127.0.0.0: loopback, RFC 1122
    {0xa9fe0000, 16},  // 169.254.0.0: link-local and cloud metadata, RFC 3927
    {0xac100000, 12},  // 172.16.0.0: private
    {0xc0000000, 24},  // 192.0.0.0: protocol assignments, RFC 6890
    {0xc0000200, 24},  // 192.0.2.0: documentation, RFC 5737
    {0xc01fc400, 24},  // 192.31.196.0: AS112, RFC 7535
    {0xc034c100, 24},  // 192.52.193.0: AMT, RFC 7450
    {0xc0586300, 24},  // 192.88.99.0: 6to4 relays, RFC 7526
    {0xc0a80000, 16},  // 192.168.0.0: private
    {0xc0af3000, 24},  // 192.175.48.0: AS112, RFC 7534
    {0xc6120000, 15},  // 198.18.0.0: benchmarking, RFC 2544
    {0xc6336400, 24},  // 198.51.100.0: documentation
    {0xcb007100, 24},  // 203.0.113.0: documentation
    {0xe0000000, 4},   // 224.0.0.0: multicast
    {0xf0000000, 4},   // 240.0.0.0: reserved and broadcast, RFC 1112
});

constexpr bool is_public_ipv4(std::uint32_t address) {
  return std::ranges::none_of(special_ipv4, [address](const Ipv4Network& one) { return one.contains(address); });
}

/// Four decimal numbers with dots between them, without leading zeros; nothing for any other notation.
constexpr std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) {
    const std::size_t end = i == 3 ? text.size() : text.find('.');
    if (end == std::string_view::npos || end == 0 || end > 3 || (end > 1 && text[0] == '0')) return std::nullopt;
    std::uint32_t number = 0;
    for (const char digit : text.substr(0, end)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      number = number * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    if (number > 255) return std::nullopt;
    address = address << 8 | number;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return address;
}

}  // namespace skypod
