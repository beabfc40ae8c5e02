#include "media/segment_decoder.hpp"

#include <utility>

namespace skypod::media {
namespace {

constexpr int ticks_rate = static_cast<int>(ticks_per_second);
constexpr std::int64_t frame_samples_max = 1 << 20;

/// A decoder and the meter behind it.
class SegmentDecoder {
 public:
  SegmentDecoder(const Segment& segment, const SilenceRule& rule)
      : begin_(segment.begin), meter_(rule), frame_(av_frame_alloc()), codec_(open(*segment.parameters)) {}

  bool is_open() const { return codec_ != nullptr; }

  /// Decodes a packet, or what is left for null. False if it is broken.
  bool decode(const AVPacket* packet) {
    const int sent = avcodec_send_packet(codec_.get(), packet);
    bool is_sound = sent >= 0 || sent == AVERROR_EOF;
    for (;;) {
      const int received = avcodec_receive_frame(codec_.get(), frame_.get());
      if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return is_sound;
      if (received < 0) return false;
      measure();
      av_frame_unref(frame_.get());
    }
  }

  Meter& meter() { return meter_; }

 private:
  static Av<AVCodecContext> open(const AVCodecParameters& parameters) {
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    Av<AVCodecContext> context(codec == nullptr ? nullptr : avcodec_alloc_context3(codec));
    if (!context || avcodec_parameters_to_context(context.get(), &parameters) < 0) return nullptr;
    context->pkt_timebase = {1, ticks_rate};
    context->thread_count = 1;  // segments are the threads' work
    context->max_samples = frame_samples_max;
    return avcodec_open2(context.get(), codec, nullptr) < 0 ? nullptr : std::move(context);
  }

  void measure() {
    const Ticks at = frame_->pts;
    if (at >= begin_ - join_tolerance) return meter_.take(*frame_, at);
    if (at >= begin_ - warm_up_ticks) meter_.warm_up(*frame_);
  }

  Ticks begin_;
  Meter meter_;
  Av<AVFrame> frame_;
  Av<AVCodecContext> codec_;
};

}  // namespace

Part measure(Segment segment, const SilenceRule& rule) {
  SegmentDecoder decoder(segment, rule);
  if (!decoder.is_open()) {
    Part nothing;
    nothing.broken = static_cast<std::uint32_t>(segment.packets.size());
    return nothing;
  }
  for (Packet& packet : segment.priming) {
    decoder.decode(packet.get());
    packet.reset();
  }
  for (Packet& packet : segment.packets) {
    if (!decoder.decode(packet.get())) decoder.meter().count_broken();
    packet.reset();
  }
  if (segment.is_last) decoder.decode(nullptr);
  return decoder.meter().finish();
}

}  // namespace skypod::media
