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

TEST(Metadata, TakesNoOtherStorysWordFromJsonLd) {
  const auto with = [](std::string_view head, std::string_view json) {
    return of("<title>Real title of the story - Site</title>" + std::string(head) +
              "<script type=application/ld+json>{\"@type\":\"Article\"," + std::string(json) +
              "}</script><h1>Real title of the story</h1>");
  };
  EXPECT_EQ(with("", R"("headline":"Wrong old headline of another one")").title, "Real title of the story");
  EXPECT_EQ(with("", R"("headline":"The real title of this story")").title, "The real title of this story");
  EXPECT_EQ(with("<meta name=date content=2024-05-01>", R"("datePublished":"0001-01-01T00:00:00")").published_time,
            "2024-05-01");
  EXPECT_EQ(with("<meta name=date content=soon>", R"("datePublished":"null")").published_time, "");
  EXPECT_EQ(with("<meta name=description content=undefined>", R"("description":"null")").excerpt, "");
}

TEST(Metadata, TakesNoAddressForAName) {
  EXPECT_EQ(of("<meta name=author content=https://facebook.example/ann>").byline, "");
  EXPECT_EQ(of("<meta name=author content=ann@site.example>").byline, "");
  EXPECT_EQ(of("<meta name=author content=www.site.example><meta name=parsely-author content=Ann>").byline, "Ann");
  EXPECT_EQ(of("<meta name=author content=@ann>").byline, "@ann");
}

TEST(Metadata, CutsTheSiteFromShortTitlesThatAHeadingHas) {
  EXPECT_EQ(title_without_site("Strip 42 - Site", {"Strip 42"}), "Strip 42");
  EXPECT_EQ(title_without_site("本当の題名 - サイト", {"本当の題名"}), "本当の題名");
  EXPECT_EQ(title_without_site("Site - A story of many words", {"Site"}), "A story of many words");
}

TEST(Metadata, ReadsLanguageAndDirection) {
  EXPECT_EQ(of("<html lang=de dir=rtl>").language, "de");
  EXPECT_EQ(of("<html lang=de dir=rtl>").direction, "rtl");
  EXPECT_EQ(of("<meta property=og:locale content=fr_FR>").language, "fr_FR");
}

}  // namespace
}  // namespace skypod::reader
