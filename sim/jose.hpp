// Signatures and encryption of the virtual world: the real formats over a keyed hash instead of a curve. Nobody here
// tries to break them; what is under test is who asks for what, and in which order the answers come.
#pragma once

#include <string>

#include "core/ports.hpp"
#include "core/signal/verifier.hpp"

namespace skypod::sim {

using wire::Json;

/// A virtual device's key.
struct Key {
  std::string id;
  Json pubkey;
};

/// A fresh key.
Key make_key(Random& random);

/// Answers every cryptographic ask as core/ports.hpp says; nothing for the others.
std::optional<core::Answer> answer_jose(const core::Ask& ask, const Key& self, Random& random);

/// The server's side of the same.
class HashVerifier : public signal::Verifier {
 public:
  bool verify(std::string_view token, const Json& jwk, std::string_view identity) const override;
  std::string thumbprint(const Json& jwk) const override;
};

}  // namespace skypod::sim
