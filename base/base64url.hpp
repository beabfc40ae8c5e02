// base64url without padding (RFC 4648 section 5), strict both ways: one text per byte string, so that a token cannot be
// altered without altering what it says. And base64, for those who want that of us.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace skypod {

/// base64url without padding.
std::string base64url_encode(BytesView bytes);

/// base64 (RFC 4648 section 4), with padding.
std::string base64_encode(BytesView bytes);

/// Decodes base64url; nothing for padding, foreign characters, an impossible length, or unused bits that are not zero.
std::optional<Bytes> base64url_decode(std::string_view text);

}  // namespace skypod
