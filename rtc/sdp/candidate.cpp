#include "rtc/sdp/candidate.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/sdp/grammar.hpp"

namespace skypod::rtc::sdp {
namespace {

using Transport = Candidate::Transport;
using Type = Candidate::Type;

constexpr std::size_t address_max = 253;  // longest domain name, RFC 1035 section 2.3.4
constexpr int extensions_max = 16;        // pairs; browsers write at most six

constexpr std::array<std::pair<std::string_view, Type>, 4> types = {{{"host", Type::host},
                                                                     {"srflx", Type::server_reflexive},
                                                                     {"prflx", Type::peer_reflexive},
                                                                     {"relay", Type::relayed}}};
constexpr std::array<std::pair<std::string_view, Transport>, 3> tcp_types = {
    {{"active", Transport::tcp_active}, {"passive", Transport::tcp_passive}, {"so", Transport::tcp_so}}};

template <class T, std::size_t count>
std::optional<T> find(const std::array<std::pair<std::string_view, T>, count>& table, std::string_view name) {
  const auto* row = std::ranges::find(table, name, &std::pair<std::string_view, T>::first);
  return row == table.end() ? std::nullopt : std::optional(row->second);
}

bool is_address(std::string_view text) {
  const auto allowed = [](char letter) {
    return is_alphanumeric(letter) || letter == '.' || letter == ':' || letter == '-' || letter == '_';
  };
  return !text.empty() && text.size() <= address_max && std::ranges::all_of(text, allowed);
}

std::optional<Transport> read_transport(std::string_view text) {
  if (text == "udp" || text == "UDP") {
    return Transport::udp;
  }
  return text == "tcp" || text == "TCP" ? std::optional(Transport::tcp_so) : std::nullopt;
}

/// foundation component transport priority address port "typ" type
bool read_fixed(std::string_view& rest, Candidate& out) {
  out.foundation = take_until(rest, ' ');
  const auto component = read_number(take_until(rest, ' '), 256);
  const auto transport = read_transport(take_until(rest, ' '));
  const auto priority = read_number(take_until(rest, ' '), 0xffffffff);
  out.address = take_until(rest, ' ');
  const auto port = read_number(take_until(rest, ' '), 0xffff);
  const bool typ = take_until(rest, ' ') == "typ";
  const auto type = find(types, take_until(rest, ' '));
  const bool whole = component && *component > 0 && transport && priority && port && typ && type;
  if (!whole || !is_ice_text(out.foundation, 1, 32) || !is_address(out.address)) {
    return false;
  }
  out.component = static_cast<std::uint16_t>(*component);
  out.transport = *transport;
  out.priority = static_cast<std::uint32_t>(*priority);
  out.port = static_cast<std::uint16_t>(*port);
  out.type = *type;
  return true;
}

/// Takes in one "name value" pair; unknown names are skipped, known ones must make sense.
bool read_extension(std::string_view name, std::string_view value, Candidate& out) {
  if (name == "raddr") {
    out.related_address = value;
    return is_address(value);
  }
  if (name == "rport") {
    const auto port = read_number(value, 0xffff);
    out.related_port = static_cast<std::uint16_t>(port.value_or(0));
    return port.has_value();
  }
  if (name == "ufrag") {
    out.ufrag = value;
    return is_ice_text(value, 4, 256);
  }
  if (name == "tcptype") {
    const auto transport = find(tcp_types, value);
    const bool fits = transport && out.transport != Transport::udp;
    out.transport = fits ? *transport : out.transport;
    return fits;
  }
  return true;
}

}  // namespace

std::optional<Candidate> parse_candidate(std::string_view text) {
  constexpr std::string_view head = "candidate:";
  text = text.starts_with("a=") ? text.substr(2) : text;
  Candidate out;
  if (text.size() > candidate_max || !text.starts_with(head)) {
    return std::nullopt;
  }
  text.remove_prefix(head.size());
  if (!read_fixed(text, out)) {
    return std::nullopt;
  }
  for (int pairs = 0; !text.empty(); ++pairs) {
    const std::string_view name = take_until(text, ' ');
    const std::string_view value = take_until(text, ' ');
    if (pairs == extensions_max || name.empty() || !read_extension(name, value, out)) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace skypod::rtc::sdp
