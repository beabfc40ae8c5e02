// Structured data in a page's scripts (schema.org in JSON-LD 1.1). Only articles are of interest, and only their plain
// members: no contexts are fetched, no graphs resolved.
#pragma once

#include "reader/metadata.hpp"

namespace skypod::reader {

/// What the first article in any JSON-LD script says.
Metadata read_json_ld(const Document& document);

}  // namespace skypod::reader
