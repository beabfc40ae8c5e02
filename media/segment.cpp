#include "media/segment.hpp"

namespace skypod::media {

std::size_t priming_packets(AVCodecID codec) {
  switch (codec) {
    case AV_CODEC_ID_MP1:
    case AV_CODEC_ID_MP2:
    case AV_CODEC_ID_MP3:
      return 32;
    default:
      return 8;
  }
}

bool can_be_split(const AVCodecParameters& parameters) {
  const bool predicts = parameters.profile == FF_PROFILE_AAC_MAIN || parameters.profile == FF_PROFILE_AAC_LTP;
  return parameters.codec_id != AV_CODEC_ID_AAC || !predicts;
}

}  // namespace skypod::media
