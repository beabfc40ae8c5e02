// What kind of file an address leads to. Feeds declare it in any case, as a bare "mp3", as text/html, or not at all.
#pragma once

#include <string>
#include <string_view>

namespace skypod::feed {

/// The media type in lower case: as declared if that names audio, video or a picture, else as the ending of the address
/// or of `declared` says, else as declared. Media types are compared without case (RFC 9110 section 8.3.1).
std::string media_type_of(std::string_view declared, std::string_view url);

/// Whether a file of that type, as media_type_of() has it, may be heard. One of which nothing is known may.
bool is_playable(std::string_view media_type);

}  // namespace skypod::feed
