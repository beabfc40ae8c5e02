// Datagrams of DTLS records: never read past their end, and a cut one is never whole.
#include "rtc/dtls/records.hpp"

#include <cstdint>
#include <cstdlib>

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const Bytes input(reinterpret_cast<const char*>(octets), size);
  const bool whole = rtc::dtls::are_records(input, rtc::dtls::gcm_overhead);
  if (whole && (size < 13 || !rtc::dtls::are_records(input + input, rtc::dtls::gcm_overhead))) {
    std::abort();
  }
  return 0;
}
