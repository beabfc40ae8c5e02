// Packed sections of a peer: whatever is accepted keeps the limits, and packed again it is the same.
#include <cstdint>
#include <cstdlib>

#include "core/sync/pack.hpp"

using namespace skypod;

namespace {

bool is_same(const sync::Section& left, const sync::Section& right) {
  if (left.author != right.author || left.since != right.since || left.upto != right.upto) return false;
  if (left.changes.size() != right.changes.size()) return false;
  for (std::size_t i = 0; i < left.changes.size(); ++i) {
    const sync::Change& one = left.changes[i];
    const sync::Change& other = right.changes[i];
    if (one.stamp != other.stamp || one.at != other.at || one.value != other.value) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto sections = sync::unpack({reinterpret_cast<const char*>(octets), size});
  if (!sections) return 0;
  std::size_t changes = 0;
  for (const sync::Section& section : *sections) {
    changes += section.changes.size();
    for (const sync::Change& change : section.changes) {
      if (!sync::fault_of(change.at, change.value).empty()) std::abort();
    }
  }
  if (sections->size() > sync::sections_max || changes > sync::changes_max) std::abort();
  const auto again = sync::unpack(sync::pack(*sections));
  if (!again || again->size() != sections->size()) std::abort();
  for (std::size_t i = 0; i < sections->size(); ++i) {
    if (!is_same((*sections)[i], (*again)[i])) std::abort();
  }
  return 0;
}
