#include "rtc/ice/servers.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "rtc/sdp/grammar.hpp"

namespace skypod::rtc::ice {
namespace {

using Kind = Server::Kind;
using wire::Json;

constexpr std::size_t host_max = 253;     // longest domain name, RFC 1035 section 2.3.4
constexpr std::size_t secret_max = 1024;  // octets of a username or a credential

std::string text_of(const Json& entry, const char* member) {
  const auto at = entry.find(member);
  const bool fits = at != entry.end() && at->is_string() && at->get_ref<const std::string&>().size() <= secret_max;
  return fits ? at->get<std::string>() : std::string();
}

bool is_host(std::string_view host) {
  const auto allowed = [](char letter) {
    return sdp::is_alphanumeric(letter) || letter == '.' || letter == '-' || letter == ':';
  };
  return !host.empty() && host.size() <= host_max && std::ranges::all_of(host, allowed);
}

/// host[:port], where an IPv6 address stands in brackets.
bool read_authority(std::string_view text, Server& out) {
  const bool bracketed = text.starts_with('[') && text.contains(']');
  text.remove_prefix(bracketed ? 1 : 0);
  out.host = sdp::take_until(text, bracketed ? ']' : ':');
  text.remove_prefix(bracketed && text.starts_with(':') ? 1 : 0);
  const auto port = text.empty() ? std::optional<std::uint64_t>(out.port) : sdp::read_number(text, 0xffff);
  out.port = static_cast<std::uint16_t>(port.value_or(0));
  return is_host(out.host) && out.port != 0;
}

std::optional<Kind> read_kind(std::string_view scheme, std::string_view query) {
  if (scheme == "stun" && query.empty()) {
    return Kind::stun;
  }
  if (scheme == "turn" && (query.empty() || query == "transport=udp")) {
    return Kind::turn_udp;
  }
  if (scheme == "turn" && query == "transport=tcp") {
    return Kind::turn_tcp;
  }
  const bool tls = scheme == "turns" && (query.empty() || query == "transport=tcp");
  return tls ? std::optional(Kind::turn_tls) : std::nullopt;
}

std::optional<Server> read_url(std::string_view url, const Json& entry) {
  const std::string_view scheme = sdp::take_until(url, ':');
  const std::string_view authority = sdp::take_until(url, '?');
  const auto kind = read_kind(scheme, url);
  if (!kind) {
    return std::nullopt;
  }
  Server out;
  out.kind = *kind;
  out.port = *kind == Kind::turn_tls ? 5349 : 3478;
  if (!read_authority(authority, out)) {
    return std::nullopt;
  }
  if (*kind != Kind::stun) {
    out.username = text_of(entry, "username");
    out.credential = Redacted(text_of(entry, "credential"));
  }
  const bool whole = *kind == Kind::stun || (!out.username.empty() && !out.credential.reveal().empty());
  return whole ? std::optional(std::move(out)) : std::nullopt;
}

void read_entry(const Json& entry, std::vector<Server>& out) {
  const auto urls = entry.is_object() ? entry.find("urls") : entry.end();
  if (!entry.is_object() || urls == entry.end()) {
    return;
  }
  const Json list = urls->is_array() ? *urls : Json::array({*urls});
  for (const Json& url : list) {
    if (!url.is_string() || out.size() == servers_max) {
      continue;
    }
    if (auto server = read_url(url.get_ref<const std::string&>(), entry)) {
      out.push_back(std::move(*server));
    }
  }
}

}  // namespace

std::vector<Server> read_servers(const Json& list) {
  std::vector<Server> out;
  if (list.is_array()) {
    for (const Json& entry : list) {
      read_entry(entry, out);
    }
  }
  return out;
}

}  // namespace skypod::rtc::ice
