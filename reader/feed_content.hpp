// What the reader adds to a feed before anyone sees it: every item's HTML made safe, and how long it takes to read.
#pragma once

#include "core/wire/json.hpp"

namespace skypod::reader {

/// Sanitises `content_html` of every item of a JSON Feed as core/feed writes it, with relative addresses resolved
/// against the item's `_skypod.base` (which goes), and sets `_skypod.words` and `_skypod.minutes`.
void finish_feed(wire::Json& feed);

}  // namespace skypod::reader
