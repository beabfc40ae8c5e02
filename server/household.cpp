#include "server/household.hpp"

#include <algorithm>
#include <optional>

#include "base/bytes.hpp"
#include "native/address.hpp"

namespace skypod::server {
namespace {

constexpr std::size_t network_octets = 8;  // of an IPv6 address: a /64

const CidrSet& this_machine() {
  static const CidrSet networks = [] {
    CidrSet loopback;
    loopback.add("127.0.0.0/8");
    loopback.add("::1/128");
    return loopback;
  }();
  return networks;
}

std::string_view last_of(std::string_view list) {
  const std::size_t comma = list.rfind(',');
  if (comma != std::string_view::npos) list = list.substr(comma + 1);
  const std::size_t begin = list.find_first_not_of(" \t");
  return begin == std::string_view::npos ? "" : list.substr(begin, list.find_last_not_of(" \t") - begin + 1);
}

std::string name_of(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};  // RFC 4291 section 2.5.5.2
  const auto* octets = address.octets.data();
  if (address.is_v4) return "4:" + std::string(octets, octets + 4);
  if (std::equal(mapped.begin(), mapped.end(), octets)) return "4:" + std::string(octets + 12, octets + 16);
  return "6:" + std::string(octets, octets + network_octets);
}

}  // namespace

std::string household_of(std::string_view remote, std::string_view forwarded_for) {
  auto address = parse_address(remote.substr(0, remote.find('%')));
  if (address && this_machine().contains(*address)) address = parse_address(last_of(forwarded_for));
  return address && !this_machine().contains(*address) ? name_of(*address) : "";
}

}  // namespace skypod::server
