// What is known of a part of a file. A file is decoded in parts that follow from its packets alone, never from how many
// threads there are; each part is measured by itself, and parts are joined in order: so one thread and many give the
// same map, to the last digit.
#pragma once

#include <cstdint>
#include <vector>

#include "media/ticks.hpp"

namespace skypod::media {

/// A tenth of a second of sound, the step of loudness (EBU Tech 3341) and of the waveform.
inline constexpr Ticks cell_ticks = ticks_per_second / 10;

struct Cell {
  double energy = 0;  // K-weighted power times seconds, over all channels with their weights
  float peak = 0;     // the largest sample
};

/// The measurements.
struct Part {
  Span span;                        // what it covers; empty if nothing could be decoded
  std::vector<Span> silences;       // long enough, or touching the part's ends
  std::int64_t first_cell = 0;      // cells[0] is this tenth of the file
  std::vector<Cell> cells;          // the first and the last may be shared with neighbours
  float true_peak = 0;              // as an amplitude
  std::uint32_t broken = 0;         // packets that could not be decoded
  std::uint32_t interruptions = 0;  // jumps in time

  bool is_empty() const { return span.begin == span.end; }
};

/// The parts in order as one.
Part join(const std::vector<Part>& parts, Ticks least_silence);

}  // namespace skypod::media
