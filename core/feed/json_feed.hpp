// JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): what the proxy answers for every feed, so that any reader can
// use it, and one more format that feeds are written in.
//
// Two extensions, as the format allows them. `_podcast` has what the podcast and iTunes namespaces say; `_skypod` has
// what we add: at an item {identity}, at the feed {truncated: true} if a limit cut something. Members that would be
// empty are left out; `version`, `title`, `items` and an item's `id` are always there.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "core/feed/feed.hpp"
#include "core/wire/json.hpp"

namespace skypod::feed {

/// The JSON Feed of a feed. An item's `id` is its guid, or else its identity.
wire::Json to_json_feed(const Feed& feed);

/// Reads a JSON Feed of version 1 or 1.1, ours included. Members of a wrong type count as absent. `document_url` is
/// where it came from, or empty.
Result<Feed, FeedError> from_json_feed(const wire::Json& json, std::string_view document_url);

}  // namespace skypod::feed
