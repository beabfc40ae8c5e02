#include "native/p256.hpp"

#include <gtest/gtest.h>

#include <map>

#include "native/digest.hpp"
#include "native/test_vectors.hpp"

namespace skypod {
namespace {

using test::from_hex;
using test::hex_member;
using wire::Json;

/// The key of RFC 7515 appendix A.3.
const Json rfc_key = {{"kty", "EC"},
                      {"crv", "P-256"},
                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                      {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};

TEST(P256, AKeySurvivesItsJwk) {
  const P256Key key = P256Key::generate();
  const auto again = P256Key::from_private_jwk(key.private_jwk());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->private_jwk(), key.private_jwk());
  EXPECT_TRUE(verify_p256("message", again->sign_octets("message"), key.public_jwk()));
  EXPECT_FALSE(verify_p256("another", again->sign_octets("message"), key.public_jwk()));
}

TEST(P256, RefusesPrivateJwksThatDoNotFit) {
  const Json good = P256Key::generate().private_jwk();
  Json foreign = good;
  foreign["d"] = P256Key::generate().private_jwk()["d"];
  Json zero = good;
  zero["d"] = base64url_encode(Bytes(32, '\0'));
  Json too_large = good;
  too_large["d"] = base64url_encode(Bytes(32, '\xff'));
  Json too_short = good;
  too_short["d"] = "AQ";
  Json extra = good;
  extra["kid"] = "x";
  for (const Json& bad :
       {foreign, zero, too_large, too_short, extra, Json(), Json("x"), P256Key::generate().public_jwk()}) {
    EXPECT_FALSE(P256Key::from_private_jwk(bad));
  }
}

TEST(P256, ThumbprintIsTheHashOfTheCanonicalKey) {
  // made with: printf … | openssl dgst -sha256 -binary | basenc --base64url
  const std::string canonical = R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
  EXPECT_EQ(thumbprint(rfc_key), base64url_encode(sha256(canonical)));
  EXPECT_EQ(thumbprint(rfc_key), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
  EXPECT_EQ(thumbprint("no key"), "");
}

TEST(P256, RefusesSignaturesOutsideTheGroup) {
  const P256Key key = P256Key::generate();
  const Bytes zero(32, '\0');
  const Bytes one = Bytes(31, '\0') + '\1';
  const Bytes order = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const Bytes highest(32, '\xff');
  for (const auto& [r, s] : {std::pair{zero, zero},
                             {zero, one},
                             {one, zero},
                             {order, one},
                             {one, order},
                             {order, order},
                             {highest, one},
                             {one, highest},
                             {highest, highest}}) {
    EXPECT_FALSE(verify_p256("message", r + s, key.public_jwk())) << to_hex(r + s);
  }
}

/// In DER such a number needs an octet more, or it is negative.
TEST(P256, TakesNumbersWhoseHighestBitIsSet) {
  const P256Key key = P256Key::generate();
  const auto is_high = [](char octet) { return (octet & 0x80) != 0; };
  Bytes signature;
  do signature = key.sign_octets("message");
  while (!is_high(signature[0]) || !is_high(signature[32]));
  EXPECT_TRUE(verify_p256("message", signature, key.public_jwk()));
  for (const std::size_t half : {0, 32}) {
    Bytes lowered = signature;
    lowered[half] = static_cast<char>(lowered[half] & 0x7f);
    EXPECT_FALSE(verify_p256("message", lowered, key.public_jwk()));
  }
}

TEST(P256, RefusesSignaturesOfAnotherLength) {
  const P256Key key = P256Key::generate();
  const Bytes good = key.sign_octets("message");
  for (const Bytes& other : {Bytes(), good.substr(1), good.substr(0, 63), good + '\0', '\0' + good, good + good,
                             good.substr(0, 32), Bytes(1 << 20, '\1')}) {
    EXPECT_FALSE(verify_p256("message", other, key.public_jwk())) << other.size();
  }
  const Bytes padded = '\0' + good.substr(0, 32) + '\0' + good.substr(32);
  EXPECT_FALSE(verify_p256("message", padded, key.public_jwk()));
}

TEST(P256, EveryFlippedBitOfASignatureIsNoticed) {
  const P256Key key = P256Key::generate();
  const Bytes good = key.sign_octets("message");
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes altered = good;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verify_p256("message", altered, key.public_jwk())) << bit;
  }
}

TEST(P256, RefusesPointsOffTheCurve) {
  const P256Key key = P256Key::generate();
  Json swapped = rfc_key;
  std::swap(swapped["x"], swapped["y"]);
  Json zero = rfc_key;
  zero["x"] = zero["y"] = base64url_encode(Bytes(32, '\0'));
  Json beyond = rfc_key;  // a coordinate must be less than the field's prime
  beyond["x"] = base64url_encode(Bytes(32, '\xff'));
  for (const Json& off : {swapped, zero, beyond}) {
    EXPECT_FALSE(key.agree(off));
    EXPECT_FALSE(verify_p256("message", key.sign_octets("message"), off));
  }
  EXPECT_TRUE(key.agree(rfc_key));
}

TEST(P256, BothSidesAgreeOnOneSecret) {
  const P256Key a = P256Key::generate();
  const P256Key b = P256Key::generate();
  EXPECT_EQ(a.agree(b.public_jwk()), b.agree(a.public_jwk()));
  EXPECT_NE(a.agree(b.public_jwk()), a.agree(a.public_jwk()));
  EXPECT_FALSE(a.agree(b.private_jwk())) << "a private key has no place where a public one is meant";
}

TEST(P256, SignaturesAgreeWithWycheproof) {
  const auto suite = test::load_wycheproof("ecdsa_secp256r1_sha256_p1363");
  if (!suite) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  int accepted = 0;
  int seen = 0;
  for (const Json& group : (*suite)["testGroups"]) {
    const Json jwk = test::jwk_of_point(hex_member(group["publicKey"], "uncompressed"));
    for (const Json& test : group["tests"]) {
      const bool valid = verify_p256(hex_member(test, "msg"), hex_member(test, "sig"), jwk);
      EXPECT_EQ(valid, test["result"] == "valid") << test["tcId"] << ": " << test["comment"];
      accepted += valid ? 1 : 0;
      ++seen;
    }
  }
  std::cout << "ECDSA (P1363): " << accepted << " accepted, " << seen - accepted << " refused\n";
  EXPECT_EQ(seen, (*suite)["numberOfTests"].get<int>());
  EXPECT_GE(accepted, 173);
}

TEST(P256, RefusesEverySignatureInDer) {  // valid or not: RFC 7518 section 3.4 knows r and s only
  const auto suite = test::load_wycheproof("ecdsa_secp256r1_sha256");
  if (!suite) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  int seen = 0;
  for (const Json& group : (*suite)["testGroups"]) {
    const Json jwk = test::jwk_of_point(hex_member(group["publicKey"], "uncompressed"));
    for (const Json& test : group["tests"]) {
      EXPECT_FALSE(verify_p256(hex_member(test, "msg"), hex_member(test, "sig"), jwk)) << test["tcId"];
      ++seen;
    }
  }
  std::cout << "ECDSA (DER): " << seen << " refused\n";
  EXPECT_GE(seen, 484);
}

/// The private keys of the suite that has whole JWKs, by their number; the others give the number alone.
std::map<Bytes, Json> keys_by_number(const Json& suite) {
  std::map<Bytes, Json> keys;
  for (const Json& group : suite["testGroups"]) {
    for (const Json& test : group["tests"]) {
      const Json key = test::bare_jwk(test["private"]);
      keys.emplace(base64url_decode(key["d"].get<std::string>()).value(), key);
    }
  }
  return keys;
}

/// The private number in hexadecimal, perhaps with zeros before it, as 32 octets.
Bytes number_of(const Json& test) {
  const Bytes octets = Bytes(32, '\0') + hex_member(test, "private");
  return octets.substr(octets.size() - 32);
}

struct Agreements {
  int accepted = 0;
  int refused = 0;

  void check(const Json& private_jwk, const Json& public_jwk, const Json& test) {
    const auto key = P256Key::from_private_jwk(private_jwk);
    const auto secret = key ? key->agree(public_jwk) : std::nullopt;
    const bool valid = test["result"] == "valid";
    const auto expected = valid ? std::optional(hex_member(test, "shared")) : std::nullopt;
    EXPECT_EQ(secret, expected) << test["tcId"] << ": " << test["comment"];
    ++(valid ? accepted : refused);
  }
};

TEST(P256, AgreementAgreesWithWycheproof) {
  const auto suite = test::load_wycheproof("ecdh_secp256r1_webcrypto");
  if (!suite) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  Agreements seen;
  for (const Json& group : (*suite)["testGroups"]) {
    for (const Json& test : group["tests"]) {
      Json theirs = test["public"];
      theirs.erase("kid");  // the suite's label
      seen.check(test::bare_jwk(test["private"]), theirs, test);
    }
  }
  std::cout << "ECDH (JWK): " << seen.accepted << " accepted, " << seen.refused << " refused\n";
  EXPECT_GE(seen.accepted, 330);
  EXPECT_GE(seen.refused, 23);
}

/// The uncompressed point in a public key of the suites that have octets, or nothing: all else (compressed points,
/// other curves, unusual ASN.1) cannot be said in a P-256 JWK and has no way in.
std::optional<Bytes> point_in(const Bytes& encoded) {
  const Bytes named_p256 = from_hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");  // RFC 5480 section 2
  const Bytes point = encoded.starts_with(named_p256) ? encoded.substr(named_p256.size()) : encoded;
  return point.size() == 65 && point[0] == 4 ? std::optional(point) : std::nullopt;
}

TEST(P256, AgreementAgreesWithWycheproofsOtherEncodings) {
  const auto whole_keys = test::load_wycheproof("ecdh_secp256r1_webcrypto");
  if (!whole_keys) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  const auto keys = keys_by_number(*whole_keys);
  Agreements seen;
  int elsewhere = 0;
  for (const char* name : {"ecdh_secp256r1_ecpoint", "ecdh_secp256r1"}) {
    const auto suite = test::load_wycheproof(name);
    ASSERT_TRUE(suite) << name;
    for (const Json& group : (*suite)["testGroups"]) {
      for (const Json& test : group["tests"]) {
        const auto point = point_in(hex_member(test, "public"));
        const auto key = keys.find(number_of(test));
        if (point && key != keys.end()) {
          seen.check(key->second, test::jwk_of_point(*point), test);
        } else {
          EXPECT_NE(test["result"], "valid") << test["tcId"];
          ++elsewhere;
        }
      }
    }
  }
  std::cout << "ECDH (SEC 1, ASN.1): " << seen.accepted << " accepted, " << seen.refused << " refused, " << elsewhere
            << " of keys that no JWK can hold\n";
  EXPECT_GE(seen.accepted, 660);
  EXPECT_GE(seen.refused, 32);
}

}  // namespace
}  // namespace skypod
