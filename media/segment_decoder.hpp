// Decodes one segment and measures it.
#pragma once

#include "media/meter.hpp"
#include "media/segment.hpp"

namespace skypod::media {

/// The measurements of the segment; may be called from any number of threads. What cannot be decoded is counted and
/// passed over.
Part measure(Segment segment, const SilenceRule& rule);

}  // namespace skypod::media
