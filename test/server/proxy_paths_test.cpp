// What the running server makes of documents of the web: articles, feeds found, thumbnails.
#include <fstream>
#include <map>

#include "base/percent.hpp"
#include "native/test_server.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

constexpr const char* article =
    "<html lang=en><head><title>On Rain</title><meta name=author content='Ann Lee'>"
    "<meta property='og:site_name' content='Weather'><meta property='og:image' content='/rain.jpg'></head><body>"
    "<nav><a href=/a>Home</a></nav><article><h1>On Rain</h1>"
    "<p>Rain fell for days, and nobody in the town could say when it would end, or whether it would end at all.</p>"
    "<p>It was, they said, the kind of rain that gets into walls, and books, and the bones of those who wait.</p>"
    "<p>Then one morning it stopped, as if somebody had closed a door on it, and the streets began to steam.</p>"
    "<script>alert(1)</script></article></body></html>";
constexpr const char* rss =
    "<rss version=\"2.0\"><channel><title>News</title><item><title>One</title></item></channel></rss>";

class ProxyPathsTest : public RunningServer {
 protected:
  ProxyPathsTest() {
    put("/page", "text/html", article);
    put("/feed", "application/rss+xml; charset=utf-8", rss);
    put("/site", "text/html", "<link rel=alternate type=application/rss+xml href=/feed title=All>");
    put("/picture", "image/jpeg", fixture("plain.jpg"));
    put("/clear", "image/png", fixture("half-clear.png"));
    put("/svg", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    put("/paper", "application/pdf", "%PDF-1.7");
  }

  static std::string fixture(const std::string& name) {
    std::ifstream file(std::string(SKYPOD_SOURCE_DIR "/server/pictures/fixtures/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void put(const std::string& path, const std::string& type, const std::string& body) {
    answers[path] = Server::answer("200 OK", "Cache-Control: max-age=100\r\nContent-Type: " + type + "\r\n", body);
  }
  void SetUp() override { start({"--allow-fetch", "127.0.0.0/8", "--open-proxy"}); }
  HttpAnswer ask(const std::string& what, const std::string& path, const std::string& more = "",
                 const std::string& headers = "") const {
    return get(port(), "/api/" + what + "?url=" + percent_encode(origin.url(path)) + more, headers);
  }

  std::map<std::string, std::string> answers;
  std::vector<std::string> heads;
  Server origin{[this](const std::string& head, const Server::Send& send) {
    heads.push_back(head);
    const std::size_t begin = head.find(' ') + 1;
    const auto found = answers.find(head.substr(begin, head.find(' ', begin) - begin));
    send(found == answers.end() ? Server::answer("404 Not Found", "", "") : found->second);
  }};
};

TEST_F(ProxyPathsTest, ReadsArticles) {
  const HttpAnswer got = ask("article", "/page");
  ASSERT_EQ(got.status, 200) << got.body;
  const wire::Json json = got.json();
  EXPECT_EQ(json["title"], "On Rain");
  EXPECT_EQ(json["byline"], "Ann Lee");
  EXPECT_EQ(json["siteName"], "Weather");
  EXPECT_EQ(json["lang"], "en");
  EXPECT_EQ(json["leadImage"], origin.url("/rain.jpg"));
  EXPECT_EQ(json["url"], origin.url("/page"));
  EXPECT_EQ(json["minutes"], 1);
  EXPECT_TRUE(json["html"].get<std::string>().contains("<p>Rain fell"));
  EXPECT_FALSE(json["html"].get<std::string>().contains("script"));
  EXPECT_FALSE(json.contains("text"));
  EXPECT_TRUE(ask("article", "/page", "&text=1").json()["text"].get<std::string>().contains("Rain fell"));
  EXPECT_EQ(ask("article", "/page", "", "If-None-Match: " + got.headers.at("etag") + "\r\n").status, 304);
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(ProxyPathsTest, SaysWhatIsNoArticle) {
  EXPECT_EQ(ask("article", "/paper").json()["code"], "not_a_page");
  EXPECT_EQ(ask("article", "/gone").status, 404);
  EXPECT_EQ(get(port(), "/api/article").json()["code"], "bad_request");
  EXPECT_EQ(get(port(), "/api/article?url=ftp://a/").json()["code"], "scheme_refused");
}

TEST_F(ProxyPathsTest, FindsTheFeedsOfAPage) {
  const wire::Json found = ask("discover", "/site").json()["feeds"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], (wire::Json{{"url", origin.url("/feed")}, {"title", "All"}, {"type", "application/rss+xml"}}));
}

TEST_F(ProxyPathsTest, AFeedIsItsOwn) {
  const wire::Json found = ask("discover", "/feed").json()["feeds"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], (wire::Json{{"url", origin.url("/feed")}, {"title", "News"}, {"type", "application/rss+xml"}}));
}

TEST_F(ProxyPathsTest, LooksWhereFeedsUsuallyAre) {
  const wire::Json found = ask("discover", "/page").json()["feeds"];  // names none, but there is /feed
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["url"], origin.url("/feed"));
  answers.erase("/feed");
  put("/bare", "text/html", "<p>Nothing here.");
  EXPECT_EQ(get(port(), "/api/discover?url=" + percent_encode(origin.url("/bare"))).status, 200);
}

TEST_F(ProxyPathsTest, ASiteWithoutASchemeMaySpeakPlainHttp) {
  const std::string typed = "127.0.0.1:" + std::to_string(origin.port()) + "/site";
  const HttpAnswer got = get(port(), "/api/discover?url=" + typed);
  ASSERT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.json()["feeds"][0]["url"], origin.url("/feed"));
  EXPECT_EQ(get(port(), "/api/discover?url=no%20site").json()["code"], "bad_url");
}

TEST_F(ProxyPathsTest, MakesPicturesSmall) {
  const HttpAnswer jpeg = ask("image", "/picture", "&w=64");
  EXPECT_EQ(jpeg.headers.at("content-type"), "image/jpeg");
  EXPECT_EQ(jpeg.headers.at("vary"), "Accept");
  EXPECT_TRUE(jpeg.body.starts_with("\xff\xd8"));
  const HttpAnswer webp = ask("image", "/clear", "&w=128", "Accept: image/avif,image/webp,*/*\r\n");
  EXPECT_EQ(webp.headers.at("content-type"), "image/webp");
  EXPECT_TRUE(webp.body.starts_with("RIFF"));
  EXPECT_EQ(ask("image", "/picture", "&w=64", "If-None-Match: " + jpeg.headers.at("etag") + "\r\n").status, 304);
  EXPECT_EQ(origin.accepted(), 2);
}

TEST_F(ProxyPathsTest, MakesThumbnailsOfPicturesOnly) {
  for (const char* width : {"", "&w=63", "&w=064", "&w=4096", "&w=-64", "&w=x"}) {
    EXPECT_EQ(ask("image", "/picture", width).json()["code"], "bad_width") << width;
  }
  EXPECT_EQ(ask("image", "/svg", "&w=64").json()["code"], "not_a_picture");
  EXPECT_EQ(ask("image", "/page", "&w=64").json()["code"], "not_a_picture");
  EXPECT_EQ(ask("image", "/gone", "&w=64").status, 404);
}

TEST_F(ProxyPathsTest, PassesMediaOn) {
  put("/sound", "audio/mpeg", std::string(3'000'000, 'm'));
  const HttpAnswer whole = ask("media", "/sound");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.headers.at("content-type"), "audio/mpeg");
  EXPECT_EQ(whole.headers.at("content-length"), "3000000");
  EXPECT_EQ(whole.headers.at("content-security-policy"), "default-src 'none'; sandbox");
  EXPECT_TRUE(whole.body == std::string(3'000'000, 'm'));
  EXPECT_EQ(ask("media", "/sound").status, 200);
  EXPECT_EQ(origin.accepted(), 2);  // nothing is kept
}

TEST_F(ProxyPathsTest, PassesRangesOfMediaOn) {
  answers["/part"] = Server::answer(
      "206 Partial Content",
      "Content-Type: audio/mpeg\r\nContent-Range: bytes 2-4/10\r\nETag: \"a\"\r\nSet-Cookie: a=b\r\n", "234");
  answers["/none"] = Server::answer("416 No", "Content-Range: bytes */10\r\n", "");
  const HttpAnswer part = ask("media", "/part", "", "Range: bytes=2-4\r\nIf-Range: \"a\"\r\nCookie: a=b\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.headers.at("content-range"), "bytes 2-4/10");
  EXPECT_EQ(part.headers.at("etag"), "\"a\"");
  EXPECT_FALSE(part.headers.contains("set-cookie"));
  EXPECT_TRUE(heads.back().contains("Range: bytes=2-4"));
  EXPECT_TRUE(heads.back().contains("If-Range: \"a\""));
  EXPECT_FALSE(heads.back().contains("Cookie"));
  const HttpAnswer none = ask("media", "/none", "", "Range: bytes=20-\r\n");
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.headers.at("content-range"), "bytes */10");
}

TEST_F(ProxyPathsTest, NoFieldOfMediaLeadsIntoAnotherLine) {
  answers["/sound"] =
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Type: audio/mpeg\rX-A: 1\r\n"
      "Last-Modified: x\rClear-Site-Data: \"*\"\r\nETag: \"a\"\r\n Set-Cookie: a=b\r\n\r\nm";
  const HttpAnswer got = ask("media", "/sound");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.at("last-modified"), "x Clear-Site-Data: \"*\"");
  for (const auto& [name, value] : got.headers) {
    EXPECT_FALSE(value.contains('\r') || name == "clear-site-data" || name == "set-cookie" || name == "x-a") << name;
  }
}

TEST_F(ProxyPathsTest, FollowsMediaAndItsUnknownLength) {
  answers["/moved"] = Server::answer("302 Found", "Location: /stream\r\n", "");
  answers["/stream"] = "HTTP/1.1 200 OK\r\nContent-Type: audio/ogg\r\nConnection: close\r\n\r\nstream";
  const HttpAnswer got = ask("media", "/moved");
  EXPECT_EQ(got.headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(got.body, "6\r\nstream\r\n0\r\n\r\n");
}

TEST_F(ProxyPathsTest, SaysWhatIsNoMedia) {
  EXPECT_EQ(ask("media", "/page").json()["code"], "not_media");
  EXPECT_EQ(ask("media", "/gone").status, 404);
  answers["/loop"] = Server::answer("302 Found", "Location: /loop\r\n", "");
  EXPECT_EQ(ask("media", "/loop").json()["code"], "too_many_redirects");
  answers["/file"] = Server::answer("302 Found", "Location: file:///etc/passwd\r\n", "");
  EXPECT_EQ(ask("media", "/file").json()["code"], "scheme_refused");
  EXPECT_EQ(ask("feed", "/file").json()["code"], "scheme_refused");
  EXPECT_EQ(get(port(), "/api/media?url=http://10.0.0.1/").json()["code"], "address_refused");
}

TEST_F(ProxyPathsTest, MediaThatBreaksOffIsSeenToHaveBroken) {
  answers["/broken"] = "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 10\r\n\r\nhalf";
  const HttpAnswer got = ask("media", "/broken");
  EXPECT_EQ(got.headers.at("content-length"), "10");
  EXPECT_EQ(got.body, "half");
}

}  // namespace
}  // namespace skypod::test
