// Members of the realm as people name and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/wire/json.hpp"

namespace skypod::cli {

/// Shortest beginning of an id that names a member.
inline constexpr std::size_t id_prefix_min = 4;

/// An identity's id as people compare it on two screens: "foql pew9".
std::string short_id(const std::string& id);

/// A member's name with its short id, for a list of {id, name, …}; the short id alone where the name is not known.
std::string called(const wire::Json& members, const std::string& id);

/// The id of the member that is named by its id, the beginning of it, or its name, whole and in any case. Throws
/// Failure, listing who there is, if that is nobody or more than one. This device itself is not looked for.
std::string find_member(const wire::Json& members, std::string_view text);

/// How a member is reached, in a few words: "connected directly", "connected through the server", "offline" …
std::string standing_of(const wire::Json& member);

/// "2026-11-25 01:02" in this machine's time zone.
std::string local_time(std::int64_t ms);

/// Text of another device or a feed with control characters, which could steer a terminal, as spaces.
std::string printable(std::string_view text);

}  // namespace skypod::cli
