// Others' test vectors for tests: Wycheproof and the JOSE cookbook, from the corpora beside the repository.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/base64url.hpp"
#include "base/bytes.hpp"
#include "core/wire/json.hpp"

namespace skypod::test {

/// Where the corpora are, if they are.
inline const std::filesystem::path corpora = SKYPOD_SOURCE_DIR "/../shared/corpora";

/// A JSON file, or nothing if there is none.
inline std::optional<wire::Json> load_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return wire::Json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

/// A Wycheproof suite by its name without "_test.json".
inline std::optional<wire::Json> load_wycheproof(const std::string& name) {
  return load_json(corpora / "wycheproof" / (name + "_test.json"));
}

/// Octets of a string of lower-case hexadecimal digits.
inline Bytes from_hex(std::string_view hex) {
  const auto digit = [](char letter) { return letter <= '9' ? letter - '0' : letter - 'a' + 10; };
  Bytes octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return octets;
}

/// The octets of a member that holds them in hexadecimal.
inline Bytes hex_member(const wire::Json& object, const char* name) {
  return from_hex(object.at(name).get<std::string>());
}

/// The JWK of an uncompressed point (SEC 1 section 2.3.3): 4, x, y.
inline wire::Json jwk_of_point(BytesView point) {
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"x", base64url_encode(point.substr(1, 32))},
          {"y", base64url_encode(point.substr(33))}};
}

/// The members of a JWK that our keys have; vectors carry labels (kid, use, alg) beside them.
inline wire::Json bare_jwk(const wire::Json& jwk) {
  wire::Json bare = wire::Json::object();
  for (const char* name : {"crv", "d", "kty", "x", "y"}) {
    if (jwk.contains(name)) bare[name] = jwk[name];
  }
  return bare;
}

/// The same without the private number.
inline wire::Json bare_public_jwk(const wire::Json& jwk) {
  wire::Json bare = bare_jwk(jwk);
  bare.erase("d");
  return bare;
}

}  // namespace skypod::test
