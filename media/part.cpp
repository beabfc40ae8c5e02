#include "media/part.hpp"

#include <algorithm>

namespace skypod::media {
namespace {

void add_cells(Part& whole, const Part& part) {
  if (whole.cells.empty()) whole.first_cell = part.first_cell;
  const std::int64_t needed = part.first_cell + static_cast<std::int64_t>(part.cells.size()) - whole.first_cell;
  if (needed > static_cast<std::int64_t>(whole.cells.size())) whole.cells.resize(static_cast<std::size_t>(needed));
  for (std::size_t at = 0; at < part.cells.size(); ++at) {
    Cell& cell = whole.cells[static_cast<std::size_t>(part.first_cell - whole.first_cell) + at];
    cell.energy += part.cells[at].energy;
    cell.peak = std::max(cell.peak, part.cells[at].peak);
  }
}

void add_silences(Part& whole, const Part& part) {
  for (const Span& silence : part.silences) {
    const bool goes_on = !whole.silences.empty() && silence.begin <= whole.silences.back().end + join_tolerance &&
                         silence.begin <= part.span.begin + join_tolerance;
    if (goes_on) {
      whole.silences.back().end = std::max(whole.silences.back().end, silence.end);
    } else {
      whole.silences.push_back(silence);
    }
  }
}

}  // namespace

Part join(const std::vector<Part>& parts, Ticks least_silence) {
  Part whole;
  for (const Part& part : parts) {
    whole.broken += part.broken;
    whole.interruptions += part.interruptions;
    if (part.is_empty()) continue;
    if (whole.is_empty()) whole.span = part.span;
    whole.span.end = std::max(whole.span.end, part.span.end);
    whole.true_peak = std::max(whole.true_peak, part.true_peak);
    add_cells(whole, part);
    add_silences(whole, part);
  }
  std::erase_if(whole.silences, [&](const Span& one) { return one.end - one.begin < least_silence; });
  return whole;
}

}  // namespace skypod::media
