#include "core/wire/token.hpp"

#include <algorithm>
#include <array>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"

namespace skypod::wire {
namespace {

constexpr std::int64_t seconds_max = 253'402'300'799;  // the end of the year 9999

bool is_base64url_letter(char letter) {
  return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
         letter == '-' || letter == '_';
}

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, is_base64url_letter);
}

struct Parts {
  std::string_view header, payload, signature;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) {
    return std::nullopt;
  }
  const Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
  const bool well_formed = !parts.header.empty() && !parts.payload.empty() && !parts.signature.empty() &&
                           is_base64url(parts.header) && is_base64url(parts.payload) && is_base64url(parts.signature);
  return well_formed ? std::optional(parts) : std::nullopt;
}

std::optional<Json> decode_json(std::string_view part) {
  const auto octets = base64url_decode(part);
  return octets ? parse_json(*octets) : std::nullopt;
}

bool is_our_header(const Json& header) {
  if (!header.is_object() || header.value("alg", Json()) != "ES256") {
    return false;
  }
  return header.size() == 1 || (header.size() == 2 && header.value("typ", Json()) == "JWT");
}

Error bad_token(std::string detail) {
  return {ErrorCode::bad_token, std::move(detail)};
}

}  // namespace

bool looks_like_token(std::string_view text) {
  return text.size() <= token_max && split(text).has_value();
}

Result<Claims, Error> peek_token(std::string_view token) {
  constexpr std::size_t signature_letters = 86;  // 64 octets: r and s of P-256
  const auto parts = token.size() <= token_max ? split(token) : std::nullopt;
  if (!parts || parts->signature.size() != signature_letters || !base64url_decode(parts->signature)) {
    return unexpected(bad_token("It is not a compact JWS with a 64-octet signature."));
  }
  const auto header = decode_json(parts->header);
  if (!header || !is_our_header(*header)) {
    return unexpected(bad_token("Its header must be {\"alg\":\"ES256\"} and nothing else."));
  }
  const auto payload = decode_json(parts->payload);
  if (!payload) {
    return unexpected(bad_token("Its payload is not JSON."));
  }
  return read_claims(*payload);
}

Result<Claims, Error> read_claims(const Json& payload) {
  Fields fields(payload);
  Claims claims{.iss = fields.text("iss", 43),
                .aud = fields.text("aud", 64),
                .sub = fields.optional_text("sub", 43),
                .nonce = fields.optional_text("nonce", 64),
                .jti = fields.text("jti", 64),
                .issued_ms = fields.integer("iat", 0, seconds_max) * 1000,
                .expires_ms = fields.integer("exp", 0, seconds_max) * 1000,
                .message = {}};
  if (!fields.ok()) {
    return unexpected(bad_token(fields.problem()));
  }
  if (!is_identity(claims.iss) || !is_realm(claims.aud) || (!claims.sub.empty() && !is_identity(claims.sub))) {
    return unexpected(bad_token("\"iss\" and \"sub\" must be identities, \"aud\" a realm."));
  }
  auto message = read_envelope(payload);
  if (!message) {
    return unexpected(message.error());
  }
  claims.message = std::move(*message);
  return claims;
}

Json claims_to_payload(const Claims& claims) {
  Json payload = envelope_to_object(claims.message);
  payload["iss"] = claims.iss;
  payload["aud"] = claims.aud;
  payload["jti"] = claims.jti;
  payload["iat"] = claims.issued_ms / 1000;
  payload["exp"] = (claims.expires_ms + 999) / 1000;
  if (!claims.sub.empty()) payload["sub"] = claims.sub;
  if (!claims.nonce.empty()) payload["nonce"] = claims.nonce;
  return payload;
}

bool is_current(const Claims& claims, TimeMs now) {
  return claims.issued_ms <= now + clock_skew_max_ms && now < claims.expires_ms &&
         claims.issued_ms <= claims.expires_ms;
}

bool is_identity(std::string_view text) {
  return text.size() == 43 && base64url_decode(text).has_value();
}

bool is_realm(std::string_view text) {
  return text.size() >= 22 && text.size() <= 64 && is_base64url(text);
}

std::optional<Json> read_public_key(const Json& jwk) {
  Fields fields(jwk);
  const std::string kty = fields.text("kty", 8);
  const std::string crv = fields.text("crv", 8);
  const std::string x = fields.text("x", 43);
  const std::string y = fields.text("y", 43);
  const bool good = fields.ok() && jwk.size() == 4 && kty == "EC" && crv == "P-256" && x.size() == 43 &&
                    y.size() == 43 && base64url_decode(x) && base64url_decode(y);
  return good ? std::optional(jwk) : std::nullopt;
}

}  // namespace skypod::wire
