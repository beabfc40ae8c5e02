// Ranges of a peer that compares: the answer is bounded, and is itself one that a peer can read.
#include <cstdint>
#include <cstdlib>

#include "base/random.hpp"
#include "core/sync/ranges.hpp"

using namespace skypod;

namespace {

const sync::Index& index() {
  static const sync::Index index = [] {
    Random random(1);
    sync::Index made;
    for (int i = 0; i < 500; ++i) {
      made.insert({sync::Stamp::of(1'700'000'000'000 + i * 1'000, 0), {1 + random.below(3)}, random.next()});
    }
    return made;
  }();
  return index;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto outcome = sync::answer_ranges(index(), {reinterpret_cast<const char*>(octets), size});
  if (!outcome) return 0;
  if (outcome->reply.size() > 2 * sync::ranges_octets_max) std::abort();
  if (outcome->lacks.size() > index().size() + 2 * sync::names_max) std::abort();
  if (!outcome->reply.empty() && !sync::answer_ranges(index(), outcome->reply)) std::abort();
  return 0;
}
