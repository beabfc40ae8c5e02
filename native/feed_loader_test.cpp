#include "native/feed_loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "native/test_server.hpp"

namespace skypod {
namespace {

using test::Server;

constexpr std::string_view rss =
    R"(<rss version="2.0"><channel><title>Show</title><link>/</link><item><title>One</title>
  <enclosure url="1.mp3" length="5" type="audio/mpeg"/></item></channel></rss>)";

std::string code_of(std::string_view document) {
  const auto json = parse_feed(document, "", "");
  return json ? "none" : json.error().code;
}

TEST(FeedLoader, FetchesParsesAndMarks) {
  Server server([](const std::string&, const Server::Send& send) {
    send(Server::answer("200 OK", "Content-Type: application/rss+xml; charset=utf-8\r\nETag: \"x\"\r\n", rss));
  });
  FetchOptions options;
  ASSERT_TRUE(options.allowed.add("127.0.0.1"));
  const auto json = fetch_feed(server.url("/feed"), options, 1072986501000);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["title"], "Show");
  EXPECT_EQ((*json)["feed_url"], server.url("/feed"));
  EXPECT_EQ((*json)["home_page_url"], server.url("/"));
  EXPECT_EQ((*json)["items"][0]["attachments"][0]["url"], server.url("/1.mp3"));
  EXPECT_EQ((*json)["_skypod"]["fetched_at"], "2004-01-01T19:48:21Z");
  EXPECT_EQ((*json)["_skypod"]["etag"], "\"x\"");
  EXPECT_EQ((*json)["_skypod"]["hash"].get<std::string>().size(), 64U);
}

TEST(FeedLoader, ReadsJsonAsWell) {
  const auto json =
      parse_feed(R"( {"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"1"}]})", "", "");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["title"], "J");
  EXPECT_EQ((*json)["_skypod"]["hash"], "66e5a711c5f401721973c317968a6a6704a13a1d974432508385c0ede262d1da");
}

std::string title_of(std::string_view document) {
  const auto json = parse_feed(document, "application/feed+json", "");
  return json ? json->value("title", "") : json.error().code;
}

TEST(FeedLoader, ReadsEveryValidJson) {
  const std::string head = R"({"version":"https://jsonfeed.org/version/1.1","items":[],"title":"J")";
  const std::string deep(100, '[');
  EXPECT_EQ(title_of(head + R"(,"_x":{"a":1,"a":2}})"), "J");
  EXPECT_EQ(title_of(head + ",\"_x\":" + deep + std::string(100, ']') + "}"), "J");
  EXPECT_EQ(title_of(head + R"(,"title":"\ud83d"})"), "\ufffd");
}

TEST(FeedLoader, ReadsJsonInUtf16) {
  const std::string text = R"({"version":"https://jsonfeed.org/version/1.1","items":[],"title":"J"})";
  std::string little;
  std::string big;
  for (const char octet : text) {
    little.append(1, octet).append(1, '\0');
    big.append(1, '\0').append(1, octet);
  }
  EXPECT_EQ(title_of("\xff\xfe" + little), "J");
  EXPECT_EQ(title_of("\xfe\xff" + big), "J");
  EXPECT_EQ(title_of(little), "J");
  EXPECT_EQ(title_of(big), "J");
}

TEST(FeedLoader, SaysWhatIsWrong) {
  EXPECT_EQ(code_of(""), "not_a_feed");
  EXPECT_EQ(code_of("<svg xmlns='http://www.w3.org/2000/svg'/>"), "not_a_feed");
  EXPECT_EQ(code_of("<!DOCTYPE html><html><p>x"), "web_page");
  EXPECT_EQ(code_of("{\"version\":"), "bad_json");
  EXPECT_EQ(code_of("{}"), "not_a_feed");
  const wire::Json error = parse_feed("", "", "").error().to_json();
  EXPECT_EQ(error["status"], 422);
  EXPECT_GT(error["message"].get<std::string>().size(), 20U);
}

TEST(FeedLoader, PassesTheHostsStatusOn) {
  FetchOptions options;
  ASSERT_TRUE(options.allowed.add("127.0.0.1"));
  const std::pair<const char*, std::pair<int, const char*>> cases[] = {{"404 Not Found", {404, "upstream_not_found"}},
                                                                       {"410 Gone", {404, "upstream_not_found"}},
                                                                       {"401 Unauthorized", {502, "upstream_login"}},
                                                                       {"500 Oops", {502, "upstream_status"}},
                                                                       {"304 Not Modified", {502, "upstream_status"}}};
  for (const auto& [status, expected] : cases) {
    Server server([&](const std::string&, const Server::Send& send) { send(Server::answer(status, "", "")); });
    const auto json = fetch_feed(server.url("/secret-feed"), options, 0);
    ASSERT_FALSE(json);
    EXPECT_EQ(json.error().status, expected.first) << status;
    EXPECT_EQ(json.error().code, expected.second) << status;
    EXPECT_EQ(json.error().message.find("secret"), std::string::npos);
  }
  const auto refused = fetch_feed("http://127.0.0.1:8080/", {}, 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "address_refused");
  EXPECT_EQ(refused.error().status, 403);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>()};
}

bool has(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

TEST(FeedLoader, ReadsRealFeeds) {
  const std::filesystem::path corpus = SKYPOD_SOURCE_DIR "/../shared/corpora/real-feeds";
  if (!std::filesystem::exists(corpus)) {
    GTEST_SKIP() << "the corpus of real feeds is not beside this checkout";
  }
  int run = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    if (entry.path().extension() == ".txt" || entry.path().extension() == ".tsv") continue;
    const std::string text = read_file(entry.path());
    const auto json = parse_feed(text, "", "https://feed.example/feed.xml");
    ASSERT_TRUE(json) << entry.path().filename() << " " << json.error().code;
    if (has(text, {"<title>", "\"title\""})) {
      EXPECT_NE((*json)["title"], "") << entry.path().filename();
    }
    if (has(text, {"<item>", "<item ", "<entry>", "<entry ", "\"id\""})) {
      EXPECT_FALSE((*json)["items"].empty()) << entry.path().filename();
    }
    const auto again = parse_feed(wire::to_json(*json), "application/feed+json", "https://feed.example/feed.xml");
    ASSERT_TRUE(again) << entry.path().filename();
    for (std::size_t i = 0; i < (*json)["items"].size(); ++i) {
      EXPECT_EQ((*again)["items"][i]["_skypod"], (*json)["items"][i]["_skypod"]) << entry.path().filename();
    }
    ++run;
  }
  EXPECT_GT(run, 50);
}

}  // namespace
}  // namespace skypod
