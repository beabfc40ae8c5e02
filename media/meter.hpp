// Measures the sound of one part, block by block.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "media/frames.hpp"
#include "media/part.hpp"
#include "media/silence.hpp"
#include "media/true_peak.hpp"
#include "media/weighting.hpp"

struct AVFrame;

namespace skypod::media {

/// What counts as silence.
struct SilenceRule {
  double threshold_decibels = -45;  // of full scale
  double least_seconds = 0.4;
};

/// One part's meter, for one thread.
class Meter {
 public:
  explicit Meter(const SilenceRule& rule);

  /// Sound before the part, which only brings the filters into the state they would have.
  void warm_up(const AVFrame& frame);

  /// The part's own sound. What is of an unknown format counts as broken.
  void take(const AVFrame& frame, Ticks begin);

  /// A packet that could not be decoded: its time passes without sound.
  void count_broken();

  /// The measurements.
  Part finish();

 private:
  bool load(const AVFrame& frame);
  void weigh(Ticks begin);
  double power_of(std::size_t from, std::size_t to);
  float peak_of(std::size_t from, std::size_t to) const;
  void note_true_peaks();
  Ticks place_of(Ticks begin);
  void finish_channels();

  SilenceFinder silence_;
  Part part_;
  Frames frames_;
  int rate_ = 0;
  std::vector<double> weights_;        // of the channels (BS.1770-4 table 3)
  std::vector<Weighting> weightings_;  // of each two channels
  std::vector<TruePeak> true_peaks_;
  std::vector<float> nothing_;  // a channel of silence beside the last, where they are odd in number
  bool has_begun_ = false;
  bool is_torn_ = false;  // something is missing right before the next block
};

}  // namespace skypod::media
