#include "media/frames.hpp"

extern "C" {
#include <libavutil/frame.h>
}

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace skypod::media {
namespace {

constexpr std::int32_t without_sign = 0x7fffffff;
const std::int32_t senseless = std::bit_cast<std::int32_t>(1000.0F);  // NaN and infinity are above it too

template <class Sample>
float normal(Sample sample);
template <>
float normal(std::uint8_t sample) {
  return static_cast<float>(static_cast<int>(sample) - 128) / 128.0F;
}
template <>
float normal(std::int16_t sample) {
  return static_cast<float>(sample) / 32'768.0F;
}
template <>
float normal(std::int32_t sample) {
  return static_cast<float>(sample) / 2'147'483'648.0F;
}
template <>
float normal(std::int64_t sample) {
  return static_cast<float>(static_cast<double>(sample) / 9'223'372'036'854'775'808.0);
}
template <>
float normal(float sample) {
  return sample;
}
template <>
float normal(double sample) {
  return static_cast<float>(sample);
}

template <class Sample>
void convert(const std::uint8_t* from, std::size_t stride, std::span<float> to) {
  const auto* samples = reinterpret_cast<const Sample*>(from);
  for (std::size_t at = 0; at < to.size(); ++at) to[at] = normal(samples[at * stride]);
}

using Conversion = void (*)(const std::uint8_t*, std::size_t, std::span<float>);

Conversion conversion_of(AVSampleFormat format) {
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      return convert<std::uint8_t>;
    case AV_SAMPLE_FMT_S16:
      return convert<std::int16_t>;
    case AV_SAMPLE_FMT_S32:
      return convert<std::int32_t>;
    case AV_SAMPLE_FMT_S64:
      return convert<std::int64_t>;
    case AV_SAMPLE_FMT_FLT:
      return convert<float>;
    case AV_SAMPLE_FMT_DBL:
      return convert<double>;
    default:
      return nullptr;
  }
}

/// The largest absolute value as bits, which order as the values do.
std::int32_t largest_bits(std::span<const float> samples) {
  std::int32_t largest = 0;
  for (const float sample : samples) largest = std::max(largest, std::bit_cast<std::int32_t>(sample) & without_sign);
  return largest;
}

void silence_senseless(std::span<float> samples) {
  for (float& sample : samples) {
    if ((std::bit_cast<std::int32_t>(sample) & without_sign) >= senseless) sample = 0;
  }
}

}  // namespace

bool Frames::take(const AVFrame& frame) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const Conversion conversion = conversion_of(format);
  const int channels = frame.ch_layout.nb_channels;
  if (conversion == nullptr || channels < 1 || channels > channels_max || frame.nb_samples < 0) return false;
  make_room(channels, static_cast<std::size_t>(frame.nb_samples));
  const bool is_planar = av_sample_fmt_is_planar(format) != 0;
  const auto octets = static_cast<std::size_t>(av_get_bytes_per_sample(format));
  for (std::size_t channel = 0; channel < rows_.size(); ++channel) {
    const std::uint8_t* from = is_planar ? frame.extended_data[channel] : frame.extended_data[0] + channel * octets;
    conversion(from, is_planar ? 1 : rows_.size(), std::span(rows_[channel]).subspan(true_peak_history, size_));
    measure(channel);
  }
  return true;
}

void Frames::clear() {
  rows_.clear();
  size_ = 0;
}

/// Moves the end of the present samples to the front, and makes room for the next.
void Frames::make_room(int channels, std::size_t size) {
  if (channels != this->channels()) {
    rows_.assign(static_cast<std::size_t>(channels), {});
    peaks_.assign(static_cast<std::size_t>(channels), {});
    size_ = 0;
  }
  for (auto& row : rows_) {
    row.resize(std::max(row.size(), true_peak_history + std::max(size, size_)));
    std::memmove(row.data(), row.data() + size_, true_peak_history * sizeof(float));
  }
  size_ = size;
}

/// Finds the peaks of a channel's chunks, and removes what is beyond sense.
void Frames::measure(std::size_t channel) {
  const std::span<float> samples = std::span(rows_[channel]).subspan(true_peak_history, size_);
  peaks_[channel].clear();
  for (std::size_t at = 0; at < size_; at += chunk_samples) {
    const std::span<float> chunk = samples.subspan(at, std::min(chunk_samples, size_ - at));
    std::int32_t largest = largest_bits(chunk);
    if (largest >= senseless) {
      silence_senseless(chunk);
      largest = largest_bits(chunk);
    }
    peaks_[channel].push_back(std::bit_cast<float>(largest));
  }
}

}  // namespace skypod::media
