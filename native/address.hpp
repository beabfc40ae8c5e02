// Which addresses strangers may make us connect to. Feeds are fetched on behalf of others, so an address inside our own
// network, or one that leads there through a translation, must never be one of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace skypod {

/// An IPv4 or IPv6 address.
struct IpAddress {
  std::array<std::uint8_t, 16> octets{};  // IPv4 uses the first four
  bool is_v4 = false;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// Parses dotted IPv4 (four decimal parts) or IPv6 text without brackets or zone; nothing for anything else.
std::optional<IpAddress> parse_address(std::string_view text);

/// The address in an AF_INET or AF_INET6 socket address, nothing for other families.
std::optional<IpAddress> address_of(const sockaddr* address);

/// False for everything that the IANA special-purpose registries (RFC 6890 and later) do not mark as globally
/// reachable, for multicast, and for IPv6 that is outside 2000::/3 or that carries a non-public IPv4 address (mapped,
/// NAT64 64:ff9b::/96, 6to4). Teredo is refused whole.
bool is_public(const IpAddress& address);

/// A set of networks, such as the exceptions of --allow-fetch.
class CidrSet {
 public:
  /// Adds "10.0.0.0/8", "fd00::/8" or a single address; false if the text is none. Bits beyond the length are ignored.
  bool add(std::string_view cidr);

  /// Whether one of the networks has this address. An IPv4-mapped address is looked up as the IPv4 address it is.
  bool contains(const IpAddress& address) const;

 private:
  struct Network {
    IpAddress address;
    int bits;
  };

  std::vector<Network> networks_;
};

}  // namespace skypod
