// The cryptographic questions of core/ports.hpp, answered over OpenSSL for native devices. The browser's counterpart is
// web/src/host/jose.ts, which follows the same rules (compact.hpp); a virtual device's is sim/jose.hpp.
#pragma once

#include <optional>

#include "core/ports.hpp"
#include "native/p256.hpp"

namespace skypod {

/// Most octets of one ask::Entropy; what WebCrypto gives at once (Web Cryptography API section 10.1.1).
inline constexpr std::size_t entropy_max = 65'536;

/// Answers every cryptographic ask at once, as core/ports.hpp says; nothing for the others. Errors are bad_input for
/// arguments that cannot be used and bad_token for what was forged, altered or made for another key.
std::optional<core::Answer> answer_jose(const core::Ask& ask, const P256Key& self);

}  // namespace skypod
