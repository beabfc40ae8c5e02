// Data channel establishment: what is accepted is written as the very same octets.
#include "rtc/channel/dcep.hpp"

#include <cstdint>
#include <cstdlib>
#include <variant>

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const BytesView input(reinterpret_cast<const char*>(octets), size);
  const auto message = rtc::channel::parse_dcep(input);
  if (!message) {
    return 0;
  }
  const Bytes written = std::visit([](const auto& what) { return rtc::channel::write_dcep(what); }, *message);
  if (written != input) {
    std::abort();
  }
  return 0;
}
