#include "sim/jose.hpp"

#include "base/base64url.hpp"

namespace skypod::sim {
namespace {

/// `count` octets that depend on all of `text`.
Bytes digest(std::string_view text, std::size_t count) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  }
  return Random(hash).bytes(count);
}

std::string thumbprint(const Json& jwk) {
  return base64url_encode(digest(wire::to_json(jwk), 32));
}

std::string sign(const std::string& payload, const Json& jwk) {
  const std::string input = base64url_encode(R"({"alg":"ES256"})") + "." + base64url_encode(payload);
  return input + "." + base64url_encode(digest(wire::to_json(jwk) + input, 64));
}

bool verify_token(std::string_view token, const Json& jwk, std::string_view identity) {
  const std::size_t end = token.rfind('.');
  if (end == std::string_view::npos || thumbprint(jwk) != identity) {
    return false;
  }
  const std::string input(token.substr(0, end));
  return base64url_decode(token.substr(end + 1)) == digest(wire::to_json(jwk) + input, 64);
}

/// "Encrypts": what only the holder of `lock` may open carries the lock's digest.
std::string close_with(const std::string& lock, BytesView plaintext) {
  return base64url_encode(digest(lock, 16) + Bytes(plaintext));
}

core::Answer open_with(const std::string& lock, const std::string& text) {
  const auto octets = base64url_decode(text);
  if (!octets || !octets->starts_with(digest(lock, 16))) {
    return unexpected(core::Error{core::ErrorCode::bad_token, ""});
  }
  return wire::binary(octets->substr(16));
}

}  // namespace

Key make_key(Random& random) {
  Key key;
  key.pubkey = {{"kty", "EC"},
                {"crv", "P-256"},
                {"x", base64url_encode(random.bytes(32))},
                {"y", base64url_encode(random.bytes(32))}};
  key.id = thumbprint(key.pubkey);
  return key;
}

std::optional<core::Answer> answer_jose(const core::Ask& ask, const Key& self, Random& random) {
  struct Answerer {
    const Key& self;
    Random& random;
    using Maybe = std::optional<core::Answer>;
    Maybe operator()(const core::ask::Sign& it) const { return sign(wire::to_json(it.payload), self.pubkey); }
    Maybe operator()(const core::ask::Verify& it) const { return verify_token(it.token, it.jwk, it.identity); }
    Maybe operator()(const core::ask::Thumbprint& it) const { return thumbprint(it.jwk); }
    Maybe operator()(const core::ask::Seal& it) const {
      return close_with(wire::to_json(it.jwk), it.plaintext.reveal());
    }
    Maybe operator()(const core::ask::SealAll& it) const {
      Json copies = Json::object();
      for (const auto& [identity, jwk] : it.recipients) {
        copies[identity] = close_with(wire::to_json(jwk), it.plaintext.reveal());
      }
      return wire::to_json(copies);
    }
    Maybe operator()(const core::ask::Unseal& it) const {
      const Json copies = it.jwe.starts_with('{') ? wire::parse_json(it.jwe).value_or(nullptr) : Json();
      const std::string ours = copies.is_object() ? copies.value(self.id, "") : it.jwe;
      return open_with(wire::to_json(self.pubkey), ours);
    }
    Maybe operator()(const core::ask::Stretch& it) const {
      return wire::binary(digest(it.secret.reveal() + it.salt + std::to_string(it.rounds), 32));
    }
    Maybe operator()(const core::ask::MakeKey&) const {
      Json jwk = make_key(random).pubkey;
      jwk["d"] = "d";
      return jwk;
    }
    Maybe operator()(const core::ask::SignAs& it) const {
      Json jwk = it.jwk.reveal();
      jwk.erase("d");
      return sign(wire::to_json(it.payload), jwk);
    }
    Maybe operator()(const core::ask::Encrypt& it) const {
      const Json header = {{"alg", "dir"}, {"enc", "A256GCM"}, {"kid", it.kid}};
      return base64url_encode(wire::to_json(header)) + "..e30." + close_with(it.key.reveal(), it.plaintext) + ".e30";
    }
    Maybe operator()(const core::ask::Decrypt& it) const {
      const std::size_t end = it.jwe.rfind('.');
      const std::size_t begin = end == std::string::npos || end == 0 ? end : it.jwe.rfind('.', end - 1);
      return open_with(it.key.reveal(), begin == std::string::npos ? "" : it.jwe.substr(begin + 1, end - begin - 1));
    }
    Maybe operator()(const core::ask::Entropy& it) const { return wire::binary(random.bytes(it.count)); }
    Maybe operator()(const core::ask::Database&) const { return std::nullopt; }
    Maybe operator()(const core::ask::Fetch&) const { return std::nullopt; }
    Maybe operator()(const core::ask::Direct&) const { return std::nullopt; }
    Maybe operator()(const core::ask::File&) const { return std::nullopt; }
  };
  return std::visit(Answerer{self, random}, ask);
}

bool HashVerifier::verify(std::string_view token, const Json& jwk, std::string_view identity) const {
  return verify_token(token, jwk, identity);
}

std::string HashVerifier::thumbprint(const Json& jwk) const {
  return sim::thumbprint(jwk);
}

}  // namespace skypod::sim
