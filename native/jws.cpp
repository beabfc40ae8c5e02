#include "native/jws.hpp"

#include "base/base64url.hpp"
#include "core/wire/token.hpp"
#include "native/compact.hpp"

namespace skypod {
namespace {

using wire::Json;

constexpr std::string_view our_header = R"({"alg":"ES256"})";

bool is_our_header(const Json& header) {
  return header.value("alg", Json()) == "ES256" &&
         (header.size() == 1 || (header.size() == 2 && header.value("typ", Json()) == "JWT"));
}

}  // namespace

std::string sign_es256(const P256Key& key, const Json& payload) {
  const std::string input = base64url_encode(our_header) + "." + base64url_encode(wire::to_json(payload));
  return input + "." + base64url_encode(key.sign_octets(input));
}

std::string P256Key::sign(const Json& payload) const {
  return sign_es256(*this, payload);
}

bool verify_es256(std::string_view token, const Json& jwk) {
  const auto parts = wire::looks_like_token(token) ? split_compact<3>(token) : std::nullopt;
  if (!parts) {
    return false;
  }
  const auto& [protected_part, payload, signature_part] = *parts;
  const auto header = read_protected(protected_part);
  const auto signature = base64url_decode(signature_part);
  const std::string_view signed_part = token.substr(0, token.size() - signature_part.size() - 1);
  return header && is_our_header(*header) && signature && base64url_decode(payload) &&
         verify_p256(signed_part, *signature, jwk);
}

bool verify_identity(std::string_view token, const Json& jwk, std::string_view identity) {
  return !identity.empty() && thumbprint(jwk) == identity && verify_es256(token, jwk);
}

bool Es256Verifier::verify(std::string_view token, const Json& jwk, std::string_view identity) const {
  return verify_identity(token, jwk, identity);
}

std::string Es256Verifier::thumbprint(const Json& jwk) const {
  return skypod::thumbprint(jwk);
}

}  // namespace skypod
