#include "server/ice_servers.hpp"

#include <fstream>
#include <utility>

#include "base/base64url.hpp"
#include "native/digest.hpp"

namespace skypod::server {
namespace {

using wire::Json;

constexpr std::size_t secret_min = 16;  // octets: whoever guesses it has free use of the TURN server
constexpr std::size_t secret_max = 1024;
constexpr std::size_t pseudonym_octets = 12;

/// Nothing if each address has the scheme or its secure form and names a host.
std::optional<std::string> fault_of(const std::vector<std::string>& urls, const std::string& scheme) {
  const std::string form = scheme + ":HOST:PORT";
  if (urls.size() > IceServers::urls_max) {
    return "at most " + std::to_string(IceServers::urls_max) + " addresses can be given with --" + scheme;
  }
  for (const std::string& url : urls) {
    const std::size_t colon = url.find(':');
    const std::string said = url.substr(0, colon);
    const bool names_host = colon != std::string::npos && colon + 1 < url.size() && url[colon + 1] != '/';
    if ((said != scheme && said != scheme + "s") || !names_host) {
      return "\"" + url + "\" is no " + scheme + " address; write " + form;
    }
  }
  return std::nullopt;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

Result<IceServers, std::string> IceServers::of(std::vector<std::string> stun, std::vector<std::string> turn,
                                               Redacted<std::string> secret) {
  for (const auto& fault : {fault_of(stun, "stun"), fault_of(turn, "turn")}) {
    if (fault) return unexpected(*fault);
  }
  const std::size_t size = secret.reveal().size();
  if (!turn.empty() && size == 0) {
    return unexpected(
        "a TURN server needs the secret that it shares with this one; give --turn-secret-file or SKYPOD_TURN_SECRET");
  }
  if (turn.empty() && size != 0) {
    return unexpected("a TURN secret was given without a TURN server; name it with --turn turn:HOST:PORT");
  }
  if (size != 0 && (size < secret_min || size > secret_max)) {
    return unexpected("the TURN secret must have 16 to 1024 characters; make one with \"openssl rand -hex 32\"");
  }
  IceServers servers;
  servers.stun_ = std::move(stun);
  servers.turn_ = std::move(turn);
  servers.secret_ = std::move(secret);
  return servers;
}

signal::IceServers IceServers::operator()(std::string_view identity, wire::TimeMs day_ms) const {
  signal::IceServers given;
  if (!stun_.empty()) given.list.push_back({{"urls", stun_}});
  if (turn_.empty()) {
    return given;
  }
  const std::string& secret = secret_.reveal();
  const Bytes pseudonym = hmac_sha256(secret, identity).substr(0, pseudonym_octets);
  const std::string user = std::to_string((day_ms + life_ms) / 1000) + ":" + base64url_encode(pseudonym);
  given.list.push_back({{"urls", turn_}, {"username", user}, {"credential", base64_encode(hmac_sha1(secret, user))}});
  given.life_ms = life_ms;
  return given;
}

Result<Redacted<std::string>, std::string> read_secret(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(secret_max + 3, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.gcount() == 0) {
    return unexpected("the secret cannot be read from " + file + "; name a readable file that holds it");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return Redacted(trimmed(std::move(text)));
}

}  // namespace skypod::server
