#include "native/jwe.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "native/aes.hpp"
#include "native/compact.hpp"
#include "native/digest.hpp"
#include "native/test_vectors.hpp"

namespace skypod {
namespace {

using test::bare_jwk;
using test::hex_member;
using wire::ErrorCode;
using wire::Json;

const Bytes shared_key(32, 'k');

std::array<std::string, 5> parts_of(std::string_view jwe) {
  const auto parts = split_compact<5>(jwe).value();
  std::array<std::string, 5> texts;
  std::ranges::copy(parts, texts.begin());
  return texts;
}

std::string joined(const std::array<std::string, 5>& parts) {
  return parts[0] + "." + parts[1] + "." + parts[2] + "." + parts[3] + "." + parts[4];
}

Json header_of(std::string_view jwe) {
  return read_protected(parts_of(jwe)[0]).value();
}

/// A dir JWE with that very header, correctly encrypted under shared_key.
std::string encrypted_with(std::string_view header, std::string_view plaintext = "text") {
  const std::string protected_part = base64url_encode(header);
  const Bytes nonce = random_octets(aes::nonce_octets);
  const aes::Sealed sealed = aes::gcm_seal(shared_key, nonce, protected_part, plaintext);
  return protected_part + ".." + base64url_encode(nonce) + "." + base64url_encode(sealed.ciphertext) + "." +
         base64url_encode(sealed.tag);
}

bool opens(std::string_view jwe) {
  return jwe_decrypt(shared_key, jwe).has_value();
}

TEST(Jwe, SealsForOneKey) {
  const P256Key bob = P256Key::generate();
  for (const Bytes& plaintext : {Bytes(), Bytes("x"), Bytes("\0\xff", 2), random_octets(jwe_plaintext_max)}) {
    const std::string jwe = jwe_seal(bob.public_jwk(), plaintext).value();
    EXPECT_LE(jwe.size(), jwe_max);
    EXPECT_EQ(jwe_unseal(jwe, bob), plaintext);
    EXPECT_EQ(jwe_unseal(jwe, P256Key::generate()).error().code, ErrorCode::bad_token);
  }
  const Json header = header_of(jwe_seal(bob.public_jwk(), "x").value());
  EXPECT_EQ(header, (Json{{"alg", "ECDH-ES+A256KW"}, {"enc", "A256GCM"}, {"epk", header["epk"]}}));
  EXPECT_EQ(header["epk"].size(), 4U);
}

TEST(Jwe, EncryptsUnderASharedKey) {
  for (const Bytes& plaintext : {Bytes(), Bytes("x"), Bytes("\0\xff", 2), random_octets(jwe_plaintext_max)}) {
    const std::string jwe = jwe_encrypt(shared_key, std::string(jwe_kid_max, 'k'), plaintext).value();
    EXPECT_LE(jwe.size(), jwe_max);
    EXPECT_EQ(jwe_decrypt(shared_key, jwe), plaintext);
    EXPECT_EQ(jwe_decrypt(Bytes(32, 'l'), jwe).error().code, ErrorCode::bad_token);
  }
  EXPECT_EQ(header_of(jwe_encrypt(shared_key, "7.x", "x").value()),
            (Json{{"alg", "dir"}, {"enc", "A256GCM"}, {"kid", "7.x"}}));
}

TEST(Jwe, RefusesArgumentsThatCannotBeUsed) {
  const P256Key key = P256Key::generate();
  const Bytes too_long(jwe_plaintext_max + 1, 'x');
  Json off_curve = key.public_jwk();
  std::swap(off_curve["x"], off_curve["y"]);
  for (const Json& bad : {off_curve, key.private_jwk(), Json(), Json("x")}) {
    EXPECT_EQ(jwe_seal(bad, "x").error().code, ErrorCode::bad_input);
  }
  EXPECT_EQ(jwe_seal(key.public_jwk(), too_long).error().detail,
            "A message has 389121 octets and only 389120 fit; split it into smaller ones.");
  EXPECT_EQ(jwe_encrypt(shared_key, "k", too_long).error().code, ErrorCode::bad_input);
  for (const std::string& kid : {std::string(), std::string(jwe_kid_max + 1, 'k'), std::string("a b"),
                                 std::string("\xc3\xa4"), std::string("a\0", 2)}) {
    EXPECT_EQ(jwe_encrypt(shared_key, kid, "x").error().code, ErrorCode::bad_input) << kid;
  }
  for (const std::size_t size : {0, 16, 31, 33, 64}) {
    EXPECT_EQ(jwe_encrypt(Bytes(size, 'k'), "k", "x").error().code, ErrorCode::bad_input);
    EXPECT_EQ(jwe_decrypt(Bytes(size, 'k'), jwe_encrypt(shared_key, "k", "x").value()).error().code,
              ErrorCode::bad_input);
  }
}

TEST(Jwe, RefusesOtherHeadersThoughCorrectlyEncrypted) {
  for (const char* good :
       {R"({"alg":"dir","enc":"A256GCM","kid":"k"})", R"({ "kid" : "k", "enc":"A256GCM", "alg":"dir" })"}) {
    EXPECT_TRUE(opens(encrypted_with(good))) << good;
  }
  for (const std::string& bad :
       {R"({"alg":"dir","enc":"A256GCM"})",
        R"({"alg":"dir","enc":"A256GCM","kid":""})",
        R"({"alg":"dir","enc":"A256GCM","kid":7})",
        R"({"alg":"dir","enc":"A256GCM","kid":"a b"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"ä"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","zip":"DEF"})",
        R"({"alg":"dir","enc":"A256GCM","zip":"DEF"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","crit":["exp"]})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","typ":"JWT"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","cty":"x"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","jku":"http://127.0.0.1"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","jwk":{}})",
        R"({"alg":"dir","enc":"A128GCM","kid":"k"})",
        R"({"alg":"dir","enc":"A256CBC-HS512","kid":"k"})",
        R"({"alg":"A256KW","enc":"A256GCM","kid":"k"})",
        R"({"alg":"A256GCMKW","enc":"A256GCM","kid":"k"})",
        R"({"alg":"RSA1_5","enc":"A256GCM","kid":"k"})",
        R"({"alg":"PBES2-HS512+A256KW","enc":"A256GCM","kid":"k","p2c":2000000000,"p2s":"AA"})",
        R"({"alg":"ECDH-ES","enc":"A256GCM","kid":"k"})",
        R"({"alg":"none","enc":"A256GCM","kid":"k"})",
        R"({"alg":"DIR","enc":"A256GCM","kid":"k"})",
        R"({"alg":"dir","alg":"dir","enc":"A256GCM","kid":"k"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k","kid":"k"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k"}x)",
        R"([])",
        R"("dir")",
        R"( {"alg":"dir","enc":"A256GCM","kid":"k"})",
        R"({"alg":"dir","enc":"A256GCM","kid":"k")",
        "\xef\xbb\xbf{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"k\"}"}) {
    EXPECT_FALSE(opens(encrypted_with(bad))) << bad;
  }
  EXPECT_FALSE(opens(encrypted_with(R"({"alg":"dir","enc":"A256GCM","kid":"k")" + Bytes(header_max, ' ') + "}")));
  EXPECT_FALSE(opens(encrypted_with(std::string(700, '[') + std::string(700, ']'))));
}

/// Its header is authenticated, so a strange one is refused at the latest by the tag; these show that it is before.
TEST(Jwe, RefusesEphemeralKeysThatAreNotAPublicPoint) {
  const P256Key self = P256Key::generate();
  const std::string good = jwe_seal(self.public_jwk(), "text").value();
  const Json header = header_of(good);
  const auto with_epk = [&](const auto& change) {
    Json changed = header;
    change(changed["epk"]);
    auto parts = parts_of(good);
    parts[0] = base64url_encode(changed.dump());
    return jwe_unseal(joined(parts), self).error();
  };
  const wire::Error refusal = with_epk([](Json& epk) { std::swap(epk["x"], epk["y"]); });
  EXPECT_EQ(refusal.detail, "This is not a message of the kind expected; update both devices.");
  EXPECT_EQ(with_epk([](Json& epk) { epk["d"] = epk["x"]; }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk["x"] = epk["y"] = base64url_encode(Bytes(32, '\0')); }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk["x"] = base64url_encode(Bytes(32, '\xff')); }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk["crv"] = "P-384"; }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk["kid"] = "k"; }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk.erase("y"); }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk = "epk"; }), refusal);
  EXPECT_EQ(with_epk([](Json& epk) { epk["x"] = epk["x"].template get<std::string>() + "="; }), refusal);
  EXPECT_NE(with_epk([](Json& epk) { epk = P256Key::generate().public_jwk(); }), refusal);
}

TEST(Jwe, OneFormIsNeverTakenForTheOther) {
  const P256Key self = P256Key::generate();
  const std::string sealed = jwe_seal(self.public_jwk(), "text").value();
  const std::string encrypted = jwe_encrypt(shared_key, "k", "text").value();
  EXPECT_FALSE(jwe_decrypt(shared_key, sealed));
  EXPECT_FALSE(jwe_unseal(encrypted, self));
  auto parts = parts_of(encrypted);
  parts[1] = parts_of(sealed)[1];
  EXPECT_FALSE(opens(joined(parts))) << "dir has no encrypted key";
}

TEST(Jwe, RefusesOtherEncodings) {
  const std::string good = encrypted_with(R"({"alg":"dir","enc":"A256GCM","kid":"k"})", "12345");
  ASSERT_TRUE(opens(good));
  for (std::size_t part = 0; part < 5; ++part) {
    auto parts = parts_of(good);
    for (const char* after : {"=", "==", " ", "\n", "A", "AAAA", "+", "."}) {
      auto altered = parts;
      altered[part] += after;
      EXPECT_FALSE(opens(joined(altered))) << part << after;
    }
    if (parts[part].size() % 4 != 0 && ++parts[part].back() != 0) {  // spare bits that are not zero
      EXPECT_FALSE(opens(joined(parts))) << part;
    }
  }
  EXPECT_FALSE(opens(""));
  EXPECT_FALSE(opens("...."));
  EXPECT_FALSE(opens(good.substr(0, good.rfind('.'))));
  EXPECT_FALSE(opens(std::string(jwe_max, '.')));
}

TEST(Jwe, RefusesWhatIsTooLong) {
  const std::string header = R"({"alg":"dir","enc":"A256GCM","kid":"k"})";
  const std::size_t around = encrypted_with(header, "").size();
  const std::size_t most = (jwe_max - around) * 3 / 4;
  EXPECT_EQ(encrypted_with(header, Bytes(most, 'x')).size(), jwe_max);
  EXPECT_TRUE(opens(encrypted_with(header, Bytes(most, 'x'))));
  EXPECT_FALSE(opens(encrypted_with(header, Bytes(most + 1, 'x'))));
}

/// Flips every bit of the letters and of the octets behind them.
template <class Opens>
void expect_every_bit_counts(const std::string& jwe, const Opens& opens_it) {
  for (std::size_t bit = 0; bit < jwe.size() * 8; ++bit) {
    std::string altered = jwe;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(opens_it(altered)) << "letter " << bit / 8;
  }
  for (std::size_t part = 0; part < 5; ++part) {
    const auto parts = parts_of(jwe);
    const Bytes octets = base64url_decode(parts[part]).value();
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
      auto altered = parts;
      Bytes flipped = octets;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      altered[part] = base64url_encode(flipped);
      EXPECT_FALSE(opens_it(joined(altered))) << "part " << part << ", octet " << bit / 8;
    }
  }
}

TEST(Jwe, EveryFlippedBitIsNoticed) {
  const P256Key self = P256Key::generate();
  expect_every_bit_counts(jwe_encrypt(shared_key, "k", "short").value(), opens);
  expect_every_bit_counts(jwe_seal(self.public_jwk(), "short").value(),
                          [&](std::string_view jwe) { return jwe_unseal(jwe, self).has_value(); });
}

TEST(Jwe, NoNonceIsUsedTwice) {
  constexpr std::size_t messages = 100'000;
  std::set<std::string> nonces;
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string jwe = jwe_encrypt(shared_key, "k", "x").value();
    nonces.emplace(split_compact<5>(jwe).value()[2]);
  }
  EXPECT_EQ(nonces.size(), messages);
}

TEST(Jwe, EverySealHasItsOwnKeysAndNonce) {
  constexpr std::size_t messages = 1000;
  const P256Key self = P256Key::generate();
  std::array<std::set<std::string>, 3> seen;
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string jwe = jwe_seal(self.public_jwk(), "x").value();
    const auto parts = parts_of(jwe);
    for (std::size_t part = 0; part < seen.size(); ++part) seen[part].insert(parts[part]);
  }
  for (const auto& part : seen) EXPECT_EQ(part.size(), messages);
}

/// Why a JWE that others accept is none of ours; "" if it is one.
std::string policy_against(const std::string& jwe) {
  const auto header = read_protected(jwe.substr(0, jwe.find('.')));
  if (!header) return "header too long";
  const std::string kind = header->value("alg", "") + "/" + header->value("enc", "");
  const bool ours = kind == "ECDH-ES+A256KW/A256GCM" || kind == "dir/A256GCM";
  return ours && header->size() == 3 ? "" : kind;
}

/// The plaintext by whichever way the key fits.
std::optional<Bytes> open_with(const Json& key, const std::string& jwe) {
  const auto pair = P256Key::from_private_jwk(bare_jwk(key));
  const auto shared = base64url_decode(key.value("k", ""));
  auto opened = pair ? jwe_unseal(jwe, *pair) : jwe_decrypt(shared.value_or(""), jwe);
  return opened ? std::optional(std::move(*opened)) : std::nullopt;
}

TEST(Jwe, AgreesWithWycheproof) {
  if (!test::load_wycheproof("json_web_encryption")) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  int accepted = 0;
  int seen = 0;
  std::map<std::string, int> refused_by_policy;
  for (const char* name : {"json_web_encryption", "json_web_crypto"}) {
    const Json suite = test::load_wycheproof(name).value();
    for (const Json& group : suite["testGroups"]) {
      for (const Json& test : group["tests"]) {
        if (!test.contains("jwe")) continue;
        const std::string jwe = test["jwe"].is_string() ? test["jwe"].get<std::string>() : test["jwe"].dump();
        const bool valid = test["result"] == "valid";
        const std::string policy = policy_against(jwe);
        const auto expected = valid && policy.empty() ? std::optional(hex_member(test, "pt")) : std::nullopt;
        EXPECT_EQ(open_with(group["private"], jwe), expected) << name << " " << test["tcId"];
        accepted += expected ? 1 : 0;
        if (valid && !policy.empty()) ++refused_by_policy[policy];
        ++seen;
      }
    }
  }
  std::cout << "JWE: " << seen << " messages, " << accepted << " accepted; valid ones refused by policy:";
  for (const auto& [policy, count] : refused_by_policy) std::cout << " " << policy << " " << count;
  std::cout << "\n";
  EXPECT_GE(accepted, 1);
  EXPECT_GE(seen, 170);
}

/// RFC 7520 section 5: every combination but ours.
TEST(Jwe, RefusesEveryMessageOfTheCookbook) {
  if (!exists(test::corpora / "jose-cookbook")) GTEST_SKIP() << "no JOSE cookbook in " << test::corpora;
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::corpora / "jose-cookbook" / "jwe")) {
    const Json example = test::load_json(entry.path()).value();
    if (!example["output"].contains("compact")) continue;
    const std::string jwe = example["output"]["compact"].get<std::string>();
    EXPECT_NE(policy_against(jwe), "") << entry.path();
    EXPECT_FALSE(opens(jwe));
    EXPECT_FALSE(jwe_unseal(jwe, P256Key::generate()));
    if (const Json key = example["input"].value("key", Json()); key.is_object()) EXPECT_FALSE(open_with(key, jwe));
    ++seen;
  }
  std::cout << "JOSE cookbook: " << seen << " compact JWE refused\n";
  EXPECT_GE(seen, 9);
}

}  // namespace
}  // namespace skypod
