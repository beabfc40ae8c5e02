#include "media/meter.hpp"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
}

#include <algorithm>
#include <cmath>
#include <utility>

namespace skypod::media {
namespace {

constexpr double surround_weight = 1.41;

/// Times that containers give may be so far off where nothing is missing.
constexpr Ticks gap_tolerance = ticks_of(0.1);

double weight_of(AVChannel channel) {
  switch (channel) {
    case AV_CHAN_LOW_FREQUENCY:
    case AV_CHAN_LOW_FREQUENCY_2:
      return 0;
    case AV_CHAN_BACK_LEFT:
    case AV_CHAN_BACK_CENTER:
    case AV_CHAN_BACK_RIGHT:
    case AV_CHAN_SIDE_LEFT:
    case AV_CHAN_SIDE_RIGHT:
      return surround_weight;
    default:
      return 1;
  }
}

std::vector<double> weights_of(const AVChannelLayout& layout) {
  std::vector<double> weights;
  for (unsigned at = 0; at < static_cast<unsigned>(layout.nb_channels); ++at) {
    weights.push_back(weight_of(av_channel_layout_channel_from_index(&layout, at)));
  }
  return weights;
}

/// The first sample of a block that lies at or behind `time`.
std::size_t sample_at(Ticks time, Ticks begin, int rate) {
  if (time <= begin) return 0;
  const auto product = static_cast<__int128>(time - begin) * rate;
  return static_cast<std::size_t>((product + ticks_per_second - 1) / ticks_per_second);
}

}  // namespace

Meter::Meter(const SilenceRule& rule)
    : silence_(static_cast<float>(std::pow(10.0, rule.threshold_decibels / 20)), ticks_of(rule.least_seconds)) {}

void Meter::count_broken() {
  ++part_.broken;
  is_torn_ = true;
}

void Meter::warm_up(const AVFrame& frame) {
  if (load(frame)) power_of(0, frames_.size());
}

void Meter::take(const AVFrame& frame, Ticks begin) {
  if (!load(frame)) return count_broken();
  if (frames_.size() == 0) return;
  begin = place_of(begin);
  silence_.take(frames_, begin, rate_);
  note_true_peaks();
  weigh(begin);
  part_.span.end = begin + ticks_of(static_cast<std::int64_t>(frames_.size()), rate_);
}

/// Where the block belongs: right behind the last, unless its own time says that something is missing in between.
Ticks Meter::place_of(Ticks begin) {
  if (!has_begun_) {
    has_begun_ = true;
    part_.span = {begin, begin};
    part_.first_cell = begin / cell_ticks;
    return begin;
  }
  const Ticks tolerance = std::exchange(is_torn_, false) ? join_tolerance : gap_tolerance;
  if (begin <= part_.span.end + tolerance) return part_.span.end;
  silence_.interrupt(part_.span.end);
  ++part_.interruptions;
  return begin;
}

/// Makes the frame the present block, with filters that fit it.
bool Meter::load(const AVFrame& frame) {
  if (frame.sample_rate <= 0) return false;
  if (frame.sample_rate != rate_ || frame.ch_layout.nb_channels != frames_.channels()) {
    finish_channels();
    frames_.clear();
    if (!frames_.take(frame)) return false;
    rate_ = frame.sample_rate;
    weights_ = weights_of(frame.ch_layout);
    weightings_.assign((weights_.size() + 1) / 2, Weighting(rate_));
    true_peaks_.assign(weights_.size(), TruePeak());
    return true;
  }
  return frames_.take(frame);
}

void Meter::note_true_peaks() {
  for (int channel = 0; channel < frames_.channels(); ++channel) {
    const std::span<const float> row = frames_.row(channel);
    const std::span<const float> peaks = frames_.peaks(channel);
    TruePeak& true_peak = true_peaks_[static_cast<std::size_t>(channel)];
    for (std::size_t chunk = 0; chunk < peaks.size(); ++chunk) {
      const std::size_t at = chunk * chunk_samples;
      true_peak.take(row.data() + at, std::min(chunk_samples, row.size() - at), peaks[chunk]);
    }
  }
}

/// Adds the block to the tenths of a second that it lies in.
void Meter::weigh(Ticks begin) {
  const Ticks end = begin + ticks_of(static_cast<std::int64_t>(frames_.size()), rate_);
  std::size_t from = 0;
  for (std::int64_t cell = begin / cell_ticks; from < frames_.size(); ++cell) {
    const Ticks cell_end = (cell + 1) * cell_ticks;
    const std::size_t to = cell_end >= end ? frames_.size() : sample_at(cell_end, begin, rate_);
    const auto at = static_cast<std::size_t>(cell - part_.first_cell);
    if (at >= part_.cells.size()) part_.cells.resize(at + 1);
    part_.cells[at].energy += power_of(from, to) / rate_;
    part_.cells[at].peak = std::max(part_.cells[at].peak, peak_of(from, to));
    from = to;
  }
}

/// The K-weighted power of some samples of all channels.
double Meter::power_of(std::size_t from, std::size_t to) {
  nothing_.resize(std::max(nothing_.size(), to - from));
  const bool is_still = peak_of(from, to) == 0;
  double power = 0;
  for (std::size_t pair = 0; pair < weightings_.size(); ++pair) {
    if (is_still && weightings_[pair].is_at_rest()) continue;
    const std::size_t left = 2 * pair;
    const bool has_right = left + 1 < weights_.size();
    const auto row = frames_.row(static_cast<int>(left)).subspan(from, to - from);
    const auto beside = has_right ? frames_.row(static_cast<int>(left + 1)).subspan(from, to - from)
                                  : std::span<const float>(nothing_).first(to - from);
    const Two sums = weightings_[pair].power(row, beside);
    power += weights_[left] * sums[0] + (has_right ? weights_[left + 1] * sums[1] : 0);
  }
  return power;
}

/// The largest sample of all channels; that of whole chunks is known.
float Meter::peak_of(std::size_t from, std::size_t to) const {
  float largest = 0;
  for (int channel = 0; channel < frames_.channels(); ++channel) {
    const std::span<const float> row = frames_.row(channel);
    const std::span<const float> peaks = frames_.peaks(channel);
    for (std::size_t at = from; at < to;) {
      const std::size_t next = std::min((at / chunk_samples + 1) * chunk_samples, row.size());
      if (at % chunk_samples == 0 && next <= to) {
        largest = std::max(largest, peaks[at / chunk_samples]);
        at = next;
      } else {
        largest = std::max(largest, std::abs(row[at++]));
      }
    }
  }
  return largest;
}

/// Takes over what the channels, as they were until now, have found.
void Meter::finish_channels() {
  for (const TruePeak& one : true_peaks_) part_.true_peak = std::max(part_.true_peak, one.value());
  true_peaks_.clear();
}

Part Meter::finish() {
  finish_channels();
  part_.silences = silence_.finish(part_.span.end);
  return std::move(part_);
}

}  // namespace skypod::media
