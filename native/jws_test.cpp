#include "native/jws.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <map>

#include "core/wire/token.hpp"
#include "native/compact.hpp"
#include "native/digest.hpp"
#include "native/test_vectors.hpp"

namespace skypod {
namespace {

using test::bare_public_jwk;
using test::hex_member;
using wire::Json;

/// The key and the token of RFC 7515 appendix A.3.
const Json rfc_key = {{"kty", "EC"},
                      {"crv", "P-256"},
                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                      {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}};
const std::string rfc_token =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// A token with that very header and payload, correctly signed.
std::string signed_with(const P256Key& key, std::string_view header, std::string_view payload = "{}") {
  const std::string input = base64url_encode(header) + "." + base64url_encode(payload);
  return input + "." + base64url_encode(key.sign_octets(input));
}

TEST(Jws, VerifiesTheExampleOfTheStandard) {
  EXPECT_TRUE(verify_es256(rfc_token, rfc_key));
  std::string altered = rfc_token;
  altered[30] ^= 1;
  EXPECT_FALSE(verify_es256(altered, rfc_key));
}

TEST(Jws, WhatAKeySignsItsPublicHalfVerifies) {
  const P256Key key = P256Key::generate();
  const std::string token = key.sign({{"hello", "world"}});
  EXPECT_TRUE(verify_es256(token, key.public_jwk()));
  EXPECT_FALSE(verify_es256(token, P256Key::generate().public_jwk()));
  EXPECT_TRUE(Es256Verifier().verify(token, key.public_jwk(), key.identity()));
  EXPECT_FALSE(Es256Verifier().verify(token, key.public_jwk(), P256Key::generate().identity()));
  EXPECT_FALSE(Es256Verifier().verify(token, nullptr, ""));
}

TEST(Jws, EveryFlippedBitOfATokenIsNoticed) {
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

TEST(Jws, AcceptsTwoHeadersOnly) {
  const P256Key key = P256Key::generate();
  for (const char* good : {R"({"alg":"ES256"})", R"({"typ":"JWT","alg":"ES256"})", R"({ "alg" : "ES256" })"}) {
    EXPECT_TRUE(verify_es256(signed_with(key, good), key.public_jwk())) << good;
  }
  const std::string jwk = key.public_jwk().dump();
  for (const std::string& bad : {R"({"alg":"none"})",
                                 R"({"alg":"None"})",
                                 R"({"alg":"nOnE"})",
                                 R"({"alg":"NONE"})",
                                 R"({"alg":""})",
                                 R"({"alg":"es256"})",
                                 R"({"alg":"HS256"})",
                                 R"({"alg":"ES384"})",
                                 R"({"alg":"ES256K"})",
                                 R"({"alg":"RS256"})",
                                 R"({"alg":["ES256"]})",
                                 R"({"alg":null})",
                                 R"({"Alg":"ES256"})",
                                 "{}",
                                 "[]",
                                 "null",
                                 "\"ES256\"",
                                 "",
                                 R"(["alg","ES256"])",
                                 R"({"alg":"ES256","typ":"jwt"})",
                                 R"({"alg":"ES256","typ":"JWT","cty":"JWT"})",
                                 R"({"alg":"ES256","kid":"../../dev/null"})",
                                 R"({"alg":"ES256","kid":"' OR 1=1"})",
                                 R"({"alg":"ES256","jku":"http://127.0.0.1/keys"})",
                                 R"({"alg":"ES256","x5u":"http://127.0.0.1/x"})",
                                 R"({"alg":"ES256","x5c":[]})",
                                 R"({"alg":"ES256","crit":["b64"],"b64":false})",
                                 R"({"alg":"ES256","crit":[]})",
                                 R"({"alg":"ES256","b64":true})",
                                 R"({"alg":"ES256","alg":"ES256"})",
                                 R"({"alg":"none","alg":"ES256"})",
                                 R"({"alg":"ES256","\u0061lg":"none"})",
                                 R"({"alg":"ES256","zip":"DEF"})",
                                 R"({"alg":"ES256"}{})",
                                 R"({"alg":"ES256"} x)",
                                 R"( {"alg":"ES256"})",
                                 "\xef\xbb\xbf{\"alg\":\"ES256\"}"}) {
    EXPECT_FALSE(verify_es256(signed_with(key, bad), key.public_jwk())) << bad;
  }
  EXPECT_FALSE(verify_es256(signed_with(key, R"({"alg":"ES256","jwk":)" + jwk + "}"), key.public_jwk()));
  EXPECT_FALSE(verify_es256(signed_with(key, R"({"alg":"ES256")" + Bytes(header_max, ' ') + "}"), key.public_jwk()));
}

TEST(Jws, RefusesTokensWithoutASignature) {
  const P256Key key = P256Key::generate();
  for (const char* alg : {"none", "None", "nOnE", "ES256"}) {
    const std::string start = base64url_encode(Json{{"alg", alg}}.dump()) + "." + base64url_encode(R"({"iss":"x"})");
    EXPECT_FALSE(verify_es256(start + ".", key.public_jwk())) << alg;
    EXPECT_FALSE(verify_es256(start, key.public_jwk())) << alg;
    EXPECT_FALSE(verify_es256(start + "." + base64url_encode(Bytes(64, '\0')), key.public_jwk())) << alg;
  }
  EXPECT_FALSE(verify_es256("", key.public_jwk()));
}

/// A MAC keyed with what everyone knows: the public key's JWK, coordinates or point.
TEST(Jws, RefusesHs256KeyedWithThePublicKey) {
  const P256Key key = P256Key::generate();
  const Json jwk = key.public_jwk();
  const Bytes point = *base64url_decode(jwk["x"].get<std::string>()) + *base64url_decode(jwk["y"].get<std::string>());
  for (const std::string& secret : {wire::to_json(jwk), point, '\4' + point}) {
    const std::string input = base64url_encode(R"({"alg":"HS256"})") + "." + base64url_encode("{}");
    Bytes mac(32, '\0');
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(input.data()), input.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &size);
    EXPECT_FALSE(verify_es256(input + "." + base64url_encode(mac), jwk));
    EXPECT_FALSE(verify_es256(input + "." + base64url_encode(mac + mac), jwk));
  }
}

TEST(Jws, RefusesAKeyInTheTokenItself) {
  const P256Key ours = P256Key::generate();
  const P256Key theirs = P256Key::generate();
  const std::string header = Json{{"alg", "ES256"}, {"jwk", theirs.public_jwk()}}.dump();
  EXPECT_FALSE(verify_es256(signed_with(theirs, header), ours.public_jwk()));
  EXPECT_FALSE(verify_es256(signed_with(ours, header), ours.public_jwk()));
}

TEST(Jws, RefusesOtherEncodings) {
  const P256Key key = P256Key::generate();
  const std::string token = signed_with(key, R"({"alg":"ES256"})", R"({"n":12345})");  // 11 octets: spare bits
  ASSERT_TRUE(verify_es256(token, key.public_jwk()));
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  std::string same_octets = token;  // RFC 4648 section 3.5: the spare bits of the last letter must be zero
  ++same_octets.back();
  std::string standard_alphabet = token;
  for (char& letter : standard_alphabet) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
  const std::string with_slash = standard_alphabet == token ? token + "+" : standard_alphabet;
  for (const std::string& other :
       {same_octets, with_slash, token + "=", token + "==", token.substr(0, first) + "=" + token.substr(first),
        token.substr(0, second) + "\n" + token.substr(second), " " + token, token + "\n", token + ".", token + ".e30",
        token.substr(0, second) + "." + token.substr(second), token.substr(first + 1), token.substr(0, second),
        "." + token, Bytes(1, '\0') + token, token + '\0'}) {
    EXPECT_FALSE(verify_es256(other, key.public_jwk())) << other;
  }
}

TEST(Jws, RefusesOtherSerializations) {
  const P256Key key = P256Key::generate();
  const std::string token = key.sign({{"n", 1}});
  const auto parts = split_compact<3>(token).value();
  const Json flattened = {{"protected", parts[0]}, {"payload", parts[1]}, {"signature", parts[2]}};
  const Json general = {{"payload", parts[1]},
                        {"signatures", Json::array({Json{{"protected", parts[0]}, {"signature", parts[2]}}})}};
  EXPECT_FALSE(verify_es256(flattened.dump(), key.public_jwk()));
  EXPECT_FALSE(verify_es256(general.dump(), key.public_jwk()));
}

/// Claims are read by the core, after the signature or to find out whose it should be: core/wire/token.hpp.
TEST(Jws, HugeDeepAndDoubledClaimsAreRefusedThoughSigned) {
  const P256Key key = P256Key::generate();
  const std::string deep = std::string(20'000, '[') + std::string(20'000, ']');
  const std::vector<std::string> payloads = {R"({"iss":"a","iss":"b"})", R"({"dat":{"a":1,"a":2}})",
                                             R"({"dat":)" + deep + "}", deep};
  for (const std::string& payload : payloads) {
    const std::string token = signed_with(key, R"({"alg":"ES256"})", payload);
    EXPECT_TRUE(verify_es256(token, key.public_jwk()));
    EXPECT_EQ(wire::peek_token(token).error().detail, "Its payload is not JSON.");
  }
  const std::string huge = signed_with(key, R"({"alg":"ES256"})", Json{{"a", std::string(80'000, 'a')}}.dump());
  EXPECT_GT(huge.size(), wire::token_max);
  EXPECT_FALSE(verify_es256(huge, key.public_jwk()));
  EXPECT_FALSE(wire::peek_token(huge));
}

/// The key of a Wycheproof group: public if it has one, else the private one without its secret.
const Json& key_of(const Json& group) {
  return group.contains("public") ? group["public"] : group["private"];
}

std::string algorithm_of(const std::string& token) {
  const auto header = read_protected(token.substr(0, token.find('.')));
  const Json alg = header ? header->value("alg", Json()) : Json();
  return alg.is_string() ? alg.get<std::string>() : "unreadable header";
}

/// Every valid token of the suites names its key (kid) or uses another algorithm. Both are refused by policy, so none
/// is accepted as it stands; which ones these are is printed.
TEST(Jws, TokensAgreeWithWycheproof) {
  if (!test::load_wycheproof("json_web_signature")) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  int seen = 0;
  std::map<std::string, int> refused_by_policy;
  for (const char* name : {"json_web_signature", "json_web_key", "json_web_crypto"}) {
    const Json suite = test::load_wycheproof(name).value();
    for (const Json& group : suite["testGroups"]) {
      for (const Json& test : group["tests"]) {
        if (!test.contains("jws")) continue;
        const std::string token = test["jws"].is_string() ? test["jws"].get<std::string>() : test["jws"].dump();
        EXPECT_FALSE(verify_es256(token, key_of(group))) << name << " " << test["tcId"];
        EXPECT_FALSE(verify_es256(token, bare_public_jwk(key_of(group)))) << name << " " << test["tcId"];
        if (test["result"] == "valid") ++refused_by_policy[algorithm_of(token)];
        ++seen;
      }
    }
  }
  std::cout << "JWS: " << seen << " tokens; valid ones refused by policy:";
  for (const auto& [algorithm, count] : refused_by_policy) {
    std::cout << " " << algorithm << (algorithm == "ES256" ? " with kid " : " ") << count;
  }
  std::cout << "\n";
  EXPECT_GE(seen, 430);
}

/// Under that policy, the signatures: the same tokens with the header's check left out.
TEST(Jws, Es256SignaturesAgreeWithWycheproof) {
  const auto suite = test::load_wycheproof("json_web_signature");
  if (!suite) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  int accepted = 0;
  int refused = 0;
  for (const Json& group : (*suite)["testGroups"]) {
    const Json& key = key_of(group);
    if (key.value("alg", "") != "ES256" || key.value("use", "") != "sig") continue;
    for (const Json& test : group["tests"]) {
      const std::string token = test["jws"].is_string() ? test["jws"].get<std::string>() : test["jws"].dump();
      const auto parts = split_compact<3>(token);
      const auto signature = parts ? base64url_decode((*parts)[2]) : std::nullopt;
      const bool valid = signature && verify_p256(token.substr(0, token.rfind('.')), *signature, bare_public_jwk(key));
      EXPECT_EQ(valid, test["result"] == "valid") << test["tcId"] << ": " << test["comment"];
      ++(valid ? accepted : refused);
    }
  }
  std::cout << "ES256 signatures of JWS: " << accepted << " accepted, " << refused << " refused\n";
  EXPECT_GE(accepted, 2);
  EXPECT_GE(refused, 36);
}

/// RFC 7520, RFC 8037 and RFC 7797: every algorithm but ours.
TEST(Jws, RefusesEveryTokenOfTheCookbook) {
  if (!exists(test::corpora / "jose-cookbook")) GTEST_SKIP() << "no JOSE cookbook in " << test::corpora;
  int seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test::corpora / "jose-cookbook")) {
    const auto example = entry.path().extension() == ".json" ? test::load_json(entry.path()) : std::nullopt;
    if (!example || !example->contains("output") || !(*example)["output"].contains("compact")) continue;
    const std::string token = (*example)["output"]["compact"].get<std::string>();
    EXPECT_FALSE(verify_es256(token, rfc_key)) << entry.path();
    EXPECT_FALSE(verify_es256(token, bare_public_jwk((*example)["input"].value("key", Json::object()))));
    ++seen;
  }
  std::cout << "JOSE cookbook: " << seen << " compact tokens refused\n";
  EXPECT_GE(seen, 15);
}

}  // namespace
}  // namespace skypod
