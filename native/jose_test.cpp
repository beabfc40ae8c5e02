#include "native/jose.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/base64url.hpp"

namespace skypod {
namespace {

using wire::Json;

const std::filesystem::path wycheproof =
    SKYPOD_SOURCE_DIR "/../shared/corpora/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json";

Bytes from_hex(std::string_view hex) {
  const auto digit = [](char letter) { return letter <= '9' ? letter - '0' : letter - 'a' + 10; };
  Bytes octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return octets;
}

/// The key and the token of RFC 7515 appendix A.3.
const Json rfc_key = {{"kty", "EC"},
                      {"crv", "P-256"},
                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                      {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
const std::string rfc_token =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(Jose, VerifiesTheExampleOfTheStandard) {
  EXPECT_TRUE(verify_es256(rfc_token, rfc_key));
  std::string altered = rfc_token;
  altered[30] ^= 1;
  EXPECT_FALSE(verify_es256(altered, rfc_key));
}

TEST(Jose, WhatAKeySignsItsPublicHalfVerifies) {
  const P256Key key = P256Key::generate();
  const std::string token = key.sign({{"hello", "world"}});
  EXPECT_TRUE(verify_es256(token, key.public_jwk()));
  EXPECT_FALSE(verify_es256(token, P256Key::generate().public_jwk()));
  EXPECT_TRUE(Es256Verifier().verify(token, key.public_jwk(), key.identity()));
  EXPECT_FALSE(Es256Verifier().verify(token, key.public_jwk(), P256Key::generate().identity()));
  EXPECT_FALSE(Es256Verifier().verify(token, nullptr, ""));
}

TEST(Jose, EveryFlippedBitOfATokenIsNoticed) {
  const P256Key key = P256Key::generate();
  const std::string token = key.sign({{"n", 1}});
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string altered = token;
      altered[i] = static_cast<char>(altered[i] ^ (1 << bit));
      EXPECT_FALSE(verify_es256(altered, key.public_jwk())) << "octet " << i << ", bit " << bit;
    }
  }
}

TEST(Jose, AKeySurvivesItsJwk) {
  const P256Key key = P256Key::generate();
  const auto again = P256Key::from_private_jwk(key.private_jwk());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->private_jwk(), key.private_jwk());
  EXPECT_TRUE(verify_es256(again->sign({{"n", 1}}), key.public_jwk()));
}

TEST(Jose, RefusesPrivateJwksThatDoNotFit) {
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

TEST(Jose, ThumbprintIsTheHashOfTheCanonicalKey) {
  // made with: printf … | openssl dgst -sha256 -binary | basenc --base64url
  const std::string canonical = R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
  EXPECT_EQ(thumbprint(rfc_key), base64url_encode(sha256(canonical)));
  EXPECT_EQ(thumbprint(rfc_key), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
  EXPECT_EQ(thumbprint("no key"), "");
}

TEST(Jose, RefusesSignaturesOutsideTheGroup) {
  const Bytes zero(32, '\0');
  const Bytes one = Bytes(31, '\0') + '\1';
  const Bytes order = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  for (const auto& [r, s] :
       {std::pair{zero, zero}, {zero, one}, {one, zero}, {order, one}, {one, order}, {Bytes(32, '\xff'), one}}) {
    EXPECT_FALSE(verify_p256("message", r + s, rfc_key));
  }
  const std::size_t dot = rfc_token.rfind('.');
  const Bytes good = *base64url_decode(rfc_token.substr(dot + 1));
  const std::string message = rfc_token.substr(0, dot);
  EXPECT_TRUE(verify_p256(message, good, rfc_key));
  EXPECT_FALSE(verify_p256(message, good + '\0', rfc_key));
  EXPECT_FALSE(verify_p256(message, good.substr(1), rfc_key));
}

TEST(Jose, RefusesPointsOffTheCurve) {
  Json off = rfc_key;
  off["y"] = off["x"];
  EXPECT_FALSE(verify_es256(rfc_token, off));
  Json zero = rfc_key;
  zero["x"] = zero["y"] = base64url_encode(Bytes(32, '\0'));
  EXPECT_FALSE(verify_es256(rfc_token, zero));
}

TEST(Jose, RefusesOtherHeaders) {
  const P256Key key = P256Key::generate();
  const std::string payload = base64url_encode("{}");
  const std::string signature = key.sign(Json::object()).substr(key.sign(Json::object()).rfind('.'));
  for (const char* other : {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":"ES256","kid":"x"})", "{}", "[]"}) {
    EXPECT_FALSE(verify_es256(base64url_encode(other) + "." + payload + signature, key.public_jwk())) << other;
  }
  EXPECT_FALSE(verify_es256(base64url_encode(R"({"alg":"none"})") + "." + payload + ".", key.public_jwk()));
  EXPECT_FALSE(verify_es256("", key.public_jwk()));
}

TEST(Jose, AgreesWithWycheproof) {
  std::ifstream file(wycheproof);
  if (!file) GTEST_SKIP() << "no Wycheproof vectors at " << wycheproof;
  std::stringstream text;
  text << file.rdbuf();
  const Json suite = Json::parse(text.str());
  int seen = 0;
  for (const Json& group : suite["testGroups"]) {
    const Json& point = group["publicKey"]["uncompressed"];
    const Bytes octets = from_hex(point.get<std::string>());
    const Json jwk = {{"kty", "EC"},
                      {"crv", "P-256"},
                      {"x", base64url_encode(octets.substr(1, 32))},
                      {"y", base64url_encode(octets.substr(33))}};
    for (const Json& test : group["tests"]) {
      const bool valid =
          verify_p256(from_hex(test["msg"].get<std::string>()), from_hex(test["sig"].get<std::string>()), jwk);
      EXPECT_EQ(valid, test["result"] == "valid") << test["tcId"] << ": " << test["comment"];
      ++seen;
    }
  }
  EXPECT_EQ(seen, suite["numberOfTests"].get<int>());
}

}  // namespace
}  // namespace skypod
