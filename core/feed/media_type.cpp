#include "core/feed/media_type.hpp"

#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

struct Ending {
  std::string_view ending;
  std::string_view media_type;
};

constexpr std::array endings = std::to_array<Ending>({
    {"aac", "audio/aac"},     {"flac", "audio/flac"}, {"m4a", "audio/mp4"},       {"m4b", "audio/mp4"},
    {"mp3", "audio/mpeg"},    {"oga", "audio/ogg"},   {"ogg", "audio/ogg"},       {"opus", "audio/ogg"},
    {"wav", "audio/wav"},     {"weba", "audio/webm"}, {"m4v", "video/mp4"},       {"mov", "video/quicktime"},
    {"mp4", "video/mp4"},     {"ogv", "video/ogg"},   {"webm", "video/webm"},     {"avif", "image/avif"},
    {"gif", "image/gif"},     {"jpeg", "image/jpeg"}, {"jpg", "image/jpeg"},      {"png", "image/png"},
    {"svg", "image/svg+xml"}, {"webp", "image/webp"}, {"pdf", "application/pdf"},
});

std::string_view type_of_ending(std::string_view ending) {
  const auto found = std::ranges::find(endings, ending, &Ending::ending);
  return found == endings.end() ? std::string_view() : found->media_type;
}

/// What stands behind the last dot of the path's last part.
std::string ending_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t dot = url.find_last_of("./");
  return dot == std::string_view::npos || url[dot] == '/' ? "" : to_lower(url.substr(dot + 1));
}

bool names_a_medium(std::string_view media_type) {
  return media_type.starts_with("audio/") || media_type.starts_with("video/") || media_type.starts_with("image/") ||
         media_type == "application/ogg";
}

}  // namespace

std::string media_type_of(std::string_view declared, std::string_view url) {
  std::string type = to_lower(trim(declared));
  if (names_a_medium(type)) return type;
  if (const auto known = type_of_ending(ending_of(url)); !known.empty()) return std::string(known);
  if (const auto known = type_of_ending(type); !known.empty()) return std::string(known);
  return type;
}

bool is_playable(std::string_view media_type) {
  constexpr std::string_view unknown = "application/octet-stream";  // also what to_json_feed() writes for no type
  const bool image = media_type.starts_with("image/");
  return media_type.empty() || media_type == unknown || (names_a_medium(media_type) && !image);
}

}  // namespace skypod::feed
