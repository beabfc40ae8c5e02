// Dates as HTTP writes them (RFC 9110 section 5.6.7). Read for each request that a stored answer serves, so by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skypod::server {

/// An HTTP-date in one of its three forms, in seconds since 1970; nothing for any other text, and for days and times
/// that there are not. The day of the week may be any.
std::optional<std::int64_t> http_date(std::string_view text);

/// The same as text, in the form that is to be sent.
std::string http_date_of(std::int64_t seconds);

}  // namespace skypod::server
