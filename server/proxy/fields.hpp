// HTTP header fields as a cache sees them (RFC 9110, RFC 9111): lists, directives, ages. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/fetch.hpp"

namespace skypod::server {

/// The values of all fields of that name, joined as RFC 9110 section 5.3 has it; nothing if there is none.
std::optional<std::string> field(const HttpFields& fields, std::string_view name);

/// Removes all fields of that name.
void remove_field(HttpFields& fields, std::string_view name);

/// The elements of a comma-separated list, without white space around them; commas in quoted strings are none.
std::vector<std::string> list_of(std::string_view value);

/// Cache-Control's directives by lower-case name, without quotes. Of a directive that comes more than once, the smaller
/// number counts, and what is no number counts as the smallest.
using Directives = std::map<std::string, std::string, std::less<>>;
Directives directives_of(const HttpFields& fields);

/// The directives of CDN-Cache-Control, which count instead of Cache-Control's and Expires for a cache that many share
/// (RFC 9213); nothing if there are none, or if what is there is no dictionary of structured fields (RFC 8941).
std::optional<Directives> targeted_directives_of(const HttpFields& fields);

/// A directive's seconds: nothing if it is absent, 0 if it is not a number, at most 2^31.
std::optional<std::int64_t> seconds_of(const Directives& directives, std::string_view name);

/// Whether two entity tags are the same by weak comparison (section 8.8.3.2).
bool is_same_tag(std::string_view one, std::string_view other);

/// Content-Length (section 8.6); nothing if it is absent or no number.
std::optional<std::size_t> content_length(const HttpFields& fields);

/// The fields that describe one connection (section 7.6.1), and those that Connection names, taken out.
HttpFields end_to_end(const HttpFields& fields);

/// Letters in lower case.
std::string lower(std::string_view text);

/// Without the white space around it (section 5.6.3).
std::string_view trim(std::string_view text);

/// Whether two names are the same, whatever the case of their letters.
bool is_named(std::string_view one, std::string_view other);

}  // namespace skypod::server
