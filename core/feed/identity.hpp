// Which episode is this? Every device must answer alike, from the feed alone, because play state hangs on the answer:
// guid, else the audio's address, else the link, else title and date.
#pragma once

#include <string>
#include <vector>

#include "core/feed/feed.hpp"

namespace skypod::feed {

/// Most octets of an identity.
inline constexpr std::size_t identity_max = 512;

/// "guid:…", "enclosure:…", "link:…" or "title:…" followed by "|" and the date in milliseconds ("-" without
/// one). An item without a title counts by its summary. One that would be longer than identity_max keeps its beginning
/// and ends in "#" and the 64-bit FNV-1a hash of the whole in 16 hexadecimal digits. Never empty.
std::string identity_of(const Item& item);

/// Of an item whose guid is also that of another of its feed: "guid:…|" and what identity_of() says without the guid,
/// bounded as above.
std::string qualified_identity(const Item& item);

/// Whether the item's identity is its qualified one.
bool has_shared_guid(const Item& item);

/// Gives those of a feed that share a guid their qualified identities, if these differ: all of them, not all but one.
/// It then matters neither in which order they stand nor which of them is the oldest still there. Only when the second
/// one comes, and when all others are gone, does an identity change; the library sees by audio, or title and date, that
/// the episode is the same. Those whose guid and enclosure, or link, agree are one episode said twice.
void tell_apart(std::vector<Item>& items);

}  // namespace skypod::feed
