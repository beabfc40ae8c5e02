// Dates and durations in any form: what is understood is written so that it is understood as the same moment.
#include "core/feed/date.hpp"

#include <cstdint>
#include <cstdlib>

using namespace skypod::feed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  const auto ms = parse_date(text);
  if (ms && parse_date(format_date(*ms)) != ms) std::abort();
  (void)parse_duration(text);
  (void)parse_clock_ms(text);
  return 0;
}
