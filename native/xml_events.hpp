// XML octets to feed events, by libxml2's SAX2 push parser. Nothing is ever fetched, and no entity that a document
// defines is ever expanded: a document with a DOCTYPE is stripped of it before it is read.
//
// Most feeds are well-formed and are read in one pass. Any other is read again after xml_repair has mended it.
#pragma once

#include <optional>
#include <string_view>

#include "core/feed/opml.hpp"
#include "core/feed/parser.hpp"

namespace skypod {

/// Reads a document in any common encoding, well-formed or not. `http_charset` and `url` as in to_utf8() and
/// feed::Parser.
Result<feed::Feed, feed::FeedError> read_xml_feed(std::string_view document, std::string_view http_charset,
                                                  std::string_view url);

/// Reads a list of subscriptions, well-formed or not; nothing if the document is none.
std::optional<feed::SubscriptionList> read_opml(std::string_view document, std::string_view http_charset);

}  // namespace skypod
