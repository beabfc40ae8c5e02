// ICE candidates: what is accepted is within its limits.
#include "rtc/sdp/candidate.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace skypod::rtc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto candidate = sdp::parse_candidate({reinterpret_cast<const char*>(octets), size});
  if (!candidate) {
    return 0;
  }
  const bool bounded = !candidate->foundation.empty() && candidate->foundation.size() <= 32 &&
                       candidate->component >= 1 && candidate->component <= 256 && !candidate->address.empty() &&
                       candidate->address.size() <= 253 && candidate->ufrag.size() <= 256;
  if (!bounded || candidate->address.find_first_of(" \r\n") != std::string::npos) {
    std::abort();
  }
  return 0;
}
