#include "core/feed/url.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

// RFC 3986 section 5.4, with the base on http.
TEST(Url, ResolvesAsTheRfcShows) {
  const std::string_view base = "http://a/b/c/d;p?q";
  const std::pair<const char*, const char*> cases[] = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
  };
  for (const auto& [reference, expected] : cases) EXPECT_EQ(resolve_url(base, reference), expected) << reference;
}

TEST(Url, LetsOnlyTheWebThrough) {
  for (const char* reference : {"javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
                                "file:///etc/passwd", "mailto:a@b.c", "http:", "https://", "", "  "}) {
    EXPECT_EQ(resolve_url("http://a/", reference), "") << reference;
  }
  EXPECT_EQ(resolve_url("", "relative/path"), "");
  EXPECT_EQ(resolve_url("", "HTTPS://Example.com/A b\t"), "https://Example.com/A%20b");
  EXPECT_EQ(resolve_url("", "https://a/" + std::string(5000, 'x')), "");
  EXPECT_EQ(resolve_url("https://a/" + std::string(4090, 'x') + "/", "yyyyyyy"), "");
}

TEST(Url, TheSameOriginIsTheSameText) {
  for (const char* url :
       {"https://a.example", "HTTPS://A.example:443/x", "https://u:p@a.example?x=/@b", "https://a.example#x"}) {
    EXPECT_EQ(origin_of(url), "https://a.example") << url;
  }
  EXPECT_EQ(origin_of("http://a.example:80/"), "http://a.example");
  EXPECT_EQ(origin_of("http://[::1]:8080/"), "http://[::1]:8080");
  EXPECT_NE(origin_of("http://a.example:443/"), origin_of("https://a.example/"));
}

}  // namespace
}  // namespace skypod::feed
