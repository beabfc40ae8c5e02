#include "core/feed/html_text.hpp"

#include <gtest/gtest.h>

#include "base/utf8.hpp"
#include "core/feed/html_entities.hpp"

namespace skypod::feed {
namespace {

TEST(HtmlText, KeepsOnlyTheText) {
  EXPECT_EQ(plain_text("<p>One &amp; <b>tw</b>o</p><p>three&nbsp;four</p>", 500), "One & two three four");
  EXPECT_EQ(plain_text("a<br/>b<!-- c > d -->e", 500), "a b e");
  EXPECT_EQ(plain_text("a<script>if (1 < 2) alert('</b>')</script>b<STYLE>p {}</STYLE >c", 500), "a b c");
  EXPECT_EQ(plain_text("<a title=\"x > y\">z</a>", 500), "z");
  EXPECT_EQ(plain_text("1 < 2 and 3 > 2", 500), "1 < 2 and 3 > 2");
  EXPECT_EQ(plain_text("<script>never closed", 500), "");
  EXPECT_EQ(plain_text("", 500), "");
}

TEST(HtmlText, ShortensAtAWordAndCountsCodePoints) {
  EXPECT_EQ(plain_text("one two three", 9), "one two…");
  EXPECT_EQ(plain_text("one two three", 13), "one two three");
  EXPECT_EQ(plain_text("&lt;&lt;&lt;&lt;ab\u2026cd", 10), "<<<<ab\u2026cd");  // the first look ends within "…"
  EXPECT_EQ(plain_text("ééééééééé&gt;", 10), "ééééééééé>");                   // within "&gt;"
  const std::string cut = plain_text(std::string(600, 'x'), 500);
  EXPECT_EQ(cut, std::string(499, 'x') + "…");
  std::string accents;
  for (int i = 0; i < 600; ++i) accents += "é";
  EXPECT_TRUE(is_utf8(plain_text(accents, 500)));
  EXPECT_EQ(plain_text(accents, 500).size(), 499 * 2 + 3);
}

TEST(HtmlText, TitlesKeepTheMarkupTheySpeakOf) {
  EXPECT_EQ(title_text("The <dialog> element"), "The <dialog> element");
  EXPECT_EQ(title_text("An <em>important</em> title &#8211; &eacute;"), "An important title – é");
  EXPECT_EQ(title_text("AT&amp;T &unknown; 5 < 6 <b"), "AT&T &unknown; 5 < 6 <b");
}

TEST(HtmlText, HostileMarkupCostsOnePass) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "<a =\"><script><a ='><!--";
  EXPECT_EQ(plain_text(text, 500), "");
}

TEST(HtmlEntities, ReadsNamesAndNumbers) {
  EXPECT_EQ(entity_named("eacute"), char32_t{0xe9});
  EXPECT_EQ(entity_named("thetasym"), char32_t{0x3d1});
  EXPECT_FALSE(entity_named("lol9"));
  EXPECT_EQ(decode_references("&#233;&#xE9;&#XE9;&eacute;"), "éééé");
  EXPECT_EQ(decode_references("&#146;"), "’");  // windows-1252, as HTML has it
  EXPECT_EQ(decode_references("&amp;lt;"), "&lt;");
  EXPECT_EQ(decode_references("&#0;&#xD800;&#x110000;&#99999999999999999999;"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(decode_references("&;&#;&#x;& &"), "&;&#;&#x;& &");
}

TEST(HtmlOfText, KeepsLinesAndNothingElseOfTheText) {
  EXPECT_EQ(html_of_text(" 1 < 2 & \"3\" "), "1 &lt; 2 &amp; &quot;3&quot;");
  EXPECT_EQ(html_of_text("One\nTwo\r\nThree\rFour"), "One<br>Two<br>Three<br>Four");
  EXPECT_EQ(html_of_text("\nA\n\n \nB\n  C\r\n\r\nD\r\r"), "<p>A</p><p>B<br>C</p><p>D</p>");
  EXPECT_EQ(html_of_text("See https://s.example/?a&b <x>"), "See https://s.example/?a&amp;b &lt;x&gt;");
  EXPECT_EQ(html_of_text(" \n"), "");
}

}  // namespace
}  // namespace skypod::feed
