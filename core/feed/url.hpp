// Relative addresses in feeds, resolved as RFC 3986 section 5.2 says. Only what a feed may link to comes out: http and
// https. Whether an address may be fetched is decided where it is fetched, not here.
#pragma once

#include <string>
#include <string_view>

namespace skypod::feed {

/// The absolute form of `reference`, seen from `base` (absolute, or empty). Spaces become %20, control characters
/// vanish. Empty for anything that is not http or https in the end, and for more than line_max octets.
std::string resolve_url(std::string_view base, std::string_view reference);

/// Scheme, host and port of an http or https address, the same text for the same origin (RFC 6454); for telling hosts
/// apart, not for deciding whom to trust.
std::string origin_of(std::string_view url);

}  // namespace skypod::feed
