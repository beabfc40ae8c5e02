// Lists of subscriptions: import, export, import is identity but for the order that folders give.
#include "core/feed/opml.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "native/xml_events.hpp"

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto list = read_opml({reinterpret_cast<const char*>(octets), size}, "");
  if (!list) return 0;
  const std::string written = feed::to_opml(*list);
  const auto again = read_opml(written, "");
  if (!again || again->subscriptions.size() != list->subscriptions.size()) std::abort();
  for (const feed::Subscription& each : list->subscriptions) {
    if (std::ranges::find(again->subscriptions, each) == again->subscriptions.end()) std::abort();
  }
  return 0;
}
