// A run of packets that is decoded by itself, and how long one is.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "media/av.hpp"
#include "media/ticks.hpp"

namespace skypod::media {

/// A segment ends when it lasts so long or is so large, whatever comes first, and soon after at the latest.
inline constexpr Ticks segment_ticks = 60 * ticks_per_second;
inline constexpr std::size_t segment_octets = 8U << 20U;

/// What is decoded before a segment lasts at least so long; see also priming_packets().
inline constexpr Ticks priming_ticks = ticks_of(0.6);

/// The end of the priming, which is decoded well enough to bring the filters into their state.
inline constexpr Ticks warm_up_ticks = ticks_of(0.3);

/// Packets that a decoder needs before it is in the state it would be in had it decoded all: what earlier packets lend
/// to later ones. For MPEG audio the bit reservoir of 511 octets, which is 23 frames at the lowest rate.
std::size_t priming_packets(AVCodecID codec);

/// Whether a decoder can begin in the middle at all. Some predict from all that came before.
bool can_be_split(const AVCodecParameters& parameters);

/// The times of packets are their places in ticks.
struct Segment {
  std::shared_ptr<const AVCodecParameters> parameters;
  std::vector<Packet> priming;  // the packets before it
  std::vector<Packet> packets;
  Ticks begin = 0;
  bool is_last = false;
  std::size_t number = 0;
};

}  // namespace skypod::media
