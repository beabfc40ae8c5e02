#include "reader/article.hpp"

#include <gtest/gtest.h>

#include <string>

namespace skypod::reader {
namespace {

constexpr std::string_view prose =
    "<p>This is a paragraph of the article, with commas, and with enough words to be counted as one of its own.</p>";

std::string page_with(const std::string& head, const std::string& article) {
  return "<!doctype html><html lang=\"en-GB\"><head><title>The long story of a test - Site</title>" + head +
         "</head><body><nav class=menu><ul><li><a href=/a>Home</a></ul></nav>" + article +
         "<div class=sidebar><p>Sidebar text, that is long enough to count, but that is no article, is it "
         "now.</p></div>"
         "<footer><p>Footer, with commas, and more text than anyone would ever want to read in a footer.</p></footer>"
         "</body></html>";
}

std::string repeated(int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += prose;
  return out;
}

Article read(const std::string& html) {
  return read_article(html, "https://site.example/news/1");
}

TEST(Article, LeavesOutWhatIsAround) {
  const Article article = read(page_with("", "<div class=content><h1>The long story of a test</h1>" + repeated(8) +
                                                 "<p><img src=\"/p.png\"></p><form><input></form></div>"));
  EXPECT_EQ(article.title, "The long story of a test");
  EXPECT_EQ(article.language, "en-GB");
  EXPECT_EQ(article.text.find("Home"), std::string::npos);
  EXPECT_EQ(article.text.find("Sidebar"), std::string::npos);
  EXPECT_EQ(article.text.find("Footer"), std::string::npos);
  EXPECT_TRUE(article.text.starts_with("This is a paragraph"));
  EXPECT_NE(article.html.find("<img src=\"https://site.example/p.png\">"), std::string::npos);
  EXPECT_EQ(article.time.words, 168U);
  EXPECT_EQ(article.time.minutes, 1U);
  EXPECT_TRUE(article.excerpt.starts_with("This is a paragraph"));
}

TEST(Article, ReadsMetadata) {
  const Article article =
      read(page_with("<meta property=og:site_name content=\"The Site\"><meta name=description content=\"In &amp; out\">"
                     "<meta property=og:image content=/lead.png>"
                     "<script type=application/ld+json>{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\","
                     "\"headline\":\"A test\",\"author\":[{\"name\":\"Ann\"},{\"name\":\"Bo\"}],"
                     "\"datePublished\":\"2020-05-01T10:00:00+02:00\"}</script>",
                     "<article>" + repeated(8) + "</article>"));
  EXPECT_EQ(article.title, "A test");
  EXPECT_EQ(article.byline, "Ann, Bo");
  EXPECT_EQ(article.site_name, "The Site");
  EXPECT_EQ(article.excerpt, "In & out");
  EXPECT_EQ(article.image, "https://site.example/lead.png");
  EXPECT_EQ(article.published_time, "2020-05-01T08:00:00Z");
}

TEST(Article, FindsABylineInThePage) {
  const Article article = read(page_with("", "<article><p class=byline>By Cy Young</p>" + repeated(8) + "</article>"));
  EXPECT_EQ(article.byline, "By Cy Young");
  EXPECT_EQ(article.text.find("Cy Young"), std::string::npos);
}

TEST(Article, DropsFurniture) {
  const Article article =
      read(page_with("", "<article>" + repeated(4) + "<p><a href=/x>READ MORE: another story of the day</a></p>" +
                             repeated(4) + "<figure><img src=a.png><figcaption>A caption</figcaption></figure>" +
                             "<h3>Related</h3><ul><li><a href=/1>One story</a><li><a href=/2>Two</a></ul></article>"));
  EXPECT_EQ(article.text.find("READ MORE"), std::string::npos);
  EXPECT_EQ(article.text.find("Two"), std::string::npos);
  EXPECT_EQ(article.text.find("caption"), std::string::npos);
  EXPECT_NE(article.html.find("A caption"), std::string::npos);
}

std::string text_with(const std::string& before, const std::string& part, int after) {
  return read(page_with("", "<article>" + before + repeated(6) + part + repeated(after) + "</article>")).text;
}

TEST(Article, KeepsWhatTheTextAnnounces) {
  const std::string links = "<li><a href=https://a.example/>Tool one</a><li><a href=https://b.example/>Tool two</a>";
  EXPECT_NE(text_with("", "<p>The code is here:</p><p><a href=/x>github.example/x</a></p>", 2).find("github"),
            std::string::npos);
  EXPECT_NE(text_with("", "<p>We used these tools:</p><ul>" + links + "</ul>", 2).find("Tool two"), std::string::npos);
  for (const char* heading : {"Sources", "Further reading:", "Quellen", "Références", "参考文献"}) {
    EXPECT_NE(text_with("", "<h2>" + std::string(heading) + "</h2><ul>" + links + "</ul>", 0).find("Tool two"),
              std::string::npos)
        << heading;
  }
  const std::string parts = "<ol><li><a href=/1>Part 1: the river</a><li><a href=/2>Part 2: the sea</a></ol>";
  EXPECT_NE(text_with("", parts, 2).find("the sea"), std::string::npos);
  EXPECT_EQ(text_with("", "<p>You may also like:</p><ul>" + links + "</ul>", 2).find("Tool two"), std::string::npos);
}

TEST(Article, KeepsHeadingsAndSentencesThatAreLinks) {
  std::string roundup;
  for (const char* name : {"Ada", "Bea", "Cyd"}) {
    roundup += "<h3><a href=/" + std::string(name) + ">The news of " + name + "</a></h3><p>A short comment.</p>";
  }
  const std::string text = text_with("", roundup, 0);
  for (const char* name : {"Ada", "Bea", "Cyd"}) EXPECT_NE(text.find(name), std::string::npos) << name;
  EXPECT_NE(text_with("", "<p><a href=/r>Download the full report of the commission.</a></p>", 2).find("Download"),
            std::string::npos);
  EXPECT_NE(text_with("", "<h2>Highlights</h2>", 2).find("Highlights"), std::string::npos);
}

TEST(Article, KeepsFactsAtItsEnds) {
  for (const char* line :
       {"<p><strong>Rating: 4/5</strong></p>", "<p>Doors open 19:30, 14 May 2024</p>",
        "<p><a href=mailto:ann@site.example>ann@site.example</a></p>", "<p>Copyright reform failed in 2019.</p>"}) {
    EXPECT_FALSE(text_with("", line, 0).ends_with("of its own.")) << line;
  }
  EXPECT_TRUE(text_with("<p>PARIS, May 1, 2024</p>", "", 0).starts_with("PARIS"));
  EXPECT_TRUE(text_with("<p>Updated: 1 May 2024, 10:30 GMT</p>", "", 0).starts_with("This is"));
  EXPECT_TRUE(text_with("", "<p>Copyright 2024 Site</p>", 0).ends_with("of its own."));
  const std::string refrain = "<p>And the river ran to the sea.</p>";
  const std::string sung = text_with("", refrain + refrain, 2);
  EXPECT_NE(sung.find("the sea.\n\nAnd the river"), std::string::npos);
}

/// Two articles of one list: that of the page's title, and one whose text says so.
std::string two_articles(const std::string& heading, int paragraphs) {
  const std::string other =
      "<article><h3>Read on</h3>" + repeated(5) + "<p>Another, with commas, and ends …</p></article>";
  return page_with("",
                   "<div><article><h1>" + heading + "</h1>" + repeated(paragraphs) + "</article>" + other + "</div>");
}

TEST(Article, IsTheOneThatHasThePagesTitle) {
  const Article article = read(two_articles("The long story of a test", 6));
  EXPECT_TRUE(article.text.starts_with("This is a paragraph"));
  EXPECT_EQ(article.text.find("Another"), std::string::npos);
}

TEST(Article, MayBeInSeveralPartsWhereThatOneIsShort) {
  EXPECT_NE(read(two_articles("The long story of a test", 2)).text.find("Another"), std::string::npos);
  EXPECT_NE(read(two_articles("Of something else", 6)).text.find("Another"), std::string::npos);
}

TEST(Article, KnowsItsTitleInOtherPunctuation) {
  for (const char* heading : {"«The long story of a test»", "“The long story of a test”", "The long story of a test…",
                              "The long—story—of a test", "「The long story of a test」"}) {
    EXPECT_TRUE(read(two_articles(heading, 6)).text.starts_with("This is a paragraph")) << heading;
  }
}

TEST(Article, TriesAgainWithFewerSuspicions) {
  const Article article = read("<html><body><div class=comment>" + repeated(6) + "</div></body></html>");
  EXPECT_TRUE(article.text.starts_with("This is a paragraph"));
}

TEST(Article, TurnsLineBreaksIntoParagraphs) {
  const Article article = read(
      "<html><body><div>First line of the text, that goes on, and on.<br><br>"
      "Second line of the text, that goes on, and on.<br> <br>Third, and last, of them all."
      "</div></body></html>");
  EXPECT_EQ(article.text,
            "First line of the text, that goes on, and on.\n\nSecond line of the text, that goes on, and on.\n\n"
            "Third, and last, of them all.");
}

std::string short_page(const std::string& content) {
  return "<html><head><title>Strip 42</title></head><body><header><nav><ul><li><a href=/>Home</a></ul></nav></header>" +
         content + "<footer><p>Copyright 2024 The Site. <a href=/privacy>Privacy</a></p></footer></body></html>";
}

std::string repeated_with_number(const std::string& before, const std::string& after) {
  std::string out;
  for (int i = 0; i < 40; ++i) out += before + std::to_string(i) + after;
  return out;
}

TEST(Article, IsNotTheFooterWhereItsOwnLinesAreShort) {
  const std::string lines = repeated_with_number("<p>Line ", " is short.</p>");
  const std::string list = "<ul>" + repeated_with_number("<li><a href=/>Link ", " of the week</a>") + "</ul>";
  for (const std::string& page :
       {short_page("<article><h1>Strip 42</h1>" + lines + "</article>"),
        short_page("<main><h1>Strip 42</h1>" + list + "</main>"),
        short_page("<div id=comic><h1>Strip 42</h1><img src=/strip.png alt=Line></div>"),
        short_page("<div role=main><h1>Strip 42</h1>" + lines + "</div>"), short_page("<div>" + lines + "</div>")}) {
    const Article article = read(page);
    EXPECT_EQ(article.html.find("Copyright"), std::string::npos) << page;
    EXPECT_EQ(article.html.find("Home"), std::string::npos) << page;
    EXPECT_NE(article.html.find("Li"), std::string::npos) << page;
  }
}

TEST(Article, KeepsWordsApartAtLineBreaks) {
  const Article article =
      read("<html><head></head><body><p>First line<br>second line, which goes on, and on.</p></body>");
  EXPECT_EQ(article.excerpt, "First line second line, which goes on, and on.");
}

TEST(Article, LinksToVideosOfKnownHosts) {
  const auto html_of = [](const std::string& embed) {
    return read(page_with("", "<article>" + repeated(4) + embed + repeated(2) + "</article>")).html;
  };
  for (const char* embed :
       {"<iframe src='https://www.youtube.com/embed/a-1?rel=0'></iframe>",
        "<div class=frame><div><iframe data-src=//youtube-nocookie.com/embed/a-1></iframe></div></div>",
        "<lite-youtube videoid=a-1></lite-youtube>", "<p><amp-youtube data-videoid=a-1></amp-youtube></p>"}) {
    EXPECT_NE(html_of(embed).find("<a href=\"https://www.youtube.com/watch?v=a-1\">Video on youtube.com</a>"),
              std::string::npos)
        << embed;
  }
  EXPECT_NE(html_of("<iframe src=https://player.vimeo.com/video/12></iframe>").find("https://vimeo.com/12"),
            std::string::npos);
  EXPECT_EQ(html_of("<iframe src=https://evil.example/youtube.com/embed/a></iframe>").find("Video on"),
            std::string::npos);
}

TEST(Article, KeepsFormulasAsText) {
  const auto text = [](const std::string& formula) {
    return text_with("", "<p>Let " + formula + " be what this sentence, which is long enough, is about.</p>", 1);
  };
  const std::string symbols = "<mi>x</mi><mo>=</mo><mn>1</mn>";
  const std::string katex = "<span class=katex><span class=katex-mathml><math><semantics><mrow>" + symbols +
                            "</mrow><annotation encoding=application/x-tex>x=1</annotation></semantics></math></span>"
                            "<span class=katex-html aria-hidden=true>x=1</span></span>";
  EXPECT_NE(text("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>").find("Let 1/2 be"), std::string::npos);
  for (const std::string& formula :
       {"<math>" + symbols + "</math>", std::string("<math alttext='x=1'></math>"), katex}) {
    EXPECT_NE(text(formula).find("Let x=1 be"), std::string::npos) << formula;
  }
}

TEST(Article, EndsWhereRepliesBegin) {
  std::string replies;
  for (int i = 0; i < 30; ++i)
    replies += "<div class=reply><b>user</b><p>Replying" + std::string(prose.substr(3)) + "</div>";
  const auto page = [&](int paragraphs) {
    return page_with("", "<div class=post><h1>The long story of a test</h1><div>" + repeated(paragraphs) +
                             "</div></div><section class=discussion><h2>Replies</h2>" + replies + "</section>");
  };
  EXPECT_TRUE(read(page(6)).text.starts_with("This is"));
  EXPECT_EQ(read(page(6)).text.find("Replying"), std::string::npos);
  EXPECT_NE(read(page(1)).text.find("Replying"), std::string::npos);  // a thread
}

TEST(Article, LeavesOutWhatAsksForMoney) {
  const std::string demand =
      "<h3>Subscribe to continue reading</h3><p>Already a subscriber? <a href=/l>Log in</a></p>"
      "<p>Get unlimited access for a week, and cancel any time, as you like it.</p>";
  EXPECT_EQ(text_with("", "<div class=paywall>" + demand + "</div>", 0).find("unlimited"), std::string::npos);
  const std::string two =
      "<p>" + std::string(600, 'a') + " text, and more.</p><p>" + std::string(600, 'b') + " text.</p>";
  const Article teaser = read(page_with("", "<article>" + two + "<div class=paywall>" + demand + "</div></article>"));
  EXPECT_EQ(teaser.text.find("unlimited"), std::string::npos);
  EXPECT_NE(text_with("", "<div class=paywall><h3>Subscribe</h3>" + repeated(8) + "</div>", 0).find("Subscribe"),
            std::string::npos);
}

TEST(Article, LeavesOutTheNumbersOfLines) {
  const std::string listing =
      "<table><tr><td><div><pre>1\n2\n3\n</pre></div></td><td><pre>first()\n\nlast()\n</pre></td></tr></table>";
  const std::string html = read(page_with("", "<article>" + repeated(6) + listing + repeated(1) + "</article>")).html;
  EXPECT_NE(html.find("<pre>first()"), std::string::npos);
  EXPECT_EQ(html.find("<pre>1"), std::string::npos);
}

TEST(Article, SurvivesAnyPage) {
  for (const char* odd : {"", "<", "<html><head></head></html>", "<frameset><frame src=x></frameset>", "<body hidden>x",
                          "<table><script></table>", "<base href='javascript:x'><p>x"}) {
    const Article article = read(odd);
    EXPECT_LT(article.text.size(), 10U) << odd;
  }
}

TEST(Article, PrintsEveryMember) {
  const wire::Json json = to_json(read(""));
  for (const char* member : {"title", "byline", "excerpt", "siteName", "lang", "publishedTime", "html", "text", "words",
                             "minutes", "leadImage", "dir"}) {
    EXPECT_TRUE(json.contains(member)) << member;
  }
  EXPECT_TRUE(json["title"].is_null());
  EXPECT_EQ(json["html"], "");
}

TEST(Article, IsPutTogetherFromPartsOfOneShape) {
  std::string parts;
  for (const char* word : {"first", "second", "third"}) {
    parts += "<div class=row><div class=cell><div class=box><div class=inner><p>This " + std::string(word) +
             " part begins, and has a beginning.</p>" + repeated(word == std::string_view("second") ? 20 : 4) +
             "</div></div></div><div class=rail>Rail</div></div><div class=ad>Buy it</div>";
  }
  parts += "<div class=row><ul><li><a href=/1>Another story of the site</a></li></ul></div>";
  const Article article = read(page_with("", "<div class=chunks>" + parts + "</div>"));
  EXPECT_NE(article.text.find("This first part"), std::string::npos);
  EXPECT_NE(article.text.find("This second part"), std::string::npos);
  EXPECT_NE(article.text.find("This third part"), std::string::npos);
  EXPECT_EQ(article.text.find("Buy it"), std::string::npos);
  EXPECT_EQ(article.text.find("Another story"), std::string::npos);
}

TEST(Article, ShowsWhatAPageStreamsIntoItsPlaceLater) {
  const Article article = read(
      page_with("", "<main><p>Loading</p></main><div hidden id=\"S:1a\"><article>" + repeated(8) +
                        "</article></div><div hidden id=dialog><p>Are you sure, really, that you want it?</p></div>"));
  EXPECT_TRUE(article.text.starts_with("This is a paragraph"));
  EXPECT_EQ(article.text.find("Are you sure"), std::string::npos);
}

TEST(Article, TakesTheAuthorOutOfABylineWithADate) {
  const auto byline = [](const std::string& inner) {
    return read(page_with("", "<article><p class=byline>" + inner + "</p>" + repeated(8) + "</article>")).byline;
  };
  EXPECT_EQ(byline("By <a href=/author/ann-lee>Ann Lee</a> <a href=/feed>rss</a> May 2, 2016, 10:20 am"), "Ann Lee");
  EXPECT_EQ(byline("By <a rel=author href=/ann>Ann Lee</a>, Staff"), "By Ann Lee, Staff");
  EXPECT_EQ(byline("2016: <a href=/author/a>Ann</a> and <a href=/author/b>Bo</a>"), "2016: Ann and Bo");
}

}  // namespace
}  // namespace skypod::reader
