#include "media/demuxer.hpp"

extern "C" {
#include <libavutil/avstring.h>
#include <libavutil/intreadwrite.h>
}

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/utf8.hpp"
#include "media/frames.hpp"

namespace skypod::media {
namespace {

constexpr const char* formats = "mp3,mov,aac,ogg,flac,wav,w64,matroska,aiff,caf";
constexpr const char* codecs =
    "mp3float,mp3,mp2float,mp2,mp1float,mp1,aac,aac_latm,opus,vorbis,flac,alac,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,"
    "pcm_s32le,pcm_s32be,pcm_u8,pcm_s8,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,adpcm_ms,"
    "adpcm_ima_wav,adpcm_ima_qt";

struct ContentType {
  std::string_view format;  // the first of its names
  std::string_view type;
};

constexpr std::array content_types = std::to_array<ContentType>({{"mp3", "audio/mpeg"},
                                                                 {"mov", "audio/mp4"},
                                                                 {"aac", "audio/aac"},
                                                                 {"ogg", "audio/ogg"},
                                                                 {"flac", "audio/flac"},
                                                                 {"wav", "audio/wav"},
                                                                 {"w64", "audio/x-w64"},
                                                                 {"matroska", "audio/webm"},
                                                                 {"aiff", "audio/aiff"},
                                                                 {"caf", "audio/x-caf"}});

constexpr int errors_max = 100;  // that the container may give in a row
constexpr Ticks steady_tolerance = ticks_of(0.002);
constexpr int steady_least = 2;
constexpr AVRational our_time{1, static_cast<int>(ticks_per_second)};

Failure not_audio() {
  return {
      "not_audio",
      "No audio that can be decoded was found: the file is damaged, or not MP3, AAC/M4A, Opus, Vorbis, FLAC or WAV. "
      "Download it again, or choose another."};
}

/// Samples that the decoder leaves out at the packet's beginning, and of what rate.
Ticks skipped_by(const AVPacket& packet, int rate) {
  std::size_t size = 0;
  const std::uint8_t* skip = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
  return skip != nullptr && size >= 4 && rate > 0 ? ticks_of(AV_RL32(skip), rate) : 0;
}

/// Text of a file as UTF-8, cut to a bearable length.
std::string text_of(const char* text) {
  std::string all(text == nullptr ? "" : text);
  all.resize(std::min(all.size(), title_octets_max));
  while (!all.empty() && !is_utf8(all)) all.pop_back();
  return all;
}

double seconds_of(std::int64_t time, AVRational base) {
  return static_cast<double>(time) * av_q2d(base);
}

}  // namespace

Result<std::unique_ptr<Demuxer>, Failure> Demuxer::open(int descriptor, std::chrono::steady_clock::time_point deadline,
                                                        bool is_split) {
  std::unique_ptr<Demuxer> demuxer(new Demuxer(descriptor, deadline));
  if (auto opened = demuxer->open_container(is_split); !opened) return unexpected(opened.error());
  return demuxer;
}

Result<void, Failure> Demuxer::open_container(bool is_split) {
  if (!octets_.is_usable()) {
    return unexpected(Failure{"not_a_file", "This is no ordinary file. Name one that is."});
  }
  AVFormatContext* format = avformat_alloc_context();
  octets_.attach(*format);
  format->max_streams = streams_max;
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", formats, 0);
  av_dict_set(&options, "codec_whitelist", codecs, 0);
  const int opened = avformat_open_input(&format, "", nullptr, &options);  // frees the context if it fails
  av_dict_free(&options);
  if (opened < 0) return unexpected(not_audio());
  format_.reset(format);
  is_split_ = is_split;
  for (unsigned at = 0; at < format->nb_streams; ++at) {
    const bool is_audio = format->streams[at]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
    format->streams[at]->discard = is_audio ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  if (avformat_find_stream_info(format, nullptr) < 0) return unexpected(not_audio());
  return choose_stream();
}

/// Takes the best audio stream; the others are passed over.
Result<void, Failure> Demuxer::choose_stream() {
  const AVCodec* codec = nullptr;
  const int chosen = av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
  if (chosen < 0 || codec == nullptr || av_match_list(codec->name, codecs, ',') == 0) return unexpected(not_audio());
  for (unsigned at = 0; at < format_->nb_streams; ++at) {
    if (static_cast<int>(at) != chosen) format_->streams[at]->discard = AVDISCARD_ALL;
  }
  stream_ = format_->streams[chosen];
  const AVCodecParameters& about = *stream_->codecpar;
  const int channels = about.ch_layout.nb_channels;
  if (about.sample_rate < rate_min || about.sample_rate > rate_max || channels < 1 || channels > channels_max) {
    return unexpected(not_audio());
  }
  if (declared_duration().value_or(0) > media::seconds_of(duration_max)) {
    return unexpected(Failure{"audio_too_long", "The file says that it lasts more than 24 hours. Cut it in parts."});
  }
  parameters_ = std::shared_ptr<AVCodecParameters>(avcodec_parameters_alloc(), FreeAv());
  avcodec_parameters_copy(parameters_.get(), &about);
  is_split_ = is_split_ && can_be_split(about);
  return {};
}

/// The next packet of the stream, at its place in our time; null at the end.
Packet Demuxer::read() {
  if (held_) return std::move(held_);
  Packet packet(av_packet_alloc());
  for (int errors = 0; errors < errors_max;) {
    const int result = av_read_frame(format_.get(), packet.get());
    if (result == AVERROR_EOF) return nullptr;
    if (result == AVERROR_EXIT) {
      ending_ = Ending::late;
      return nullptr;
    }
    if (result < 0) {
      ++errors;
      continue;
    }
    if (packet->stream_index == stream_->index) {
      place(*packet);
      return packet;
    }
    av_packet_unref(packet.get());
  }
  ending_ = Ending::broken;
  return nullptr;
}

/// Gives the packet its place: as the container says, unless its time runs backwards, as where files were put together.
void Demuxer::place(AVPacket& packet) {
  const bool has_time = packet.pts != AV_NOPTS_VALUE;
  const Ticks said = has_time ? av_rescale_q(packet.pts, stream_->time_base, our_time) : 0;
  const Ticks lasting = std::max<Ticks>(0, av_rescale_q(packet.duration, stream_->time_base, our_time));
  if (!shift_) {
    shift_ = -said;
    expected_ = -skipped_by(packet, stream_->codecpar->sample_rate);
    *shift_ += expected_;
  }
  Ticks place = has_time ? said + *shift_ : expected_;
  steady_ = std::abs(place - expected_) <= steady_tolerance ? steady_ + 1 : 0;
  if (place < expected_ - 10 * join_tolerance || place > expected_ + duration_max) {
    *shift_ += expected_ - place;
    place = expected_;
  }
  packet.pts = packet.dts = place;
  packet.duration = lasting;
  expected_ = place + lasting;
}

/// A new set-up for the decoder, which some containers send in the middle.
void Demuxer::adopt_parameters(const AVPacket& packet) {
  std::size_t size = 0;
  const std::uint8_t* extra = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
  if (extra == nullptr) return;
  const std::shared_ptr<AVCodecParameters> changed(avcodec_parameters_alloc(), FreeAv());
  avcodec_parameters_copy(changed.get(), parameters_.get());
  av_freep(&changed->extradata);
  changed->extradata = static_cast<std::uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
  changed->extradata_size = static_cast<int>(size);
  std::copy_n(extra, size, changed->extradata);
  parameters_ = changed;
  recent_.clear();
}

/// Keeps what the next segment's decoder has to see first, and no more.
void Demuxer::remember(const Segment& segment) {
  recent_.clear();
  const std::size_t least = priming_packets(parameters_->codec_id);
  for (auto one = segment.packets.rbegin(); one != segment.packets.rend(); ++one) {
    recent_.insert(recent_.begin(), Packet(av_packet_clone(one->get())));
    if (recent_.size() >= least && expected_ - (*one)->pts >= priming_ticks) break;
  }
}

/// Whether a segment may end here: the next one has only its first packet's time to know where it stands, and that of
/// Vorbis is wrong by 10 ms where short and long blocks meet.
bool Demuxer::is_enough(Ticks lasting, std::size_t octets) const {
  const bool is_long = lasting >= segment_ticks || octets >= segment_octets;
  const bool is_overlong = lasting >= 2 * segment_ticks || octets >= 2 * segment_octets;
  return is_overlong || (is_long && steady_ >= steady_least);
}

std::optional<Segment> Demuxer::next() {
  Segment segment;
  std::size_t octets = 0;
  bool is_full = false;
  while (!is_full) {
    Packet packet = read();
    if (!packet) break;
    if (packet->pts > duration_max) {
      ending_ = Ending::too_long;
      break;
    }
    const bool is_new = av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, nullptr) != nullptr;
    if (is_new && !segment.packets.empty()) {
      held_ = std::move(packet);
      break;
    }
    if (segment.packets.empty()) {
      adopt_parameters(*packet);
      segment.begin = packet->pts;
      segment.parameters = parameters_;
      segment.priming = std::exchange(recent_, {});
    }
    octets += static_cast<std::size_t>(packet->size);
    is_full = is_split_ && is_enough(expected_ - segment.begin, octets);
    segment.packets.push_back(std::move(packet));
  }
  if (segment.packets.empty()) return std::nullopt;
  if (is_split_) remember(segment);
  segment.number = segments_++;
  return segment;
}

std::vector<Chapter> Demuxer::chapters() const {
  std::vector<Chapter> chapters;
  for (unsigned at = 0; at < format_->nb_chapters && at < chapters_max; ++at) {
    const AVChapter& one = *format_->chapters[at];
    const AVDictionaryEntry* title = av_dict_get(one.metadata, "title", nullptr, 0);
    chapters.push_back({.start = std::max(0.0, seconds_of(one.start, one.time_base)),
                        .end = std::max(0.0, seconds_of(one.end, one.time_base)),
                        .title = text_of(title == nullptr ? nullptr : title->value)});
  }
  std::ranges::sort(chapters, {}, &Chapter::start);
  return chapters;
}

std::string Demuxer::codec_name() const {
  return avcodec_get_name(parameters_->codec_id);
}

std::string Demuxer::content_type() const {
  const std::string_view name = format_->iformat->name;
  const auto found = std::ranges::find(content_types, name.substr(0, name.find(',')), &ContentType::format);
  return std::string(found == content_types.end() ? "application/octet-stream" : found->type);
}

std::optional<double> Demuxer::declared_duration() const {
  const bool is_guessed = format_->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE;
  if (is_guessed || format_->duration == AV_NOPTS_VALUE) return std::nullopt;
  return static_cast<double>(format_->duration) / AV_TIME_BASE;
}

double Demuxer::progress() const {
  return octets_.size() == 0
             ? 1
             : std::clamp(static_cast<double>(octets_.position()) / static_cast<double>(octets_.size()), 0.0, 1.0);
}

}  // namespace skypod::media
