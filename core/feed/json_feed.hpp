// JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): what the proxy answers for every feed, so that any reader can
// use it, and one more format that feeds are written in.
//
// Two extensions, as the format allows them.
//
// `_podcast` has what the iTunes and podcast namespaces say. Feed: guid, medium, type, explicit, block, complete,
// new_feed_url, subtitle, owner, categories, persons, funding, live_items. Item: season, season_name, episode,
// episode_display, episode_type, explicit, block, subtitle, chapters, chapter_list, transcripts, persons, funding,
// live. Every other element of the podcast namespace is in an array under its own name, as the namespace writes it: an
// object with its attributes, its text as "text", and what stands inside it as more arrays.
//
// `_skypod` has what the format has no place for. Feed: truncated (a limit cut something), contributors, copyright,
// generator, date_published, date_modified, ttl_minutes (or what sy:updatePeriod says). Item: identity, guid (if id is
// not it), base (what relative addresses start from), comments_url, contributors, copyright, source. Whoever serves a
// feed adds more (native/feed_loader.hpp, reader/feed_content.hpp).
//
// Members that would be empty are left out; `version`, `title`, `items` and an item's `id` are always there. An author
// with both a page and an address has the address in `_email`.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "core/feed/feed.hpp"
#include "core/wire/json.hpp"

namespace skypod::feed {

/// The JSON Feed of a feed. An item's `id` is its guid, or else its identity; so it is if another has the same guid.
wire::Json to_json_feed(const Feed& feed);

/// Reads a JSON Feed of version 1 or 1.1, ours included. Members of a wrong type count as absent. `document_url` is
/// where it came from, or empty.
Result<Feed, FeedError> from_json_feed(const wire::Json& json, std::string_view document_url);

}  // namespace skypod::feed
