// Ill-formed XML, made well-formed. libxml2's recovery mode goes on after an error, but loses text on the way ("AT & T"
// becomes "AT  T") and closes the wrong elements. Feeds break in few ways, so those are mended before libxml2 sees
// them:
//
//   stray "&" and "<", HTML's entities, control characters  → references or plain text
//   end tags that are missing, extra or crossed             → balanced against the open elements
//   attributes without quotes, without value, twice         → quoted; the first one counts
//   text before or after the root, DOCTYPE, comments, PIs   → dropped
//
// With the DOCTYPE goes every entity that a document could define, so nothing is left that could expand or be fetched.
#pragma once

#include <string>
#include <string_view>

namespace skypod {

/// The same document, well-formed but for namespace prefixes nobody declared; what its end cut off stays open, so that
/// a reader knows. `text` must be UTF-8. Output is at most
/// six times as long. Reading ends after the root element, or where elements nest more than 256 deep.
std::string repair_xml(std::string_view text);

}  // namespace skypod
