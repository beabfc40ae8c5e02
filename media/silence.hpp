// Silences: where every channel stays below a threshold for long enough. The same as ffmpeg's silencedetect, which
// looks at every sample; here most are passed over 64 at a time, by their peaks.
#pragma once

#include <optional>
#include <vector>

#include "media/frames.hpp"
#include "media/ticks.hpp"

namespace skypod::media {

/// Finds the silences of a part.
class SilenceFinder {
 public:
  /// The threshold is an amplitude; a sample of it is no silence. `least` is at least 0.02 s.
  SilenceFinder(float threshold, Ticks least) : threshold_(threshold), least_(least) {}

  /// A block of sound that begins at `begin`.
  void take(const Frames& frames, Ticks begin, int rate);

  /// Time in which nothing is known: not silence. The next block comes later than the last ended.
  void interrupt(Ticks end);

  /// All silences up to `end`; those at the part's ends whatever their length.
  std::vector<Span> finish(Ticks end);

 private:
  void close(Ticks end);

  float threshold_;
  Ticks least_;
  std::optional<Ticks> since_;  // behind the last loud sample
  std::optional<Ticks> first_;  // where the part begins
  std::vector<Span> found_;
};

}  // namespace skypod::media
