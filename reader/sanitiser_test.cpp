#include "reader/sanitiser.hpp"

#include <gtest/gtest.h>

namespace skypod::reader {
namespace {

constexpr std::string_view base = "https://site.example/dir/page.html";

/// Sanitised, and proved to stay so.
std::string safe(std::string_view html) {
  const std::string once = sanitise(html, base);
  EXPECT_EQ(sanitise(once, base), once) << html;
  return once;
}

TEST(Sanitiser, KeepsProse) {
  EXPECT_EQ(safe("<p>a <b>b</b> &amp; <em lang=de>c</em></p>"), "<p>a <b>b</b> &amp; <em lang=\"de\">c</em></p>");
  EXPECT_EQ(safe("plain text, no markup"), "plain text, no markup");
  EXPECT_EQ(safe("1 < 2 > 0"), "1 &lt; 2 &gt; 0");
}

TEST(Sanitiser, LeavesOutWhatRuns) {
  EXPECT_EQ(safe("a<script>x()</script><style>y</style><iframe src=z></iframe>b"), "ab");
  EXPECT_EQ(safe("<p onclick=x style=y id=z class=w>a</p>"), "<p>a</p>");
  EXPECT_EQ(safe("<svg><a xlink:href='javascript:x'>a</a></svg><math><mi>b</mi></math>c"), "c");
  EXPECT_EQ(safe("<form action=x><input name=y><button>z</button>kept</form>"), "kept");
}

TEST(Sanitiser, LetsOnlyKnownSchemesThrough) {
  EXPECT_EQ(safe("<a href='/x?a=1&amp;b=2'>a</a>"), "<a href=\"https://site.example/x?a=1&amp;b=2\">a</a>");
  EXPECT_EQ(safe("<a href='mailto:a@b.example'>a</a>"), "<a href=\"mailto:a@b.example\">a</a>");
  for (const char* hostile :
       {"javascript:x", "JAVA\tscript:x", " &#1;javascript:x", "data:text/html,x", "vbscript:x"}) {
    EXPECT_EQ(safe("<a href='" + std::string(hostile) + "'>a</a>"), "<a>a</a>") << hostile;
    EXPECT_EQ(safe("<img src='" + std::string(hostile) + "'>"), "") << hostile;
  }
}

TEST(Sanitiser, KeepsRelativeAddressesOnlyWhereNobodyKnowsTheBase) {
  EXPECT_EQ(sanitise("<a href='x.html'>a</a>", ""), "<a href=\"x.html\">a</a>");
  EXPECT_EQ(sanitise("<a href='javascript:x'>a</a>", ""), "<a>a</a>");
}

TEST(Sanitiser, ShowsPicturesButNotPixels) {
  EXPECT_EQ(safe("<img src=a.png width=640px height=x alt='b \"c\"'>"),
            "<img src=\"https://site.example/dir/a.png\" width=\"640\" alt=\"b &quot;c&quot;\">");
  EXPECT_EQ(safe("<img src=a.png srcset='b.png 1x, c.png 2x'>"),
            "<img src=\"https://site.example/dir/a.png\" srcset=\"https://site.example/dir/b.png 1x, "
            "https://site.example/dir/c.png 2x\">");
  EXPECT_EQ(safe("a<img src=count.gif width=1 height=1>b"), "ab");
  EXPECT_EQ(safe("<audio autoplay src=a.mp3></audio>"),
            "<audio src=\"https://site.example/dir/a.mp3\" controls=\"\" preload=\"none\"></audio>");
}

TEST(Sanitiser, ComesToRest) {
  for (const char* restless :
       {"<a><table><td><a>x</a></td></table></a>", "<p><object><div>x</div></object></p>", "<pre>\n\n\nx</pre>",
        "<table><tr><td>a<table><td>b</table></table>", "<b><p>x</b>y</p>", "<h1><button><h2>x</h2></button></h1>",
        "<svg></p><style><a id=\"</style><img src=1 onerror=x>\">", "<li><ul><li>x</ul>", "\r\na&#13;b"}) {
    safe(restless);
  }
}

TEST(Sanitiser, BoundsDepth) {
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "<div>";
  EXPECT_LT(safe(deep + "x").size(), 10'000U);
  std::string formatting;
  for (int i = 0; i < 20'000; ++i) formatting += "<b><p>";
  EXPECT_LT(safe(formatting).size(), 2'000'000U);
  std::string attributes = "<p>a</p><p";
  for (int i = 0; i < 100'000; ++i) attributes += " a" + std::to_string(i);
  EXPECT_EQ(safe(attributes + ">b"), "<p>a</p>");
}

}  // namespace
}  // namespace skypod::reader
