// Files that call themselves audio: whatever is in them, there is a map that holds together, or a sentence why not.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "media/analysis.hpp"
#include "media/map_json.hpp"

using namespace skypod::media;

namespace {

void require(bool is_so) {
  if (!is_so) std::abort();
}

void check(const Map& map) {
  Ticks before = -1;
  for (const Span& one : map.silences) {
    require(one.begin > before && one.end - one.begin >= ticks_of(0.05) && one.end <= map.duration);
    before = one.end;
  }
  for (const Chapter& one : map.chapters) require(one.start <= one.end && one.end <= seconds_of(map.duration));
  require(map.duration <= 2 * duration_max && map.peaks.size() <= peaks_max && map.chapters.size() <= chapters_max);
  require(to_json(map).dump().size() < 10U << 20U);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const int file = memfd_create("audio", MFD_CLOEXEC);
  require(write(file, octets, size) == static_cast<ssize_t>(size));
  const Options options{.silence = {.least_seconds = 0.05}, .threads = 1, .time_max = std::chrono::seconds(5)};
  const auto map = analyse(file, options);
  close(file);
  if (map) {
    check(*map);
  } else {
    require(!map.error().code.empty() && !map.error().message.empty());
  }
  return 0;
}
