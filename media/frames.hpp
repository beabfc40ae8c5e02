// Decoded sound as everything here reads it: one row of floats per channel, with the end of what came before in front.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "media/true_peak.hpp"

struct AVFrame;

namespace skypod::media {

/// Most channels that are taken; 7.1 has 8.
inline constexpr int channels_max = 8;

/// A block of sound. Values beyond any sense (not finite, or above 60 dB over full scale) are made silence.
class Frames {
 public:
  /// Takes a decoder's frame in its place, of any sample format. False if that is none we know.
  bool take(const AVFrame& frame);

  /// Forgets what came before: silence did.
  void clear();

  std::size_t size() const { return size_; }
  int channels() const { return static_cast<int>(rows_.size()); }

  /// The samples; `true_peak_history` earlier ones are readable before them.
  std::span<const float> row(int channel) const {
    return {rows_[static_cast<std::size_t>(channel)].data() + true_peak_history, size_};
  }

  /// The largest absolute value of each `chunk_samples` samples of a channel, the last perhaps of fewer.
  std::span<const float> peaks(int channel) const { return peaks_[static_cast<std::size_t>(channel)]; }

 private:
  void make_room(int channels, std::size_t size);
  void measure(std::size_t channel);

  std::size_t size_ = 0;
  std::vector<std::vector<float>> rows_;
  std::vector<std::vector<float>> peaks_;
};

}  // namespace skypod::media
