#include "native/jose_port.hpp"

#include <variant>

#include "native/digest.hpp"
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
  Maybe operator()(const ask::Unseal& it) const { return octets_of(jwe_unseal(it.jwe, self)); }
  Maybe operator()(const ask::Encrypt& it) const {
    return answer_of(jwe_encrypt(it.key.reveal(), it.kid, it.plaintext));
  }
  Maybe operator()(const ask::Decrypt& it) const { return octets_of(jwe_decrypt(it.key.reveal(), it.jwe)); }
  Maybe operator()(const ask::Entropy& it) const {
    if (it.count > entropy_max) {
      return unexpected(Error{ErrorCode::bad_input, "At most 65536 random octets are given at once; ask in parts."});
    }
    return wire::binary(random_octets(it.count));
  }
  Maybe operator()(const ask::Database&) const { return std::nullopt; }
  Maybe operator()(const ask::Fetch&) const { return std::nullopt; }
};

}  // namespace

std::optional<Answer> answer_jose(const core::Ask& ask, const P256Key& self) {
  return std::visit(Answerer{self}, ask);
}

}  // namespace skypod
