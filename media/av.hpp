// The owners of what the FFmpeg libraries allocate.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <memory>

namespace skypod::media {

struct FreeAv {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
  void operator()(AVDictionary* dictionary) const { av_dict_free(&dictionary); }
};

template <class T>
using Av = std::unique_ptr<T, FreeAv>;

using Packet = Av<AVPacket>;

}  // namespace skypod::media
