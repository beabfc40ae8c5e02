#include "native/jwe.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/base64url.hpp"
#include "core/wire/token.hpp"
#include "native/aes.hpp"
#include "native/compact.hpp"
#include "native/digest.hpp"
#include "native/ecdh_es.hpp"

namespace skypod {
namespace {

using wire::Error;
using wire::ErrorCode;
using wire::Json;

constexpr std::string_view dir = "dir";
constexpr std::string_view a256gcm = "A256GCM";

/// A JWE taken apart; every part has the right size, nothing has been decrypted.
struct Parts {
  std::string_view protected_part;  // also the additional authenticated data (RFC 7516 section 5.1, step 14)
  Json header;
  Bytes encrypted_key;
  Bytes nonce;
  aes::Sealed sealed;
};

unexpected<Error> bad_input(std::string detail) {
  return unexpected(Error{ErrorCode::bad_input, std::move(detail)});
}

unexpected<Error> not_ours() {
  return unexpected(Error{ErrorCode::bad_token, "This is not a message of the kind expected; update both devices."});
}

unexpected<Error> not_for_us() {
  return unexpected(
      Error{ErrorCode::bad_token, "The message was made for another key or has been altered; have it sent again."});
}

bool is_kid(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text != nullptr && !text->empty() && text->size() <= jwe_kid_max &&
         std::ranges::all_of(*text, [](char letter) { return letter >= '!' && letter <= '~'; });
}

/// True for exactly alg, enc and one member more, which the caller checks.
bool has_algorithms(const Json& header, std::string_view alg, const char* third) {
  return header.size() == 3 && header.value("alg", Json()) == alg && header.value("enc", Json()) == a256gcm &&
         header.contains(third);
}

std::optional<Parts> take_apart(std::string_view jwe, std::size_t encrypted_key_octets) {
  const auto texts = jwe.size() <= jwe_max ? split_compact<5>(jwe) : std::nullopt;
  auto header = texts ? read_protected((*texts)[0]) : std::nullopt;
  if (!header) {
    return std::nullopt;
  }
  auto encrypted_key = base64url_decode((*texts)[1]);
  auto nonce = base64url_decode((*texts)[2]);
  auto ciphertext = base64url_decode((*texts)[3]);
  auto tag = base64url_decode((*texts)[4]);
  if (!encrypted_key || encrypted_key->size() != encrypted_key_octets || !nonce || nonce->size() != aes::nonce_octets ||
      !ciphertext || !tag || tag->size() != aes::tag_octets) {
    return std::nullopt;
  }
  return Parts{(*texts)[0],
               std::move(*header),
               std::move(*encrypted_key),
               std::move(*nonce),
               {std::move(*ciphertext), std::move(*tag)}};
}

std::string put_together(const Json& header, BytesView encrypted_key, BytesView content_key, BytesView plaintext) {
  const std::string protected_part = base64url_encode(wire::to_json(header));
  const Bytes nonce = random_octets(aes::nonce_octets);
  const aes::Sealed sealed = aes::gcm_seal(content_key, nonce, protected_part, plaintext);
  return protected_part + "." + base64url_encode(encrypted_key) + "." + base64url_encode(nonce) + "." +
         base64url_encode(sealed.ciphertext) + "." + base64url_encode(sealed.tag);
}

JweResult<Bytes> open(const Parts& parts, BytesView content_key) {
  auto plaintext = aes::gcm_open(content_key, parts.nonce, parts.protected_part, parts.sealed);
  if (!plaintext) {
    return not_for_us();
  }
  return std::move(*plaintext);
}

std::optional<Error> refusal_of(BytesView plaintext) {
  if (plaintext.size() <= jwe_plaintext_max) {
    return std::nullopt;
  }
  return Error{ErrorCode::bad_input, "A message has " + std::to_string(plaintext.size()) + " octets and only " +
                                         std::to_string(jwe_plaintext_max) + " fit; split it into smaller ones."};
}

}  // namespace

JweResult<std::string> jwe_seal(const Json& jwk, BytesView plaintext) {
  if (auto refusal = refusal_of(plaintext)) {
    return unexpected(std::move(*refusal));
  }
  const Bytes content_key = random_octets(aes::key_octets);
  const auto wrapped = ecdh_es::wrap(jwk, content_key);
  if (!wrapped) {
    return bad_input("The recipient's key is not a P-256 public key; have the device show its code again.");
  }
  const Json header = {{"alg", ecdh_es::name}, {"enc", a256gcm}, {"epk", wrapped->epk}};
  return put_together(header, wrapped->encrypted_key, content_key, plaintext);
}

JweResult<Bytes> jwe_unseal(std::string_view jwe, const P256Key& self) {
  const auto parts = take_apart(jwe, aes::key_octets + 8);  // RFC 3394: a wrapped key is 8 octets longer
  if (!parts || !has_algorithms(parts->header, ecdh_es::name, "epk")) {
    return not_ours();
  }
  const auto wrapping_key = ecdh_es::wrapping_key(self, parts->header["epk"]);
  if (!wrapping_key) {
    return not_ours();
  }
  const auto content_key = aes::unwrap_key(*wrapping_key, parts->encrypted_key);
  if (!content_key) {
    return not_for_us();
  }
  return open(*parts, *content_key);
}

JweResult<std::string> jwe_encrypt(BytesView key, std::string_view kid, BytesView plaintext) {
  if (auto refusal = refusal_of(plaintext)) {
    return unexpected(std::move(*refusal));
  }
  const Json header = {{"alg", dir}, {"enc", a256gcm}, {"kid", kid}};
  if (key.size() != aes::key_octets || !is_kid(header["kid"])) {
    return bad_input("A shared key has 32 octets and an id of 1 to 256 visible ASCII letters; make a new one.");
  }
  return put_together(header, "", key, plaintext);
}

JweResult<Bytes> jwe_decrypt(BytesView key, std::string_view jwe) {
  if (key.size() != aes::key_octets) {
    return bad_input("A shared key has 32 octets; ask a member for the realm's key.");
  }
  const auto parts = take_apart(jwe, 0);  // RFC 7518 section 4.5: the encrypted key is empty
  if (!parts || !has_algorithms(parts->header, dir, "kid") || !is_kid(parts->header["kid"])) {
    return not_ours();
  }
  return open(*parts, key);
}

}  // namespace skypod
