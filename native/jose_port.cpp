#include "native/jose_port.hpp"

#include <variant>

#include "native/digest.hpp"
#include "native/group_jwe.hpp"
#include "native/jwe.hpp"
#include "native/jws.hpp"

namespace skypod {
namespace {

using core::Answer;
using core::Error;
using core::ErrorCode;
namespace ask = core::ask;

Answer answer_of(JweResult<std::string> text) {
  if (!text) return unexpected(std::move(text.error()));
  return wire::Json(std::move(*text));
}

/// Octets go to the core as a byte string.
Answer octets_of(JweResult<Bytes> octets) {
  if (!octets) return unexpected(std::move(octets.error()));
  return wire::binary(*octets);
}

struct Answerer {
  const P256Key& self;
  using Maybe = std::optional<Answer>;

  Maybe operator()(const ask::Sign& it) const { return sign_es256(self, it.payload); }
  Maybe operator()(const ask::Verify& it) const { return verify_identity(it.token, it.jwk, it.identity); }
  Maybe operator()(const ask::Thumbprint& it) const {
    std::string id = thumbprint(it.jwk);
    if (id.empty()) return unexpected(Error{ErrorCode::bad_input, "The key is not a P-256 public key."});
    return id;
  }
  Maybe operator()(const ask::Seal& it) const { return answer_of(jwe_seal(it.jwk, it.plaintext.reveal())); }
  Maybe operator()(const ask::SealAll& it) const {
    return answer_of(jwe_seal_all(it.recipients, it.plaintext.reveal()));
  }
  Maybe operator()(const ask::Unseal& it) const {
    return octets_of(it.jwe.starts_with('{') ? jwe_unseal_ours(it.jwe, self) : jwe_unseal(it.jwe, self));
  }
  Maybe operator()(const ask::Encrypt& it) const {
    return answer_of(jwe_encrypt(it.key.reveal(), it.kid, it.plaintext));
  }
  Maybe operator()(const ask::Decrypt& it) const { return octets_of(jwe_decrypt(it.key.reveal(), it.jwe)); }
  Maybe operator()(const ask::Stretch& it) const {
    if (it.rounds == 0 || it.rounds > stretch_rounds_max) {
      return unexpected(Error{ErrorCode::bad_input, "A secret is stretched by 1 to 4194304 rounds."});
    }
    return wire::binary(pbkdf2_sha256(it.secret.reveal(), it.salt, it.rounds));
  }
  Maybe operator()(const ask::MakeKey&) const { return P256Key::generate().private_jwk(); }
  Maybe operator()(const ask::SignAs& it) const {
    const auto key = P256Key::from_private_jwk(it.jwk.reveal());
    if (!key) return unexpected(Error{ErrorCode::bad_input, "The key to sign with is not a P-256 private key."});
    return sign_es256(*key, it.payload);
  }
  Maybe operator()(const ask::Entropy& it) const {
    if (it.count > entropy_max) {
      return unexpected(Error{ErrorCode::bad_input, "At most 65536 random octets are given at once; ask in parts."});
    }
    return wire::binary(random_octets(it.count));
  }
  Maybe operator()(const ask::Database&) const { return std::nullopt; }
  Maybe operator()(const ask::Fetch&) const { return std::nullopt; }
  Maybe operator()(const ask::Direct&) const { return std::nullopt; }
  Maybe operator()(const ask::File&) const { return std::nullopt; }
};

}  // namespace

std::optional<Answer> answer_jose(const core::Ask& ask, const P256Key& self) {
  return std::visit(Answerer{self}, ask);
}

}  // namespace skypod
