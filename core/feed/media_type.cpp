#include "core/feed/media_type.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

struct Ending {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array endings = std::to_array<Ending>({
    {"aac", "audio/aac"},   {"avif", "image/avif"},     {"flac", "audio/flac"}, {"gif", "image/gif"},
    {"jpeg", "image/jpeg"}, {"jpg", "image/jpeg"},      {"m4a", "audio/mp4"},   {"m4b", "audio/mp4"},
    {"m4v", "video/mp4"},   {"mov", "video/quicktime"}, {"mp3", "audio/mpeg"},  {"mp4", "video/mp4"},
    {"oga", "audio/ogg"},   {"ogg", "audio/ogg"},       {"ogv", "video/ogg"},   {"opus", "audio/ogg"},
    {"png", "image/png"},   {"wav", "audio/wav"},       {"webm", "video/webm"}, {"webp", "image/webp"},
});

}  // namespace

std::string_view media_type_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t dot = url.rfind('.');
  if (dot == std::string_view::npos) return "";
  const std::string extension = to_lower(url.substr(dot + 1));
  const auto found = std::ranges::find(endings, extension, &Ending::extension);
  return found == endings.end() ? std::string_view() : found->type;
}

}  // namespace skypod::feed
