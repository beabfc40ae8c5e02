// Where the relative addresses in an item's HTML start from.
#pragma once

#include <string>

#include "core/wire/json.hpp"

namespace skypod::feed {

/// Of an item of a JSON Feed as to_json_feed() writes it: what the feed says, or else the most likely page.
std::string content_base(const wire::Json& item, const wire::Json& feed);

}  // namespace skypod::feed
