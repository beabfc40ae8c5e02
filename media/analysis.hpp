// The whole way from a file to its map: which parts are silent, how loud it is, and the SHA-256 of the octets that this
// is true of.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/demuxer.hpp"
#include "media/failure.hpp"
#include "media/meter.hpp"
#include "media/ticks.hpp"

namespace skypod::media {

/// Most bars of the waveform.
inline constexpr std::size_t peaks_max = 1'000;

/// What is known of a file.
struct Map {
  std::string sha256;        // lower-case hexadecimal
  std::string codec;         // "mp3", "aac", …
  std::string content_type;  // "audio/mpeg", …
  Ticks duration = 0;        // as decoded
  std::vector<Span> silences;
  std::optional<double> lufs;                // nothing where all is silence
  std::optional<double> true_peak_decibels;  // nothing for digital silence
  std::vector<std::uint8_t> peaks;           // 255 is full scale
  std::vector<Chapter> chapters;
  std::vector<std::string> warnings;  // sentences: what was damaged, and the mend
};

struct Options {
  SilenceRule silence{};
  unsigned threads = 0;  // 0: one for each processor
  bool is_split = true;  // false: one decoder from the beginning to the end
  std::chrono::seconds time_max{3600};
  std::function<void(double)> progress{};  // from 0 to 1, on the calling thread
};

/// Analyses an open file; its position is not used. What is damaged is left out, with a warning.
Result<Map, Failure> analyse(int descriptor, const Options& options);

}  // namespace skypod::media
