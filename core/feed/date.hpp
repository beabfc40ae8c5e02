// Dates as feeds write them: RFC 822 with all its sloppiness, RFC 3339 and its ISO 8601 relatives, asctime, named
// zones, and plain mistakes. Our own arithmetic: no locale, no clock, the same answer on every platform.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skypod::feed {

/// Milliseconds since 1970-01-01T00:00:00Z. A date without a time is midnight, without a zone (or with one that nobody
/// knows) UTC. Nothing for text that is no date, for days that do not exist, and for years outside 1900–9999.
std::optional<std::int64_t> parse_date(std::string_view text);

/// RFC 3339 in UTC, e.g. "2004-12-31T23:59:59Z"; with ".123" only if there are milliseconds.
std::string format_date(std::int64_t ms);

/// Seconds of "1:02:03", "62:03", "3723", "3723.5" or ISO 8601 "PT1H2M3S"; fractions are dropped. At most 1,000 hours;
/// nothing for anything else.
std::optional<std::uint64_t> parse_duration(std::string_view text);

/// Milliseconds of "1:02:03.5", "02:03" or "3"; at most 1,000 hours.
std::optional<std::uint64_t> parse_clock_ms(std::string_view text);

}  // namespace skypod::feed
