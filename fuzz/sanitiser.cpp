// Any octets as HTML: sanitising twice is sanitising once, and nothing that runs is left.
#include "reader/sanitiser.hpp"

#include <cstdint>
#include <cstdlib>

#include "base/utf8.hpp"

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view html(reinterpret_cast<const char*>(octets), size);
  if (!is_utf8(html)) return 0;
  const std::string once = reader::sanitise(html, "https://base.example/");
  if (reader::sanitise(once, "https://base.example/") != once) std::abort();
  for (const char* never : {"<script", "<style", "<iframe", "<svg", "<math", "<form", "<object"}) {
    if (once.find(never) != std::string::npos) std::abort();
  }
  return 0;
}
