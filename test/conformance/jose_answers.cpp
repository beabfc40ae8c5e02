// The native host's answers to cryptographic questions, for a test that puts the same ones to a browser: one JSON
// object a line in, one a line out, in the same order.
//
//   in:  {"self": private JWK, "ask": {"ask": "seal", …}}   as in web/src/host/boundary.ts, octets as base64url
//   out: {"value": …} or {"error": code}
#include <iostream>
#include <string>

#include "base/base64url.hpp"
#include "core/wire/json.hpp"
#include "native/jose_port.hpp"

namespace {

using skypod::Bytes;
using skypod::core::Ask;
using skypod::core::SecretKey;
using skypod::wire::Json;
namespace ask = skypod::core::ask;

std::string text(const Json& asked, const char* name) {
  return asked.at(name).get<std::string>();
}

Bytes octets(const Json& asked, const char* name) {
  return skypod::base64url_decode(text(asked, name)).value();
}

Ask read_ask(const Json& asked) {
  const std::string kind = text(asked, "ask");
  if (kind == "sign") return ask::Sign{skypod::wire::parse_json(text(asked, "payload")).value()};
  if (kind == "verify") return ask::Verify{text(asked, "token"), asked.at("jwk"), text(asked, "identity")};
  if (kind == "thumbprint") return ask::Thumbprint{asked.at("jwk")};
  if (kind == "seal") return ask::Seal{asked.at("jwk"), skypod::Redacted(octets(asked, "plaintext"))};
  if (kind == "sealAll") {
    ask::SealAll seal{{}, skypod::Redacted(octets(asked, "plaintext"))};
    for (const Json& one : asked.at("recipients")) {
      seal.recipients.push_back({text(one, "identity"), one.at("jwk")});
    }
    return seal;
  }
  if (kind == "stretch") {
    return ask::Stretch{skypod::Redacted(octets(asked, "secret")), octets(asked, "salt"),
                        asked.at("rounds").get<std::uint32_t>()};
  }
  if (kind == "makeKey") return ask::MakeKey{};
  if (kind == "signAs") {
    return ask::SignAs{skypod::Redacted<Json>(asked.at("jwk")),
                       skypod::wire::parse_json(text(asked, "payload")).value()};
  }
  if (kind == "unseal") return ask::Unseal{text(asked, "jwe")};
  const SecretKey key(octets(asked, "key"));
  if (kind == "encrypt") return ask::Encrypt{key, text(asked, "kid"), octets(asked, "plaintext")};
  return ask::Decrypt{key, text(asked, "jwe")};
}

Json answer_to(const Json& job) {
  const auto self = skypod::P256Key::from_private_jwk(job.at("self"));
  const auto answer = skypod::answer_jose(read_ask(job.at("ask")), self.value()).value();
  if (!answer) return {{"error", skypod::wire::name_of(answer.error().code)}};
  const bool is_octets = answer->is_binary();
  return {{"value", is_octets ? Json(skypod::base64url_encode(skypod::wire::binary_bytes(*answer))) : *answer}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << skypod::wire::to_json(answer_to(Json::parse(line))) << "\n" << std::flush;
  }
}
