#include "core/wire/token.hpp"

#include <gtest/gtest.h>

#include "base/base64url.hpp"

namespace skypod::wire {
namespace {

const std::string identity(43, 'A');
const std::string realm(22, 'B');

std::string token_of(std::string_view header, const Json& payload) {
  return base64url_encode(header) + "." + base64url_encode(to_json(payload)) + "." + std::string(86, 'A');
}

Claims sample() {
  return {.iss = identity,
          .aud = realm,
          .sub = "",
          .nonce = "n",
          .jti = "j",
          .issued_ms = 5'000,
          .expires_ms = 65'000,
          .message = request("preauth.authn", 1)};
}

TEST(Token, ClaimsSurviveTheRoundTrip) {
  const auto claims = peek_token(token_of(R"({"alg":"ES256"})", claims_to_payload(sample())));
  ASSERT_TRUE(claims) << sentence_of(claims.error());
  EXPECT_EQ(claims->iss, identity);
  EXPECT_EQ(claims->aud, realm);
  EXPECT_EQ(claims->nonce, "n");
  EXPECT_EQ(claims->message, request("preauth.authn", 1));
  EXPECT_EQ(claims->expires_ms, 65'000);
}

TEST(Token, OnlyOurHeaderIsRead) {
  const Json payload = claims_to_payload(sample());
  EXPECT_TRUE(peek_token(token_of(R"({"alg":"ES256","typ":"JWT"})", payload)));
  for (const auto* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS256"})", R"({"alg":"ES384"})", R"({})", R"([])",
        R"({"alg":"ES256","jwk":{}})", R"({"alg":"ES256","kid":"../x"})", R"({"alg":"ES256","jku":"http://x"})",
        R"({"alg":"ES256","crit":["b64"],"b64":false})", R"({"alg":"none","alg":"ES256"})", R"({"alg":["ES256"]})"}) {
    const auto claims = peek_token(token_of(header, payload));
    ASSERT_FALSE(claims) << header;
    EXPECT_EQ(claims.error().code, ErrorCode::bad_token) << header;
  }
}

TEST(Token, RefusesOtherShapes) {
  const std::string good = token_of(R"({"alg":"ES256"})", claims_to_payload(sample()));
  for (const std::string& bad : {std::string(), std::string(".."), good + ".", good.substr(0, good.size() - 1),
                                 good + "A", "{" + good, good.substr(good.find('.'))}) {
    EXPECT_FALSE(peek_token(bad)) << bad;
  }
  EXPECT_FALSE(peek_token(good.substr(0, good.size() - 1) + "B"));  // unused bits: another spelling of the signature
}

TEST(Token, RefusesClaimsOfTheWrongKind) {
  for (const char* member : {"iss", "aud", "jti", "iat", "exp", "typ", "msg"}) {
    Json payload = claims_to_payload(sample());
    payload.erase(member);
    EXPECT_FALSE(read_claims(payload)) << "without " << member;
    payload[member] = Json::array();
    EXPECT_FALSE(read_claims(payload)) << "with a list for " << member;
  }
  Json payload = claims_to_payload(sample());
  payload["iss"] = "short";
  EXPECT_FALSE(read_claims(payload));
}

TEST(Token, IsCurrentOnlyWhileItLasts) {
  const Claims claims = sample();
  EXPECT_TRUE(is_current(claims, 5'000));
  EXPECT_TRUE(is_current(claims, 64'999));
  EXPECT_FALSE(is_current(claims, 65'000));
  EXPECT_FALSE(is_current(claims, 5'000 - clock_skew_max_ms - 1));
}

TEST(PublicKey, HasExactlyTheFourMembers) {
  const Json key = {{"kty", "EC"}, {"crv", "P-256"}, {"x", std::string(43, 'A')}, {"y", std::string(43, 'A')}};
  ASSERT_TRUE(read_public_key(key));
  EXPECT_EQ(to_json(*read_public_key(key)),
            R"({"crv":"P-256","kty":"EC","x":")" + std::string(43, 'A') + R"(","y":")" + std::string(43, 'A') + "\"}");
  Json with_private = key;
  with_private["d"] = std::string(43, 'A');
  EXPECT_FALSE(read_public_key(with_private));
  Json other_curve = key;
  other_curve["crv"] = "P-384";
  EXPECT_FALSE(read_public_key(other_curve));
  EXPECT_FALSE(read_public_key("text"));
}

}  // namespace
}  // namespace skypod::wire
