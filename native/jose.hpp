// Signatures and encryption over OpenSSL in one include. ES256, ECDH-ES+A256KW and dir with A256GCM: nothing else
// exists here, so nothing else can be asked for by a token.
#pragma once

#include "native/digest.hpp"  // IWYU pragma: export
#include "native/jwe.hpp"     // IWYU pragma: export
#include "native/jws.hpp"     // IWYU pragma: export
#include "native/p256.hpp"    // IWYU pragma: export
