// For tests of the realm server, here and in the simulation: a signature scheme that is fake but behaves (only the
// right key verifies, every altered octet shows), makers of the tokens that clients send, and a registry in memory.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/base64url.hpp"
#include "core/signal/server.hpp"

namespace skypod::signal::testing {

/// Stands for a P-256 key pair. The identity is the key's x, which serves as its thumbprint.
struct FakeKey {
  std::string identity;  // 43 characters of base64url
  wire::Json jwk;
};

/// A key that depends on the name only.
inline FakeKey fake_key(std::string_view name) {
  Bytes octets(name.substr(0, 32));
  octets.resize(32, '\1');
  const std::string x = base64url_encode(octets);
  return {x, {{"kty", "EC"}, {"crv", "P-256"}, {"x", x}, {"y", std::string(43, 'A')}}};
}

/// 64 octets that depend on every octet of the text and on the key (FNV-1a, eight times with different seeds).
inline std::string fake_signature(std::string_view signing_input, std::string_view x) {
  Bytes octets;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    std::uint64_t hash = 0xcbf29ce484222325 + seed;
    for (const std::string_view part : {signing_input, x}) {
      for (const char letter : part) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    }
    for (int shift = 0; shift < 64; shift += 8) octets += static_cast<char>((hash >> shift) & 255);
  }
  return base64url_encode(octets);
}

/// A compact JWS of the claims, signed with the fake scheme.
inline std::string fake_sign(const FakeKey& key, const wire::Claims& claims) {
  const std::string input =
      base64url_encode(R"({"alg":"ES256"})") + "." + base64url_encode(wire::to_json(wire::claims_to_payload(claims)));
  return input + "." + fake_signature(input, key.identity);
}

/// Verifies the fake scheme, under the contract of Verifier.
class FakeVerifier final : public Verifier {
 public:
  bool verify(std::string_view token, const wire::Json& jwk, std::string_view identity) const override {
    const std::size_t dot = token.rfind('.');
    const auto key = wire::read_public_key(jwk);
    return dot != std::string_view::npos && key && (*key)["x"] == identity &&
           token.substr(dot + 1) == fake_signature(token.substr(0, dot), identity);
  }

  std::string thumbprint(const wire::Json& jwk) const override {
    const auto key = wire::read_public_key(jwk);
    return key ? (*key)["x"].get<std::string>() : "";
  }
};

/// The registry of the contract in registry.hpp, in memory and at once.
class FakeRegistry {
 public:
  StoreResult apply(const RegistryOp& op) {
    return std::visit([this](const auto& one) { return run(one); }, op);
  }

  const std::map<std::string, RealmRecord>& realms() const { return realms_; }

 private:
  StoreResult run(const CreateRealm& op) {
    if (!realms_.emplace(op.realm, RealmRecord{op.statements}).second) return unexpected(wire::ErrorCode::realm_exists);
    return RealmRecord{};
  }

  StoreResult run(const LoadRealm& op) {
    const auto found = realms_.find(op.realm);
    if (found == realms_.end()) return unexpected(wire::ErrorCode::unknown_realm);
    return found->second;
  }

  StoreResult run(const Append& op) {
    const auto found = realms_.find(op.realm);
    if (found == realms_.end()) return unexpected(wire::ErrorCode::unknown_realm);
    if (op.invitation && !used_.emplace(op.realm, op.invitation->jti).second) {
      return unexpected(wire::ErrorCode::invitation_used);
    }
    std::vector<std::string>& statements = found->second.statements;
    for (const std::string& statement : op.statements) {
      if (std::ranges::find(statements, statement) == statements.end()) statements.push_back(statement);
    }
    return RealmRecord{};
  }

  std::map<std::string, RealmRecord> realms_;
  std::set<std::pair<std::string, std::string>> used_;
};

/// Claims that are good for a minute from `now`; tests spoil them one by one.
inline wire::Claims claims_of(const FakeKey& key, std::string_view realm, wire::Envelope message, wire::TimeMs now) {
  return {.iss = key.identity,
          .aud = std::string(realm),
          .sub = "",
          .nonce = "",
          .jti = "jti",
          .issued_ms = now,
          .expires_ms = now + 60'000,
          .message = std::move(message)};
}

/// The claims of a genesis of the realm by its founder.
inline wire::Claims genesis_claims(const FakeKey& founder, std::string_view realm, wire::TimeMs now) {
  const wire::KeyStatement statement{founder.jwk, ""};
  wire::Claims claims = claims_of(founder, realm, wire::event(wire::msg::genesis, statement.write()), now);
  claims.sub = founder.identity;
  return claims;
}

/// The claims of an invitation of one key by a member.
inline wire::Claims admission_claims(const FakeKey& inviter, const FakeKey& invitee, std::string_view realm,
                                     std::string_view jti, wire::TimeMs now) {
  const wire::KeyStatement statement{invitee.jwk, ""};
  wire::Claims claims = claims_of(inviter, realm, wire::event(wire::msg::admission, statement.write()), now);
  claims.sub = invitee.identity;
  claims.jti = jti;
  return claims;
}

}  // namespace skypod::signal::testing
