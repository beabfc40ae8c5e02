#include "reader/html_guard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "reader/html.hpp"

namespace skypod::reader {
namespace {

TEST(HtmlGuard, LeavesOutWhatNoReaderNeeds) {
  EXPECT_EQ(guarded("<!doctype html><p>a<!-- <p> -->b<?php x ?>c</ x>d"), "<!doctype html><p>abcd");
  EXPECT_EQ(guarded("<script>if (a<b) x('<p>')</script ><style>p>a{}</style>"), "<script></script ><style></style>");
  EXPECT_EQ(guarded("<IFRAME src=x><p></p></Iframe>x<noframes><p></noframes>"),
            "<IFRAME src=x></Iframe>x<noframes></noframes>");
  EXPECT_EQ(guarded("<script>a</scripts></script>b"), "<script></script>b");
}

TEST(HtmlGuard, KnowsWhereACommentEnds) {
  EXPECT_EQ(guarded("<!-->a<!--->b<!-- --!>c<!---->d<!-- -- > -->e<!x>f<!-- "), "abcdef");
  EXPECT_EQ(guarded("<![CDATA[x>y]]>"), "y]]>");
}

TEST(HtmlGuard, KnowsWhereAScriptEnds) {
  EXPECT_EQ(guarded("<script><!-- w('<script>a</script>b'); --></script>c"), "<script></script>c");
  EXPECT_EQ(guarded("<script><!--> <script>a</script>b"), "<script></script>b");
  EXPECT_EQ(guarded("<script><!-- a</script>b"), "<script></script>b");
  EXPECT_EQ(guarded("<script>a"), "<script>");
}

TEST(HtmlGuard, KeepsTextWithoutItsTags) {
  EXPECT_EQ(guarded("<title>a <b> &amp; c</title><p>"), "<title>a &lt;b> &amp; c</title><p>");
  EXPECT_EQ(guarded("<textarea></title></textarea>"), "<textarea>&lt;/title></textarea>");
  EXPECT_EQ(guarded("<script type='application/LD+JSON'>{\"a\":\"<b>\"}</script>"),
            "<script type='application/LD+JSON'>{\"a\":\"\\u003cb>\"}</script>");
  EXPECT_EQ(guarded("<svg><title/><path d=a /></svg><title/>a<b></title>"),
            "<svg><path d=a /></svg><title/>a&lt;b></title>");
}

TEST(HtmlGuard, FollowsAttributesToTheEndOfATag) {
  for (const char* tag : {"<a b='>' c=\">\">", "<a =\">", "<a b=\"x\"=\">", "<a b=/\"x>", "<a b = '>'>", "<a b=c\">"}) {
    EXPECT_EQ(guarded(std::string(tag) + "<!--x-->y"), std::string(tag) + "y") << tag;
  }
}

TEST(HtmlGuard, CutsWhatIsTooDeep) {
  std::string deep;
  for (std::size_t i = 0; i < html_depth_max; ++i) deep += "<div>";
  EXPECT_EQ(guarded(deep + "<p>a"), deep + "<p>a");
  EXPECT_EQ(guarded(deep + "<div>a"), deep);
  EXPECT_EQ(guarded(deep + "</div><div>a"), deep + "</div><div>a");
}

TEST(HtmlGuard, CutsWhatHasTooManyAttributes) {
  std::string tag = "<a";
  for (std::size_t i = 0; i < html_attributes_max; ++i) tag += " b" + std::to_string(i);
  EXPECT_EQ(guarded("x" + tag + ">y"), "x" + tag + ">y");
  EXPECT_EQ(guarded("x" + tag + "/c>y"), "x");
}

std::size_t depth_of(const Document& document) {
  std::size_t most = 0;
  std::size_t depth = 0;
  for (const Node* node = document.root(); node != nullptr;) {
    most = std::max(most, depth);
    if (node->first != nullptr) {
      node = node->first;
      ++depth;
      continue;
    }
    for (; node != document.root() && node->next == nullptr; --depth) node = node->parent;
    node = node == document.root() ? nullptr : node->next;
  }
  return most;
}

TEST(HtmlGuard, IsNotMisledAboutWhatTheParserReads) {
  std::string deep;
  for (int i = 0; i < 3'000; ++i) deep += "<div>";
  for (const char* blind : {
           "<!-- --!>",
           "<!x <script>>",
           "</x <script>>",
           "<svg><![CDATA[<script>]]></svg>",
           "<svg><![CDATA[ > <!-- ]]></svg>",
           "<svg><![CDATA[ > <a b=\" ]]></svg>",
           "<svg><style>",
           "<svg><title> <a b=\"</title><z y=\" >",
           "<svg><p><title/><a b=\"</title>",
           "<svg><script type=json> <a b=\"</script><z y=\" >",
           "<a =\">",
           "<a b=\"x\"=\">",
           "<a b=/\"x>",
           "</a x=\"<script>\">",
       }) {
    EXPECT_LE(depth_of(*parse_page(blind + deep)), html_depth_max + 10) << blind;
    EXPECT_LE(depth_of(*parse_fragment(blind + deep)), html_depth_max + 10) << blind;
  }
}

}  // namespace
}  // namespace skypod::reader
