#include "native/xml_events.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "native/charset.hpp"
#include "native/xml_repair.hpp"

namespace skypod {
namespace {

std::string rss(std::string_view item) {
  return "<rss version='2.0'><channel><title>T</title><item>" + std::string(item) + "</item></channel></rss>";
}

feed::Item item_of(std::string_view document, std::string_view charset = "") {
  const auto feed = read_xml_feed(document, charset, "https://f.example/");
  EXPECT_TRUE(feed) << document.substr(0, 200);
  EXPECT_TRUE(feed && feed->items.size() == 1) << document.substr(0, 200);
  return feed && !feed->items.empty() ? feed->items[0] : feed::Item();
}

TEST(XmlEvents, ReadsWellFormedFeeds) {
  const auto item = item_of("\xef\xbb\xbf \n<?xml version='1.0' encoding='utf-8'?>" +
                            rss("<title>A &amp; B</title><link>https://f.example/?a=1&amp;b=2</link>"
                                "<enclosure url='https://f.example/1.mp3?x=1&amp;y=2' type='audio/mpeg' length='5'/>"
                                "<description><![CDATA[<p>x &nbsp; y</p>]]></description>"));
  EXPECT_EQ(item.title, "A & B");
  EXPECT_EQ(item.url, "https://f.example/?a=1&b=2");
  EXPECT_EQ(item.attachments[0].url, "https://f.example/1.mp3?x=1&y=2");
  EXPECT_EQ(item.content_html, "<p>x &nbsp; y</p>");
  EXPECT_EQ(item.summary, "x y");
}

TEST(XmlEvents, KeepsTextAroundErrors) {
  EXPECT_EQ(item_of(rss("<title>AT & T &eacute;&nbsp;&amp; 1 < 2</title>")).title, "AT & T é & 1 < 2");
  EXPECT_EQ(item_of(rss("<link>https://f.example/?a=1&b=2&copy=3</link>")).url, "https://f.example/?a=1&b=2&copy=3");
  EXPECT_EQ(item_of(rss("<title>a\x01\x0b"
                        "b</title>"))
                .title,
            "ab");
  EXPECT_EQ(item_of(rss("<title>a</title><guid>1</guid><title>b")).guid, "1");
  EXPECT_EQ(item_of("<br />\n<b>Warning</b>: junk" + rss("<title>x</title>")).title, "x");
}

TEST(XmlEvents, KnowsPrefixesNobodyDeclared) {
  const auto item =
      item_of(rss("<title>x</title><itunes:duration>1:00</itunes:duration><enclosure url='http://a/b'/>"
                  "<content:encoded>&lt;b&gt;c&lt;/b&gt;</content:encoded>"));
  EXPECT_EQ(item.content_html, "<b>c</b>");
  EXPECT_EQ(item.attachments[0].duration_seconds, 60U);
}

TEST(XmlEvents, ReadsATruncatedDocument) {
  const std::string whole = rss("<guid>1</guid><title>one</title><description>text and more</description>");
  for (std::size_t size = whole.find("</title><desc") + 9; size < whole.size(); ++size) {
    EXPECT_EQ(item_of(std::string_view(whole).substr(0, size)).title, "one") << size;
  }
}

TEST(XmlEvents, ReadsEncodingsRightOrWronglyDeclared) {
  const auto titled = [](std::string_view declared, std::string_view title) {
    return "<?xml version='1.0' encoding='" + std::string(declared) + "'?>" +
           rss("<title>" + std::string(title) + "</title>");
  };
  EXPECT_EQ(item_of(titled("iso-8859-1", "caf\xe9 \x93x\x94")).title, "café “x”");
  EXPECT_EQ(item_of(titled("windows-1251", "\xcf\xf0\xe8")).title, "При");
  EXPECT_EQ(item_of(titled("utf-8", "caf\xe9 é")).title, "café é");
  EXPECT_EQ(item_of(titled("iso-8859-1", "é")).title, "é");
  EXPECT_EQ(item_of(titled("nonsense//TRANSLIT", "caf\xe9")).title, "café");
  EXPECT_EQ(item_of(titled("utf-8", "\xcf\xf0\xe8"), "windows-1251").title, "При");
  EXPECT_EQ(item_of(titled("shift_jis", "\x83\x65\x83\x58\x83\x67")).title, "テスト");
  EXPECT_EQ(item_of(titled("iso-2022-jp", "\x1b$B%F%9%H\x1b(B")).title, "テスト");
  std::string wide = "\xff\xfe";
  for (const char octet : titled("utf-16", "wide")) wide += {octet, '\0'};
  EXPECT_EQ(item_of(wide).title, "wide");
  EXPECT_EQ(item_of(wide.substr(2)).title, "wide");
}

TEST(Charset, KnowsTheLabelsOfTheStandard) {
  for (const char* label : {"sjis", "MS_Kanji", "csshiftjis", "ms932"}) EXPECT_EQ(to_utf8("\x82\xa0", label), "あ");
  for (const char* label : {"latin2", "iso_8859-2", "l2"}) EXPECT_EQ(to_utf8("\xb1", label), "ą");
  for (const char* label : {"x-cp1251", "win-1251"}) EXPECT_EQ(to_utf8("\xcf", label), "П");
  for (const char* label : {"koi8", "koi8_r"}) EXPECT_EQ(to_utf8("\xf0", label), "П");
  for (const char* label : {"x-gbk", "cp936", "chinese"}) EXPECT_EQ(to_utf8("\xc4\xe3", label), "你");
  for (const char* label : {"windows-949", "cp949", "ksc5601"}) EXPECT_EQ(to_utf8("\xb0\xa1", label), "가");
  for (const char* label : {"iso-8859-11", "tis620"}) EXPECT_EQ(to_utf8("\xa1", label), "ก");
  EXPECT_EQ(to_utf8("\x80", "x-mac-cyrillic"), "А");
  EXPECT_EQ(to_utf8("\xe0", "iso-8859-8-i"), "א");
}

TEST(Charset, ReadsTheJapaneseCharactersOfVendors) {
  for (const char* label : {"euc-jp", "x-euc-jp"}) EXPECT_EQ(to_utf8("\xad\xa1\xa4\xa2", label), "①あ");
  EXPECT_EQ(to_utf8("a\x1b$B-!$\"\x1b(I1\x1b(Bb\x1b$B$\"\nc", "iso-2022-jp"), "a①あｱbあ\nc");
}

TEST(Charset, ReadsContentTypes) {
  EXPECT_EQ(charset_of("text/xml; charset=\"UTF-8\"; x=y"), "UTF-8");
  EXPECT_EQ(charset_of("text/xml;Charset=koi8-r"), "koi8-r");
  EXPECT_EQ(charset_of("text/xml"), "");
  EXPECT_EQ(charset_of("charset="), "");
  EXPECT_EQ(charset_of("charset=\""), "");
}

TEST(XmlEvents, NeverExpandsEntities) {
  const std::string laughs = R"(<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol">
      <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
      <!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p; ]>)";
  EXPECT_EQ(item_of(laughs + rss("<title>&c;&x;</title>")).title, "&c;&x;");
  const std::string declared = R"(<!DOCTYPE rss SYSTEM "file:///etc/passwd">)" + rss("<title>&eacute;</title>");
  EXPECT_EQ(item_of(declared).title, "é");
}

TEST(XmlEvents, QuadraticBlowupStaysSmall) {
  std::string bomb = "<!DOCTYPE rss [<!ENTITY a \"" + std::string(1'000'000, 'a') + "\">]>";
  std::string references;
  for (int i = 0; i < 100'000; ++i) references += "&a;";
  bomb += rss("<description>" + references + "</description>");
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  EXPECT_EQ(item_of(bomb).content_html, references);
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 50 * 1024);
}

TEST(XmlEvents, SaysWhyThereIsNoFeed) {
  const auto error = [](std::string_view text) { return read_xml_feed(text, "", "").error(); };
  EXPECT_EQ(error(""), feed::FeedError::not_a_feed);
  EXPECT_EQ(error("just text"), feed::FeedError::not_a_feed);
  EXPECT_EQ(error("<!DOCTYPE html><html><body><p>x"), feed::FeedError::not_a_feed);
  std::string deep = "<rss>";
  for (int i = 0; i < 100'000; ++i) deep += "<x>";
  EXPECT_EQ(error(deep), feed::FeedError::too_deep);
}

TEST(XmlRepair, BalancesTags) {
  EXPECT_EQ(repair_xml("<a><b>x</a>"), "<a><b>x</b></a>");
  EXPECT_EQ(repair_xml("<a></b>x</a>"), "<a>x</a>");
  EXPECT_EQ(repair_xml("<a><b><c></b></c></a>"), "<a><b><c></c></b></a>");
  EXPECT_EQ(repair_xml("<a/><b/>"), "<a></a>");
  EXPECT_EQ(repair_xml("<a x=1 y='2' z x=3 / >t"), "<a x=\"1\" y=\"2\" z=\"\"></a>");
  EXPECT_EQ(repair_xml("<a href=http://x/y>t</a>"), "<a href=\"http://x/y\">t</a>");
  EXPECT_EQ(repair_xml("<a><b>x"), "<a><b>x");
  EXPECT_EQ(repair_xml("<a <b>t</b></a>"), "<a><b>t</b></a>");
  EXPECT_EQ(repair_xml("<a><![CDATA[<&amp;]]]>]]></a>"), "<a>&lt;&amp;amp;]]]&gt;</a>");
  EXPECT_EQ(repair_xml("<a><!-- x --><?y z?>1<2<3 <!x></a>"), "<a>1&lt;2&lt;3 </a>");
  EXPECT_EQ(repair_xml("<!DOCTYPE a [<!ENTITY x '>]'>]><a/>"), "<a></a>");
}

TEST(XmlRepair, HostileInputCostsOnePass) {
  for (const std::string_view piece : {"<!", "<!--", "<?", "<![CDATA[", "<a b='", "</x>", "<a ", "&#", "<!\"'["}) {
    std::string text = "<r>";
    while (text.size() < 4'000'000) text += piece;
    EXPECT_LE(repair_xml(text).size(), text.size() * 6) << piece;
  }
}

}  // namespace
}  // namespace skypod
