// Which episode is this? Every device must answer alike, from the feed alone, because play state hangs on the answer:
// guid, else the audio's address, else the link, else title and date.
#pragma once

#include <string>
#include <string_view>

#include "core/feed/feed.hpp"

namespace skypod::feed {

/// Most octets of an identity.
inline constexpr std::size_t identity_max = 512;

/// "guid:…", "enclosure:…", "link:…" or "title:…" followed by "|" and the date in milliseconds ("-" without
/// one). An item without a title counts by its summary. One that would be longer than identity_max keeps its beginning
/// and ends in "#" and the 64-bit FNV-1a hash of the whole in 16 hexadecimal digits. Never empty.
std::string identity_of(const Item& item);

}  // namespace skypod::feed
