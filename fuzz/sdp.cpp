// Session descriptions: what is accepted can be written, and reads back as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rtc/sdp/description.hpp"

using namespace skypod::rtc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto description = sdp::parse_description({reinterpret_cast<const char*>(octets), size});
  if (!description) {
    return 0;
  }
  const std::string text = sdp::write_description(*description);
  const auto again = sdp::parse_description(text);
  // Candidates are copied as they are, which may take a text that was just short enough over the limit.
  const bool too_long = !again && again.error() == sdp::Refusal::too_long;
  if (!too_long && (!again || sdp::write_description(*again) != text)) {
    std::abort();
  }
  return 0;
}
