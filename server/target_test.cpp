#include "server/target.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

TEST(Target, MayNameTheHost) {
  EXPECT_EQ(origin_form("http://pod.example:7890/api/feed?url=http://x/y"), "/api/feed?url=http://x/y");
  EXPECT_EQ(origin_form("https://pod.example"), "/");
  EXPECT_EQ(origin_form("/api/feed?url=http://x/y"), "/api/feed?url=http://x/y");
  EXPECT_EQ(origin_form("*"), "*");
}

TEST(Target, PathEndsAtTheQuery) {
  EXPECT_EQ(path_of("/a/b?c=/d"), "/a/b");
  EXPECT_EQ(path_of("/a"), "/a");
  EXPECT_EQ(path_of(""), "");
}

TEST(Target, ParametersAreUnescapedOnce) {
  EXPECT_EQ(parameter_of("/x?url=http%3A%2F%2Fh%2F%2541+b", "url"), "http://h/%41 b");
  EXPECT_EQ(parameter_of("/x?a=1&url=2&url=3", "url"), "2");
  EXPECT_EQ(parameter_of("/x?url", "url"), "");
  EXPECT_EQ(parameter_of("/x?url=a=b?c", "url"), "a=b?c");
}

TEST(Target, WhatIsMissingOrMalformedIsNothing) {
  for (const char* target : {"/x", "/x?", "/x?urls=1", "/x?url=%", "/x?url=%4", "/x?url=%zz"}) {
    EXPECT_EQ(parameter_of(target, "url"), std::nullopt) << target;
  }
}

}  // namespace
}  // namespace skypod::server
