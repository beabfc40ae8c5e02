#include "core/feed/media_type.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

TEST(MediaType, BelievesAMediumElseTheEnding) {
  EXPECT_EQ(media_type_of("Audio/MPEG", "https://s.example/1"), "audio/mpeg");
  EXPECT_EQ(media_type_of("audio/ogg; codecs=opus", ""), "audio/ogg; codecs=opus");
  EXPECT_EQ(media_type_of("mp3", "https://s.example/1"), "audio/mpeg");
  EXPECT_EQ(media_type_of("text/html", "https://s.example/1.MP3?x=1.html#y"), "audio/mpeg");
  EXPECT_EQ(media_type_of("", "https://s.example/a.b/1.opus"), "audio/ogg");
  EXPECT_EQ(media_type_of("", "https://s.example/1.mp3/"), "");
  EXPECT_EQ(media_type_of("text/html", "https://s.example/1.mp3.html"), "text/html");
  EXPECT_EQ(media_type_of("image/jpeg", "https://s.example/1.mp3"), "image/jpeg");
  EXPECT_EQ(media_type_of("", ""), "");
}

TEST(MediaType, WhatIsUnknownMayBeHeard) {
  for (const char* type : {"", "audio/mpeg", "video/mp4", "application/ogg", "application/octet-stream"}) {
    EXPECT_TRUE(is_playable(type)) << type;
  }
  for (const char* type : {"image/jpeg", "text/html", "application/pdf"}) EXPECT_FALSE(is_playable(type)) << type;
}

}  // namespace
}  // namespace skypod::feed
