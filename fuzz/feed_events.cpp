// XML events in any order, as no parser would send them: each octet opens an element of the vocabulary, ends one, or is
// followed by text.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/feed/parser.hpp"

using namespace skypod::feed;

namespace {

constexpr auto spaces = std::to_array<std::string_view>(
    {"", "http://www.w3.org/2005/Atom", "http://www.itunes.com/dtds/podcast-1.0.dtd",
     "https://podcastindex.org/namespace/1.0", "http://search.yahoo.com/mrss/", "http://purl.org/dc/elements/1.1/",
     "http://www.w3.org/1999/xhtml", "http://podlove.org/simple-chapters"});
constexpr auto names = std::to_array<std::string_view>(
    {"rss",     "feed", "channel", "item",   "entry",       "title",    "link",           "description",
     "content", "guid", "pubDate", "author", "name",        "category", "enclosure",      "group",
     "image",   "url",  "source",  "person", "liveItem",    "value",    "valueRecipient", "chapters",
     "chapter", "div",  "script",  "owner",  "contributor", "duration"});
constexpr auto attributes = std::to_array<std::string_view>(
    {"href", "url", "type", "mode", "rel", "start", "base", "label", "length", "medium", "isPermaLink"});

/// Takes octets from the front.
struct Octets {
  std::string_view rest;

  std::size_t next() {
    if (rest.empty()) return 0;
    const auto octet = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    return octet;
  }

  std::string_view text() {
    const std::string_view taken = rest.substr(0, next() % 64);
    rest.remove_prefix(std::min(taken.size(), rest.size()));
    return taken;
  }
};

void open(Parser& parser, Octets& in) {
  std::vector<Attribute> given;
  for (std::size_t count = in.next() % 4; count > 0; --count) {
    const std::size_t choice = in.next();
    const bool is_xml = choice % 8 == 7;
    given.push_back(
        {is_xml ? "http://www.w3.org/XML/1998/namespace" : "", attributes[choice % attributes.size()], in.text()});
  }
  const std::size_t choice = in.next();
  parser.start_element(spaces[choice % spaces.size()], names[in.next() % names.size()], given);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  Octets in{{reinterpret_cast<const char*>(octets), size}};
  Parser parser("https://feed.example/");
  parser.start_element("", in.next() % 2 == 0 ? "rss" : "feed", {});
  while (!in.rest.empty() && !parser.stopped()) {
    const std::size_t what = in.next() % 4;
    if (what == 0) {
      parser.end_element();
    } else if (what == 1) {
      parser.text(in.text());
    } else {
      open(parser, in);
    }
  }
  const auto feed = parser.finish();
  for (const Item& item : feed ? feed->items : std::vector<Item>()) {
    if (item.identity.empty()) std::abort();
  }
  return 0;
}
