#include "reader/metadata.hpp"

#include <gtest/gtest.h>

#include "reader/html.hpp"

namespace skypod::reader {
namespace {

Metadata of(std::string_view html) {
  return read_metadata(*parse_page(html));
}

TEST(Metadata, CutsTheSiteFromTheTitle) {
  EXPECT_EQ(title_without_site("A story of many words | Site", {}), "A story of many words");
  EXPECT_EQ(title_without_site("Site | A story of many words", {}), "A story of many words");
  EXPECT_EQ(title_without_site("Site name: a story of many words", {}), "a story of many words");
  EXPECT_EQ(title_without_site("One: two", {"One: two"}), "One: two");
  EXPECT_EQ(title_without_site("Short - Site", {}), "Short - Site");  // too little would be left
  EXPECT_EQ(title_without_site("Well-known words stay as they are", {}), "Well-known words stay as they are");
}

TEST(Metadata, TakesTheDateThatStandsInTheText) {
  EXPECT_EQ(of("<time datetime=2020-01-01></time><time class='entry-date published' datetime=2020-01-02>"
               "</time><time class=published datetime=2020-01-03>")
                .published_time,
            "2020-01-02");
  EXPECT_EQ(of("<time class=published datetime=2020-01-02></time><span itemprop=datePublished datetime=2020-01-04>")
                .published_time,
            "2020-01-04");
  EXPECT_EQ(of("<time datetime=2020-01-01></time>").published_time, "");  // may be anything's
}

TEST(Metadata, PrefersTheMoreSpecificWord) {
  EXPECT_EQ(of("<title>a</title><meta name=title content=b><meta property=og:title content=c>").title, "c");
  EXPECT_EQ(of("<meta name=author content=a><meta property=dc:creator content=b>").byline, "b");
  EXPECT_EQ(of("<meta property=article:author content=https://x.example/ann>").byline, "");
  EXPECT_EQ(of("<meta name='dc.title og:x' content=d>").title, "d");
}

TEST(Metadata, ReadsJsonLdInAnyShape) {
  constexpr std::string_view open = "<script type=application/ld+json>";
  const auto with = [&](std::string_view json) { return of(std::string(open) + std::string(json) + "</script>"); };
  EXPECT_EQ(with(R"([{"@type":"WebSite"},{"@type":"Article","headline":"h"}])").title, "h");
  EXPECT_EQ(with(R"({"@graph":[{"@type":["NewsArticle"],"headline":"h","author":"Ann"}]})").byline, "Ann");
  EXPECT_EQ(with(R"(//<![CDATA[
{"@type":"BlogPosting","headline":"h"}//]]>)")
                .title,
            "h");
  EXPECT_EQ(with(R"({"@type":"Article","headline":7,"author":[[]]})").title, "");
  EXPECT_EQ(with(R"({"@type":"Article")").title, "");
}

TEST(Metadata, ReadsLanguageAndDirection) {
  EXPECT_EQ(of("<html lang=de dir=rtl>").language, "de");
  EXPECT_EQ(of("<html lang=de dir=rtl>").direction, "rtl");
  EXPECT_EQ(of("<meta property=og:locale content=fr_FR>").language, "fr_FR");
}

}  // namespace
}  // namespace skypod::reader
