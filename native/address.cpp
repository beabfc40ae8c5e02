#include "native/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

#include "base/ipv4.hpp"

namespace skypod {
namespace {

// Inside 2000::/3; everything outside it is refused anyway.
constexpr std::array v6_refused = std::to_array<std::string_view>({
    "2001::/23",          // protocol assignments, Teredo (RFC 4380), benchmarking, ORCHID
    "2001:db8::/32",      // documentation, RFC 3849
    "2620:4f:8000::/48",  // AS112
    "3fff::/20",          // documentation, RFC 9637
});

CidrSet make_v6_refused() {
  CidrSet set;
  for (const std::string_view each : v6_refused) set.add(each);
  return set;
}

bool begins_with(const IpAddress& address, std::initializer_list<std::uint8_t> prefix) {
  return !address.is_v4 && std::equal(prefix.begin(), prefix.end(), address.octets.begin());
}

std::uint32_t v4_number(const IpAddress& address) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | address.octets[i];
  return number;
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
  static const CidrSet refused = make_v6_refused();
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
  return address.is_v4 ? is_public_ipv4(v4_number(address)) : is_public_v6(address);
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
