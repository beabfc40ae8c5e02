// One JWE for several recipients (RFC 7516 section 7.2.1, general JSON serialization): the content is encrypted once,
// its key is wrapped for each recipient by ECDH-ES+A256KW. Under the rules of compact.hpp and jwe.hpp, exactly
//
//   {protected: {alg, enc}, recipients: [{header: {kid, epk}, encrypted_key}, …], iv, ciphertext, tag}
//
// where `kid` is the recipient's identity. With a single recipient `epk` may stand in the protected header instead, as
// npm `jose` writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/ports.hpp"
#include "native/jwe.hpp"

namespace skypod {

/// Most recipients of one message.
inline constexpr std::size_t recipients_max = 64;

/// Encrypts for 1 to recipients_max recipients.
JweResult<std::string> jwe_seal_all(const std::vector<core::ask::SealAll::Recipient>& recipients, BytesView plaintext);

/// The plaintext, if `self` is one of the recipients.
JweResult<Bytes> jwe_unseal_ours(std::string_view jwe, const P256Key& self);

}  // namespace skypod
