// Feeds as XML, well-formed or not: what is understood is written as JSON Feed, and read again means the same.
#include <cstdint>
#include <cstdlib>

#include "core/feed/json_feed.hpp"
#include "native/xml_events.hpp"

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(octets), size);
  const auto feed = read_xml_feed(input, "", "https://feed.example/dir/feed.xml");
  if (!feed) return 0;
  const wire::Json json = feed::to_json_feed(*feed);
  const auto again = feed::from_json_feed(json, "");
  if (!again || again->items.size() != feed->items.size()) std::abort();
  return 0;
}
