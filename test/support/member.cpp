#include "test/support/member.hpp"

#include "base/base64url.hpp"
#include "server/hub.hpp"

namespace skypod::test {
namespace {

constexpr wire::TimeMs life_ms = 60'000;

std::string random_id() {
  return base64url_encode(random_octets(16));
}

}  // namespace

std::string random_realm() {
  return random_id();
}

wire::Claims claims_of(const P256Key& key, const std::string& realm, wire::Envelope message, const std::string& nonce) {
  const wire::TimeMs now = server::wall_clock();
  return {.iss = key.identity(),
          .aud = realm,
          .sub = "",
          .nonce = nonce,
          .jti = random_id(),
          .issued_ms = now,
          .expires_ms = now + life_ms,
          .message = std::move(message)};
}

std::string genesis_of(const P256Key& founder, const std::string& realm) {
  const wire::KeyStatement statement{founder.public_jwk(), ""};
  wire::Claims claims = claims_of(founder, realm, wire::event(wire::msg::genesis, statement.write()));
  claims.sub = claims.iss;
  return sign(founder, claims);
}

std::string invitation_of(const P256Key& member, const P256Key& invitee, const std::string& realm,
                          const std::string& jti) {
  const wire::KeyStatement statement{invitee.public_jwk(), ""};
  wire::Claims claims = claims_of(member, realm, wire::event(wire::msg::admission, statement.write()));
  claims.sub = invitee.identity();
  claims.jti = jti;
  return sign(member, claims);
}

wire::Envelope register_request(const P256Key& founder, const std::string& genesis) {
  return wire::request(wire::msg::register_realm, 1, wire::Register{founder.public_jwk(), genesis}.write());
}

wire::Envelope authn_request() {
  return wire::request(wire::msg::authn, 1);
}

wire::Envelope exchange_request(const P256Key& invitee, const std::string& invitation) {
  return wire::request(wire::msg::exchange, 1, wire::Exchange{invitee.public_jwk(), invitation}.write());
}

std::string sign(const P256Key& key, const wire::Claims& claims) {
  return key.sign(wire::claims_to_payload(claims));
}

std::string Entrance::refusal() const {
  const bool refused = answer && answer->typ == wire::Typ::err;
  return refused ? answer->dat["code"].get<std::string>() : "";
}

Entrance enter(std::uint16_t port, const P256Key& key, const std::string& realm, const wire::Envelope& request) {
  RealmSocket socket(port);
  const std::string nonce = socket.challenge();
  socket.send(sign(key, claims_of(key, realm, request, nonce)));
  auto answer = socket.receive();
  return {std::move(socket), std::move(answer)};
}

}  // namespace skypod::test
