#include "core/feed/media_type.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

TEST(MediaType, IsWhatThePathEndsWith) {
  EXPECT_EQ(media_type_of("https://a.example/talk.MP3"), "audio/mpeg");
  EXPECT_EQ(media_type_of("https://a.example/p.jpg?width=140&v=x.png#top"), "image/jpeg");
  EXPECT_EQ(media_type_of("https://a.example/film.mp4"), "video/mp4");
}

TEST(MediaType, IsNothingWhereTheAddressSaysNothing) {
  for (const char* url :
       {"", "https://a.example/", "https://a.example/talk", "https://a.mp3/talk", "https://a.example/x.php"}) {
    EXPECT_EQ(media_type_of(url), "") << url;
  }
}

}  // namespace
}  // namespace skypod::feed
