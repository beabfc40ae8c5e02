#include "native/jose_port.hpp"

#include <gtest/gtest.h>

namespace skypod {
namespace {

using core::Answer;
using core::Ask;
using core::ErrorCode;
using wire::Json;
namespace ask = core::ask;

const core::SecretKey shared_key(Bytes(32, 'k'));

class JosePort : public testing::Test {
 protected:
  /// The answer to a question that there is one for.
  static Answer answer(const P256Key& self, const Ask& asked) { return answer_jose(asked, self).value(); }

  const P256Key alice = P256Key::generate();
  const P256Key bob = P256Key::generate();
};

TEST_F(JosePort, WhatOneSignsTheOtherVerifies) {
  const std::string token = answer(alice, ask::Sign{{{"n", 1}}}).value().get<std::string>();
  EXPECT_EQ(answer(bob, ask::Verify{token, alice.public_jwk(), alice.identity()}), Json(true));
  EXPECT_EQ(answer(bob, ask::Verify{token, bob.public_jwk(), bob.identity()}), Json(false));
  EXPECT_EQ(answer(bob, ask::Verify{token, alice.public_jwk(), bob.identity()}), Json(false));
  EXPECT_EQ(answer(bob, ask::Verify{token, Json(), ""}), Json(false));
  EXPECT_EQ(answer(bob, ask::Verify{"", alice.public_jwk(), alice.identity()}), Json(false));
}

TEST_F(JosePort, AThumbprintIsAnIdentity) {
  EXPECT_EQ(answer(bob, ask::Thumbprint{alice.public_jwk()}), Json(alice.identity()));
  EXPECT_EQ(answer(bob, ask::Thumbprint{alice.private_jwk()}).error().code, ErrorCode::bad_input);
}

TEST_F(JosePort, WhatIsSealedForOneIsForNobodyElse) {
  const Bytes plaintext("\0secret\xff", 8);
  const auto jwe = answer(alice, ask::Seal{bob.public_jwk(), Redacted(plaintext)}).value().get<std::string>();
  EXPECT_EQ(wire::binary_bytes(answer(bob, ask::Unseal{jwe}).value()), plaintext);
  EXPECT_EQ(answer(alice, ask::Unseal{jwe}).error().code, ErrorCode::bad_token);
  EXPECT_EQ(answer(alice, ask::Seal{Json("key"), Redacted(plaintext)}).error().code, ErrorCode::bad_input);
}

TEST_F(JosePort, WhatIsSealedForSeveralIsForEachOfThem) {
  const ask::SealAll both{{{alice.identity(), alice.public_jwk()}, {bob.identity(), bob.public_jwk()}},
                          Redacted<Bytes>("text")};
  const auto jwe = answer(alice, both).value().get<std::string>();
  EXPECT_EQ(wire::binary_bytes(answer(alice, ask::Unseal{jwe}).value()), "text");
  EXPECT_EQ(wire::binary_bytes(answer(bob, ask::Unseal{jwe}).value()), "text");
  EXPECT_EQ(answer(P256Key::generate(), ask::Unseal{jwe}).error().code, ErrorCode::bad_token);
}

TEST_F(JosePort, StretchesAsThePublishedVectorSays) {
  // RFC 7914 section 11 (PBKDF2-HMAC-SHA-256, the first half of its 64 octets).
  const Json stretched = answer(alice, ask::Stretch{Redacted<Bytes>("passwd"), "salt", 1}).value();
  EXPECT_EQ(wire::binary_bytes(stretched).substr(0, 4), Bytes("\x55\xac\x04\x6e", 4));
  EXPECT_EQ(answer(alice, ask::Stretch{Redacted<Bytes>("x"), "salt", 0}).error().code, ErrorCode::bad_input);
  EXPECT_EQ(answer(alice, ask::Stretch{Redacted<Bytes>("x"), "salt", UINT32_MAX}).error().code, ErrorCode::bad_input);
}

TEST_F(JosePort, SignsWithAKeyThatItMade) {
  Json jwk = answer(alice, ask::MakeKey{}).value();
  const Json token = answer(alice, ask::SignAs{Redacted<Json>(jwk), {{"n", 1}}}).value();
  jwk.erase("d");
  EXPECT_EQ(answer(bob, ask::Verify{token.get<std::string>(), jwk, thumbprint(jwk)}), Json(true));
  EXPECT_EQ(answer(alice, ask::SignAs{Redacted<Json>(jwk), {}}).error().code, ErrorCode::bad_input);
}

TEST_F(JosePort, WhatIsEncryptedTakesTheSameKey) {
  const auto jwe = answer(alice, ask::Encrypt{shared_key, "1", "text"}).value().get<std::string>();
  EXPECT_EQ(wire::binary_bytes(answer(bob, ask::Decrypt{shared_key, jwe}).value()), "text");
  EXPECT_EQ(answer(bob, ask::Decrypt{core::SecretKey(Bytes(32, 'x')), jwe}).error().code, ErrorCode::bad_token);
  EXPECT_EQ(answer(bob, ask::Encrypt{shared_key, "", "text"}).error().code, ErrorCode::bad_input);
}

TEST_F(JosePort, EntropyIsFreshAndBounded) {
  const Bytes first = wire::binary_bytes(answer(alice, ask::Entropy{32}).value());
  EXPECT_EQ(first.size(), 32U);
  EXPECT_NE(first, wire::binary_bytes(answer(alice, ask::Entropy{32}).value()));
  EXPECT_EQ(wire::binary_bytes(answer(alice, ask::Entropy{entropy_max}).value()).size(), entropy_max);
  EXPECT_EQ(answer(alice, ask::Entropy{entropy_max + 1}).error().code, ErrorCode::bad_input);
}

TEST_F(JosePort, LeavesOtherQuestionsToOthers) {
  EXPECT_FALSE(answer_jose(ask::Database{}, alice));
  EXPECT_FALSE(answer_jose(ask::Fetch{"/api/feed"}, alice));
}

}  // namespace
}  // namespace skypod
