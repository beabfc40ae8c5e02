#include "native/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace skypod {
namespace {

// IANA IPv4 Special-Purpose Address Registry, and multicast (RFC 5771).
constexpr std::array v4_refused = std::to_array<std::string_view>({
    "0.0.0.0/8",        // this network, RFC 791
    "10.0.0.0/8",       // private, RFC 1918
    "100.64.0.0/10",    // carrier-grade NAT, RFC 6598
    "127.0.0.0/8",      // loopback, RFC 1122
    "169.254.0.0/16",   // link-local and cloud metadata, RFC 3927
    "172.16.0.0/12",    // private
    "192.0.0.0/24",     // protocol assignments, RFC 6890
    "192.0.2.0/24",     // documentation, RFC 5737
    "192.31.196.0/24",  // AS112, RFC 7535
    "192.52.193.0/24",  // AMT, RFC 7450
    "192.88.99.0/24",   // 6to4 relays, RFC 7526
    "192.168.0.0/16",   // private
    "192.175.48.0/24",  // AS112, RFC 7534
    "198.18.0.0/15",    // benchmarking, RFC 2544
    "198.51.100.0/24",  // documentation
    "203.0.113.0/24",   // documentation
    "224.0.0.0/4",      // multicast
    "240.0.0.0/4",      // reserved and broadcast, RFC 1112
});

// Inside 2000::/3; everything outside it is refused anyway.
constexpr std::array v6_refused = std::to_array<std::string_view>({
    "2001::/23",          // protocol assignments, Teredo (RFC 4380), benchmarking, ORCHID
    "2001:db8::/32",      // documentation, RFC 3849
    "2620:4f:8000::/48",  // AS112
    "3fff::/20",          // documentation, RFC 9637
});

template <std::size_t count>
CidrSet set_of(const std::array<std::string_view, count>& list) {
  CidrSet set;
  for (const std::string_view each : list) {
    set.add(each);
  }
  return set;
}

bool begins_with(const IpAddress& address, std::initializer_list<std::uint8_t> prefix) {
  return !address.is_v4 && std::equal(prefix.begin(), prefix.end(), address.octets.begin());
}

IpAddress v4_at(const IpAddress& address, std::size_t offset) {
  IpAddress inner;
  inner.is_v4 = true;
  std::copy_n(address.octets.begin() + static_cast<std::ptrdiff_t>(offset), 4, inner.octets.begin());
  return inner;
}

bool is_mapped(const IpAddress& address) {
  return begins_with(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff});
}

bool is_public_v6(const IpAddress& address) {
  static const CidrSet refused = set_of(v6_refused);
  if (is_mapped(address)) return is_public(v4_at(address, 12));
  if (begins_with(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return is_public(v4_at(address, 12));
  if (begins_with(address, {0x20, 0x02})) return is_public(v4_at(address, 2));
  const bool global_unicast = (address.octets[0] & 0xe0) == 0x20;
  return global_unicast && !refused.contains(address);
}

}  // namespace

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string owned(text);
  IpAddress address;
  if (inet_pton(AF_INET, owned.c_str(), address.octets.data()) == 1) {
    address.is_v4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, owned.c_str(), address.octets.data()) == 1) return address;
  return std::nullopt;
}

std::optional<IpAddress> address_of(const sockaddr* address) {
  IpAddress out;
  if (address->sa_family == AF_INET) {
    out.is_v4 = true;
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&v4->sin_addr), 4, out.octets.begin());
    return out;
  }
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&v6->sin6_addr), 16, out.octets.begin());
    return out;
  }
  return std::nullopt;
}

bool is_public(const IpAddress& address) {
  static const CidrSet refused = set_of(v4_refused);
  return address.is_v4 ? !refused.contains(address) : is_public_v6(address);
}

bool CidrSet::add(std::string_view cidr) {
  const std::size_t slash = cidr.find('/');
  const auto address = parse_address(cidr.substr(0, slash));
  if (!address) return false;
  const int most = address->is_v4 ? 32 : 128;
  int bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view length = cidr.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc() || end != length.data() + length.size() || bits < 0 || bits > most) return false;
  }
  networks_.push_back({*address, bits});
  return true;
}

bool CidrSet::contains(const IpAddress& address) const {
  const IpAddress wanted = is_mapped(address) ? v4_at(address, 12) : address;
  return std::ranges::any_of(networks_, [&](const Network& network) {
    if (network.address.is_v4 != wanted.is_v4) return false;
    for (int bit = 0; bit < network.bits; ++bit) {
      const auto octet = static_cast<std::size_t>(bit / 8);
      const int mask = 0x80 >> (bit % 8);
      if (((network.address.octets[octet] ^ wanted.octets[octet]) & mask) != 0) return false;
    }
    return true;
  });
}

}  // namespace skypod
