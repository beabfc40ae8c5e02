#include "native/p256.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>

#include "base/base64url.hpp"
#include "core/wire/token.hpp"
#include "native/digest.hpp"
#include "native/openssl.hpp"

namespace skypod {
namespace {

using openssl::Freed;
using openssl::octets_of;
using openssl::require;
using wire::Json;

constexpr std::size_t field_octets = 32;
constexpr const char* curve = "prime256v1";  // OpenSSL's name of P-256

/// The order of the group, FIPS 186-4 appendix D.1.2.3.
constexpr std::array<unsigned char, field_octets> group_order{
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

using Number = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Key = std::shared_ptr<EVP_PKEY>;

Number number_of(BytesView octets) {
  return Number(BN_bin2bn(octets_of(octets), static_cast<int>(octets.size()), nullptr));
}

/// A number as 32 octets, big-endian.
Bytes field_of(const BIGNUM* number) {
  Bytes octets(field_octets, '\0');
  require(BN_bn2binpad(number, octets_of(octets), field_octets) == field_octets);
  return octets;
}

Bytes field_of(const Key& key, const char* name) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key.get(), name, &number) == 1);
  return field_of(Number(number).get());
}

/// True if the 32 octets are a number in [1, order - 1].
bool is_scalar(BytesView octets) {
  const BytesView order(reinterpret_cast<const char*>(group_order.data()), group_order.size());
  return octets.find_first_not_of('\0') != BytesView::npos && octets < order;  // char_traits<char> compares unsigned
}

/// A key from a public JWK and, for a pair, its private number; null if the point is not on the curve.
Key import(const Json& jwk, const BIGNUM* secret) {
  const auto x = base64url_decode(jwk["x"].get_ref<const std::string&>());
  const auto y = base64url_decode(jwk["y"].get_ref<const std::string&>());
  const Bytes point = '\4' + *x + *y;  // SEC 1 section 2.3.3: uncompressed
  const Builder builder(OSSL_PARAM_BLD_new());
  require(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1);
  require(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1);
  if (secret != nullptr) require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1);
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  require(params && context && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = secret == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  const bool done = EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) == 1;
  Key owned(key, EVP_PKEY_free);
  return done ? owned : nullptr;
}

/// Whether the private number makes the public point.
bool is_pair(const Key& key) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

/// r and s, 32 octets each, as the DER that OpenSSL takes.
Bytes to_der(BytesView signature) {
  const Signature pair(ECDSA_SIG_new());
  Number r = number_of(signature.substr(0, field_octets));
  Number s = number_of(signature.substr(field_octets));
  require(pair && r && s && ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  require(size > 0);
  Bytes out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

Bytes from_der(BytesView der) {
  const unsigned char* at = octets_of(der);
  const Signature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  require(pair != nullptr);
  return field_of(ECDSA_SIG_get0_r(pair.get())) + field_of(ECDSA_SIG_get0_s(pair.get()));
}

}  // namespace

P256Key P256Key::generate() {
  Key key(EVP_EC_gen(curve), EVP_PKEY_free);
  require(key != nullptr);
  return P256Key(std::move(key));
}

std::optional<P256Key> P256Key::from_private_jwk(const Json& jwk) {
  if (!jwk.is_object() || !jwk.value("d", Json()).is_string()) {
    return std::nullopt;
  }
  Json open = jwk;
  open.erase("d");
  const auto secret = base64url_decode(jwk["d"].get_ref<const std::string&>());
  const auto public_part = wire::read_public_key(open);
  if (!public_part || !secret || secret->size() != field_octets || !is_scalar(*secret)) {
    return std::nullopt;
  }
  Key key = import(*public_part, number_of(*secret).get());
  return key && is_pair(key) ? std::optional(P256Key(std::move(key))) : std::nullopt;
}

Json P256Key::private_jwk() const {
  Json jwk = public_jwk();
  jwk["d"] = base64url_encode(field_of(key_, OSSL_PKEY_PARAM_PRIV_KEY));
  return jwk;
}

Json P256Key::public_jwk() const {
  return {{"crv", "P-256"},
          {"kty", "EC"},
          {"x", base64url_encode(field_of(key_, OSSL_PKEY_PARAM_EC_PUB_X))},
          {"y", base64url_encode(field_of(key_, OSSL_PKEY_PARAM_EC_PUB_Y))}};
}

std::string P256Key::identity() const {
  return thumbprint(public_jwk());
}

Bytes P256Key::sign_octets(BytesView message) const {
  const Digest digest(EVP_MD_CTX_new());
  require(digest && EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  std::size_t size = 0;
  require(EVP_DigestSign(digest.get(), nullptr, &size, octets_of(message), message.size()) == 1);
  Bytes der(size, '\0');
  require(EVP_DigestSign(digest.get(), octets_of(der), &size, octets_of(message), message.size()) == 1);
  der.resize(size);
  return from_der(der);
}

std::optional<Bytes> P256Key::agree(const Json& jwk) const {
  const auto public_part = wire::read_public_key(jwk);
  const Key theirs = public_part ? import(*public_part, nullptr) : nullptr;
  if (!theirs) {
    return std::nullopt;
  }
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  require(context && EVP_PKEY_derive_init(context.get()) == 1);
  Bytes secret(field_octets, '\0');
  std::size_t size = secret.size();
  const bool done = EVP_PKEY_derive_set_peer(context.get(), theirs.get()) == 1 &&  // checks the point once more
                    EVP_PKEY_derive(context.get(), octets_of(secret), &size) == 1 && size == field_octets;
  return done ? std::optional(std::move(secret)) : std::nullopt;
}

std::string thumbprint(const Json& jwk) {
  const auto key = wire::read_public_key(jwk);
  return key ? base64url_encode(sha256(wire::to_json(*key))) : "";
}

bool verify_p256(BytesView message, BytesView signature, const Json& jwk) {
  if (signature.size() != 2 * field_octets || !is_scalar(signature.substr(0, field_octets)) ||
      !is_scalar(signature.substr(field_octets))) {
    return false;
  }
  const auto public_part = wire::read_public_key(jwk);
  const Key key = public_part ? import(*public_part, nullptr) : nullptr;
  if (!key) {
    return false;
  }
  const Bytes der = to_der(signature);
  const Digest digest(EVP_MD_CTX_new());
  return digest && EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), octets_of(der), der.size(), octets_of(message), message.size()) == 1;
}

}  // namespace skypod
