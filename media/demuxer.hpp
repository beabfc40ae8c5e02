// A container opened: its one audio stream, cut into segments, and its chapters. Everything is bounded: the formats and
// codecs by a list, streams, channels, duration and chapters by number.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/av.hpp"
#include "media/failure.hpp"
#include "media/file_octets.hpp"
#include "media/segment.hpp"

namespace skypod::media {

inline constexpr Ticks duration_max = 24 * 3600 * ticks_per_second;
inline constexpr int streams_max = 32;
inline constexpr int rate_min = 4'000;
inline constexpr int rate_max = 384'000;
inline constexpr std::size_t chapters_max = 1'000;
inline constexpr std::size_t title_octets_max = 500;

struct Chapter {
  double start = 0;  // seconds
  double end = 0;
  std::string title;  // UTF-8
};

/// How the stream of segments ended.
enum class Ending { whole, broken, too_long, late };

/// Reads a file from its beginning to its end, once. For one thread.
class Demuxer {
 public:
  /// `is_split` false makes one segment of the whole.
  static Result<std::unique_ptr<Demuxer>, Failure> open(int descriptor, std::chrono::steady_clock::time_point deadline,
                                                        bool is_split);

  /// The next segment; nothing at the end.
  std::optional<Segment> next();

  /// Valid when next() has given nothing.
  Ending ending() const { return ending_; }

  std::vector<Chapter> chapters() const;

  /// "mp3", "aac", "opus", …
  std::string codec_name() const;

  /// What the container is called to players, e.g. "audio/mpeg".
  std::string content_type() const;

  /// What the container says, in seconds; nothing if it does not say or only guesses.
  std::optional<double> declared_duration() const;

  /// How much of the file has been read, from 0 to 1.
  double progress() const;

 private:
  Demuxer(int descriptor, std::chrono::steady_clock::time_point deadline) : octets_(descriptor, deadline) {}
  Result<void, Failure> open_container(bool is_split);
  Result<void, Failure> choose_stream();
  Packet read();
  void place(AVPacket& packet);
  void remember(const Segment& segment);
  void adopt_parameters(const AVPacket& packet);
  bool is_enough(Ticks lasting, std::size_t octets) const;

  FileOctets octets_;
  Av<AVFormatContext> format_;
  AVStream* stream_ = nullptr;
  std::shared_ptr<AVCodecParameters> parameters_;
  bool is_split_ = true;
  std::vector<Packet> recent_;  // for the next segment's priming
  Packet held_;                 // read, but of the next segment
  Ticks expected_ = 0;          // where the next packet should be
  std::optional<Ticks> shift_;  // from the container's time to ours
  int steady_ = 0;              // packets in a row whose time is where the one before ended
  std::size_t segments_ = 0;
  Ending ending_ = Ending::whole;
};

}  // namespace skypod::media
