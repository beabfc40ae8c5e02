#include "media/silence.hpp"

#include <algorithm>
#include <cmath>

namespace skypod::media {
namespace {

bool is_loud(const Frames& frames, std::size_t at, float threshold) {
  for (int channel = 0; channel < frames.channels(); ++channel) {
    if (std::abs(frames.row(channel)[at]) >= threshold) return true;
  }
  return false;
}

bool is_loud_chunk(const Frames& frames, std::size_t chunk, float threshold) {
  for (int channel = 0; channel < frames.channels(); ++channel) {
    if (frames.peaks(channel)[chunk] >= threshold) return true;
  }
  return false;
}

}  // namespace

void SilenceFinder::take(const Frames& frames, Ticks begin, int rate) {
  if (frames.size() == 0) return;
  if (!since_) since_ = begin;
  if (!first_) first_ = begin;
  const std::size_t chunks = (frames.size() + chunk_samples - 1) / chunk_samples;
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    if (!is_loud_chunk(frames, chunk, threshold_)) continue;
    std::size_t first = chunk * chunk_samples;
    std::size_t last = std::min(first + chunk_samples, frames.size()) - 1;
    while (!is_loud(frames, first, threshold_)) ++first;
    while (!is_loud(frames, last, threshold_)) --last;
    close(begin + ticks_of(static_cast<std::int64_t>(first), rate));
    since_ = begin + ticks_of(static_cast<std::int64_t>(last) + 1, rate);
  }
}

void SilenceFinder::interrupt(Ticks end) {
  close(end);
  since_.reset();
}

std::vector<Span> SilenceFinder::finish(Ticks end) {
  if (since_ && *since_ < end) found_.push_back({*since_, end});
  return std::move(found_);
}

void SilenceFinder::close(Ticks end) {
  if (!since_ || *since_ >= end) return;
  if (end - *since_ >= least_ || since_ == first_) found_.push_back({*since_, end});
}

}  // namespace skypod::media
