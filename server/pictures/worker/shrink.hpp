// One picture made small, by libvips.
#pragma once

#include <string>
#include <string_view>

#include "server/pictures/frames.hpp"

namespace skypod::server::pictures {

/// Loads the library, and leaves it the four decoders that are wanted: no SVG, no PDF, no ImageMagick.
void prepare_library();

/// A thumbnail at most `width` pixels wide and four times as high; never larger than the picture. Of a picture that
/// moves, the first frame; turned as its EXIF says, and without any metadata. Writes it to `out`.
Outcome shrink(std::string_view picture, int width, Type type, std::string& out);

}  // namespace skypod::server::pictures
