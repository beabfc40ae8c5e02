// JSON Feeds: what is read is written, and read again and written is the same text.
#include "core/feed/json_feed.hpp"

#include <cstdint>
#include <cstdlib>

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto json = wire::parse_foreign_json({reinterpret_cast<const char*>(octets), size});
  if (!json) return 0;
  const auto feed = feed::from_json_feed(*json, "https://feed.example/");
  if (!feed) return 0;
  const wire::Json written = feed::to_json_feed(*feed);
  const auto again = feed::from_json_feed(written, "");
  if (!again || feed::to_json_feed(*again) != written) std::abort();
  return 0;
}
