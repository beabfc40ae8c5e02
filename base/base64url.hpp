// base64url without padding (RFC 4648 section 5), strict both ways: one text per byte string, so that a token cannot be
// altered without altering what it says.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace skypod {

/// Encodes without padding.
std::string base64url_encode(BytesView bytes);

/// Decodes; nothing for padding, foreign characters, an impossible length, or unused bits that are not zero.
std::optional<Bytes> base64url_decode(std::string_view text);

}  // namespace skypod
