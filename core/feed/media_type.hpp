// The kind of a file that a feed names without saying what it is.
#pragma once

#include <string_view>

namespace skypod::feed {

/// The media type that the end of an address's path stands for ("…/talk.mp3?x=1" is "audio/mpeg"), or "" if it says
/// nothing. Only what feeds attach: sound, pictures and films.
std::string_view media_type_of(std::string_view url);

}  // namespace skypod::feed
