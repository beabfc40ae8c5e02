#include "native/group_jwe.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/base64url.hpp"

namespace skypod {
namespace {

using wire::Json;

class GroupJwe : public testing::Test {
 protected:
  std::string sealed() const {
    return jwe_seal_all({{alice.identity(), alice.public_jwk()}, {bob.identity(), bob.public_jwk()}}, "text").value();
  }

  /// What bob makes of the message after a change.
  std::string opened(const std::function<void(Json&)>& change) const {
    Json message = wire::parse_json(sealed()).value();
    change(message);
    const auto plaintext = jwe_unseal_ours(wire::to_json(message), bob);
    return plaintext ? *plaintext : "refused";
  }

  const P256Key alice = P256Key::generate();
  const P256Key bob = P256Key::generate();
};

TEST_F(GroupJwe, IsForEachRecipientAndNobodyElse) {
  EXPECT_EQ(jwe_unseal_ours(sealed(), alice), Bytes("text"));
  EXPECT_EQ(jwe_unseal_ours(sealed(), bob), Bytes("text"));
  EXPECT_FALSE(jwe_unseal_ours(sealed(), P256Key::generate()));
}

TEST_F(GroupJwe, RefusesOtherShapes) {
  EXPECT_EQ(opened([](Json&) {}), "text");
  const std::vector<std::function<void(Json&)>> changes{
      [](Json& it) { it.erase("tag"); },
      [](Json& it) { it["aad"] = "AA"; },
      [](Json& it) { it["unprotected"] = {{"zip", "DEF"}}; },
      [](Json& it) { it["recipients"] = Json::array(); },
      [](Json& it) { it["recipients"] = "x"; },
      [](Json& it) { it["recipients"][1]["header"]["alg"] = "dir"; },
      [](Json& it) { it["recipients"][1]["header"]["apu"] = "AA"; },
      [](Json& it) { it["recipients"][0] = 1; },
      [](Json& it) { it["recipients"][1].erase("encrypted_key"); },
      [](Json& it) { it["protected"] = base64url_encode(R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM","zip":"DEF"})"); },
      [](Json& it) { it["protected"] = base64url_encode(R"({"alg":"RSA1_5","enc":"A256GCM"})"); },
      [](Json& it) { it["protected"] = base64url_encode(R"({"enc":"A256GCM","alg":"ECDH-ES+A256KW"})"); },
      [](Json& it) { it["iv"] = "AAAA"; },
      [](Json& it) { it["tag"] = it["tag"].get<std::string>().substr(0, 16); },
      [](Json& it) { std::swap(it["recipients"][0]["header"]["kid"], it["recipients"][1]["header"]["kid"]); },
      [](Json& it) { std::swap(it["recipients"][1]["header"]["epk"]["x"], it["recipients"][1]["header"]["epk"]["y"]); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) EXPECT_EQ(opened(changes[i]), "refused") << "change " << i;
}

TEST_F(GroupJwe, RefusesTextThatIsNoMessage) {
  for (const char* text : {"", "{", "{}", "[]", R"({"a":1,"a":2})"}) {
    EXPECT_FALSE(jwe_unseal_ours(text, bob)) << text;
  }
}

TEST_F(GroupJwe, EveryFlippedBitShows) {
  const auto flip = [&](const char* part, std::size_t bit) {
    return opened([&](Json& it) {
      Bytes octets = base64url_decode(it[part].get<std::string>()).value();
      octets[bit / 8] = static_cast<char>(octets[bit / 8] ^ (1 << (bit % 8)));
      it[part] = base64url_encode(octets);
    });
  };
  for (std::size_t bit = 0; bit < 32; ++bit) EXPECT_EQ(flip("ciphertext", bit), "refused");
  for (std::size_t bit = 0; bit < 128; ++bit) EXPECT_EQ(flip("tag", bit), "refused");
  for (std::size_t bit = 0; bit < 96; ++bit) EXPECT_EQ(flip("iv", bit), "refused");
}

TEST_F(GroupJwe, HasLimits) {
  EXPECT_FALSE(jwe_seal_all({}, "text"));
  const core::ask::SealAll::Recipient one{alice.identity(), alice.public_jwk()};
  EXPECT_TRUE(jwe_seal_all(std::vector(recipients_max, one), "text"));
  EXPECT_FALSE(jwe_seal_all(std::vector(recipients_max + 1, one), "text"));
  EXPECT_FALSE(jwe_seal_all({one}, Bytes(jwe_plaintext_max + 1, 'x')));
  EXPECT_FALSE(jwe_seal_all({{alice.identity(), Json("key")}}, "text"));
}

}  // namespace
}  // namespace skypod
