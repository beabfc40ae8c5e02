#include "server/proxy/cache.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include "native/gzip.hpp"
#include "native/test_server.hpp"
#include "native/test_slow_server.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
using test::Server;
using Answers = std::vector<Result<CacheAnswer, ServiceError>>;

class CacheTest : public ::testing::Test {
 protected:
  CacheTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "skypod-cache-XXXXXX";
    directory = mkdtemp(pattern.data());
    EXPECT_TRUE(fetching.allowed.add("127.0.0.0/8"));
  }

  ~CacheTest() override {
    pool->join();
    std::filesystem::remove_all(directory);
  }

  /// Opens the cache, again if it is open: what it still writes, it writes first.
  void open() {
    pool->join();
    cache.reset();
    fetcher.emplace(fetching);
    pool.emplace(4);
    cache.emplace(std::move(*Shelf::open(directory / "cache")), options, *fetcher, *pool);
  }

  /// All of these at once.
  Answers get(std::vector<CacheRequest> requests) {
    if (!cache) open();
    Answers answers(requests.size(), unexpected(ServiceError{}));
    const auto work = asio::make_work_guard(io);
    std::size_t left = requests.size();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      asio::co_spawn(io, cache->get(std::move(requests[i])), [&, i](const std::exception_ptr&, auto got) {
        answers[i] = std::move(got);
        if (--left == 0) io.stop();
      });
    }
    io.restart();
    io.run();
    return answers;
  }
  CacheAnswer get(const std::string& path, HttpFields fields = {}) {
    auto answers = get({CacheRequest{.url = origin.url(path), .fields = std::move(fields)}});
    EXPECT_TRUE(answers[0]) << answers[0].error().code;
    return answers[0].value_or(CacheAnswer{});
  }
  static std::string text(const CacheAnswer& answer) { return answer.body ? *answer.body : "nothing"; }

  std::string answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\n", "0123456789");
  std::string asked;
  Server origin{[this](const std::string& head, const Server::Send& send) {
    asked = head;
    send(answer);
  }};
  std::filesystem::path directory;
  FetchOptions fetching;
  CacheOptions options;
  std::optional<asio::thread_pool> pool{4};
  asio::io_context io{1};
  std::optional<Fetcher> fetcher;
  std::optional<Cache> cache;
};

TEST_F(CacheTest, AThousandClientsAreOneRequest) {
  const Answers answers = get(std::vector<CacheRequest>(1'000, {.url = origin.url("/feed"), .fields = {}}));
  for (const auto& one : answers) EXPECT_EQ(text(one.value()), "0123456789");
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(CacheTest, SoTheyAreForWhatIsNeverFresh) {
  answer = Server::answer("200 OK", "Cache-Control: no-cache\r\nETag: \"a\"\r\n", "x");
  get(std::vector<CacheRequest>(100, {.url = origin.url("/feed"), .fields = {}}));
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(CacheTest, SoTheyAreWhereTheOriginDoesNotAnswer) {
  Server origin([](const std::string&, const Server::Send&) {});
  for (const auto& answer : get(std::vector(1'000, CacheRequest{.url = origin.url("/"), .fields = {}}))) {
    EXPECT_EQ(answer ? "" : answer.error().code, "bad_answer");
  }
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(CacheTest, ButNothingPrivateIsShared) {
  answer = Server::answer("200 OK", "Cache-Control: private\r\n", "secret");
  get(std::vector<CacheRequest>(5, {.url = origin.url("/"), .fields = {}}));
  EXPECT_EQ(origin.accepted(), 5);
  EXPECT_EQ(cache->answers(), 0U);
}

TEST_F(CacheTest, ValidatesByTagAndServesWhatIsConfirmed) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=0\r\nETag: \"a\"\r\nX: 1\r\n", "body");
  get("/");
  answer = "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nX: 2\r\nCache-Control: max-age=100\r\n\r\n";
  const CacheAnswer again = get("/");
  EXPECT_NE(asked.find("If-None-Match: \"a\""), std::string::npos);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(text(again), "body");
  EXPECT_EQ(field(again.fields, "X"), "2");
  get("/");
  EXPECT_EQ(origin.accepted(), 2);
}

TEST_F(CacheTest, KeepsWhatVaryTellsApart) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\nVary: Foo\r\n", "one");
  get("/", {{"Foo", "1"}});
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\nVary: Foo\r\n", "two");
  EXPECT_EQ(text(get("/", {{"Foo", "2"}})), "two");
  EXPECT_EQ(text(get("/", {{"Foo", "1"}})), "one");
  EXPECT_EQ(origin.accepted(), 2);
}

TEST_F(CacheTest, ServesPartsOfWhatItHas) {
  get("/");
  const auto part = [this](const std::string& range) { return get("/", {{"Range", range}}); };
  EXPECT_EQ(text(part("bytes=2-4")), "234");
  EXPECT_EQ(field(part("bytes=2-4").fields, "Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(part("bytes=2-4").status, 206);
  EXPECT_EQ(text(part("bytes=7-")), "789");
  EXPECT_EQ(text(part("bytes=7-18446744073709551615")), "789");
  EXPECT_EQ(text(part("bytes=-3")), "789");
  EXPECT_EQ(text(part("bytes=-30")), "0123456789");
  EXPECT_EQ(text(part("bytes=5-500")), "56789");
  for (const char* none : {"bytes=10-", "bytes=-0", "bytes=99-100"}) {
    EXPECT_EQ(part(none).status, 416) << none;
    EXPECT_EQ(field(part(none).fields, "Content-Range"), "bytes */10");
  }
  for (const char* ignored : {"bytes=4-2", "bytes=1-2,4-5", "lines=1-2", "bytes=x-"}) {
    EXPECT_EQ(part(ignored).status, 200) << ignored;
  }
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(CacheTest, ServesStaleWhileItRenews) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=0, stale-while-revalidate=1000\r\n", "old");
  get("/");
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\n", "new");
  const CacheAnswer stale = get("/");
  EXPECT_EQ(text(stale), "old");
  EXPECT_TRUE(stale.is_stale);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::string later = "old";
  while (later == "old" && std::chrono::steady_clock::now() < deadline) later = text(get("/"));
  EXPECT_EQ(later, "new");
  EXPECT_EQ(origin.accepted(), 2);
}

TEST_F(CacheTest, ServesStaleIfTheOriginFails) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=0, stale-if-error=1000\r\n", "old");
  get("/");
  answer = Server::answer("503 Busy", "", "");
  EXPECT_EQ(text(get("/")), "old");
  answer = "";
  EXPECT_TRUE(get("/").is_stale);
}

TEST_F(CacheTest, OnlyIfCachedAsksNobody) {
  const Answers none = get({CacheRequest{.url = origin.url("/"), .fields = {{"Cache-Control", "only-if-cached"}}}});
  EXPECT_EQ(none[0].error().status, 504);
  get("/");
  EXPECT_EQ(text(get("/", {{"Cache-Control", "only-if-cached"}})), "0123456789");
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(CacheTest, StoresABodyOnceHoweverManyHaveIt) {
  for (int i = 0; i < 5; ++i) get("/" + std::to_string(i));
  EXPECT_EQ(cache->answers(), 5U);
  EXPECT_EQ(cache->disk_octets(), 10U);
}

TEST_F(CacheTest, EvictsWhatWasUsedLeastRecently) {
  options.disk_octets_max = 25;
  for (const char* path : {"/a", "/b"}) {
    answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\n", std::string(8, 'x') + path);
    get(path);
  }
  get("/a");
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\n", std::string(8, 'x') + "/c");
  get("/c");
  EXPECT_LE(cache->disk_octets(), 25U);
  EXPECT_EQ(cache->counts().evicted, 1U);
  const int before = origin.accepted();
  get("/a");
  EXPECT_EQ(origin.accepted(), before);
  get("/b");
  EXPECT_EQ(origin.accepted(), before + 1);
}

TEST_F(CacheTest, IsPoliteToAHost) {
  options.fetches_per_host_max = 2;
  std::vector<CacheRequest> requests;
  for (int i = 0; i < 20; ++i) requests.push_back({.url = origin.url("/" + std::to_string(i)), .fields = {}});
  for (const auto& one : get(std::move(requests))) EXPECT_TRUE(one);
  options.waiting_max = 0;
  options.fetches_per_host_max = 1;
  open();
  int refused = 0;
  const Answers answers = get({{.url = origin.url("/x"), .fields = {}}, {.url = origin.url("/y"), .fields = {}}});
  for (const auto& one : answers) refused += !one && one.error().code == "busy" ? 1 : 0;
  EXPECT_EQ(refused, 1);
}

TEST_F(CacheTest, OneMemberDoesNotTakeAllFetches) {
  options.fetches_per_member_max = 2;
  options.requests_per_member_max = 4;
  fetching.total_timeout = std::chrono::milliseconds(500);
  test::SlowServer slow;
  open();
  std::map<std::string, int> codes;
  std::size_t most = 0;
  int left = 0;
  const auto ask = [&](const std::string& url, const std::string& member) {
    ++left;
    asio::co_spawn(io, cache->get({.url = url, .member = member, .fields = {}}),
                   [&](const std::exception_ptr&, auto got) {
                     ++codes[got ? "ok" : got.error().code];
                     --left;
                   });
  };
  for (int i = 0; i < 6; ++i) ask(slow.url(i), "greedy");
  const auto work = asio::make_work_guard(io);
  while (left > 0 && io.run_one() > 0) {
    most = std::max(most, cache->fetches());
    if (codes["too_many_fetches"] == 2 && codes["ok"] == 0 && left == 4) ask(origin.url("/"), "modest");
  }
  EXPECT_EQ(codes["too_many_fetches"], 2);
  EXPECT_EQ(codes["timed_out"], 4);
  EXPECT_EQ(codes["ok"], 1);
  EXPECT_EQ(most, 3U);  // two for one, one for the other
  EXPECT_EQ(cache->counts().refused, 2U);
  ask(origin.url("/"), "greedy");  // has its share again
  while (left > 0 && io.run_one() > 0) {
  }
  EXPECT_EQ(codes["ok"], 2);
}

TEST_F(CacheTest, EarlierVersionsMakeRoomFirst) {
  options.disk_octets_max = 25;
  for (const char* body : {"version--1", "version--2"}) {
    answer = Server::answer("200 OK", "ETag: \"a\"\r\n", body);
    const CacheAnswer got = get("/feed");
    EXPECT_FALSE(got.hash.empty());
    cache->keep_version("feed", {.hash = got.hash, .octets = 10, .type = "", .url = "", .meaning = got.hash});
  }
  EXPECT_EQ(cache->disk_octets(), 20U);
  EXPECT_EQ(cache->versions("feed").size(), 2U);
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\n", "0123456789");
  get("/other");
  EXPECT_EQ(cache->counts().evicted, 0U);
  EXPECT_EQ(cache->versions("feed").size(), 1U);
  EXPECT_EQ(cache->disk_octets(), 20U);
  open();
  EXPECT_EQ(cache->versions("feed").size(), 1U);
}

TEST_F(CacheTest, OnlyWhatIsStoredBecomesAVersion) {
  get("/");
  cache->keep_version("feed", {.hash = "0123", .octets = 4, .type = "", .url = "", .meaning = ""});
  EXPECT_TRUE(cache->versions("feed").empty());
}

TEST_F(CacheTest, AnAnswerThatIsCutShortIsNotKept) {
  answer = "HTTP/1.1 200 OK\r\nCache-Control: max-age=1000\r\nContent-Length: 100\r\n\r\nshort";
  const Answers cut = get({CacheRequest{.url = origin.url("/"), .fields = {}}});
  EXPECT_FALSE(cut[0]);
  EXPECT_EQ(cache->answers(), 0U);
}

TEST_F(CacheTest, NorIsOneWhosePackingIsCutShort) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i);
  const std::string packed = *gzip_if_worth(text);
  const std::string fields = "Cache-Control: max-age=1000\r\nContent-Encoding: gzip\r\n";
  answer = Server::answer("200 OK", fields, packed.substr(0, packed.size() / 2));
  EXPECT_FALSE(get({CacheRequest{.url = origin.url("/"), .fields = {}}})[0]);
  EXPECT_EQ(cache->answers(), 0U);
  answer = Server::answer("200 OK", fields, packed);
  EXPECT_TRUE(this->text(get("/")) == text);
}

TEST_F(CacheTest, WhatIsUnpackedHasNoLongerTheTagOfThePackedOctets) {
  answer = Server::answer("200 OK", "ETag: \"a\"\r\nContent-MD5: x\r\nContent-Encoding: gzip\r\n",
                          *gzip_if_worth(std::string(5'000, 'x')));
  const CacheAnswer got = get("/");
  EXPECT_EQ(field(got.fields, "ETag"), "W/\"a\"");
  EXPECT_EQ(field(got.fields, "Content-MD5"), std::nullopt);
  answer = Server::answer("200 OK", "ETag: \"b\"\r\n", "plain");
  EXPECT_EQ(field(get("/other").fields, "ETag"), "\"b\"");
}

TEST_F(CacheTest, WhoTakesNoPackingGetsNone) {
  const std::string packed = *gzip_if_worth(std::string(5'000, 'x'));
  answer = Server::answer("200 OK", "Cache-Control: max-age=1000\r\nContent-Encoding: gzip\r\n", packed);
  EXPECT_EQ(text(get("/", {{"Accept-Encoding", "gzip"}})), packed);
  EXPECT_EQ(text(get("/")), std::string(5'000, 'x'));
  EXPECT_EQ(text(get("/", {{"Accept-Encoding", "gzip"}})), std::string(5'000, 'x')) << "the later one, which all take";
  EXPECT_EQ(origin.accepted(), 2);
}

TEST_F(CacheTest, A304AboutSomethingElseIsNotBelieved) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=0\r\nETag: \"a-gzip\"\r\n", "one");
  get("/");
  std::vector<std::string> conditions;
  Server other([&](const std::string& head, const Server::Send& send) {
    conditions.push_back(head.contains("If-None-Match") ? "conditional" : "plain");
    const std::string fields = "Cache-Control: max-age=0\r\nETag: \"a\"\r\n";
    send(head.contains("If-None-Match") ? "HTTP/1.1 304 Not Modified\r\nETag: \"b\"\r\n\r\n"
                                        : Server::answer("200 OK", fields, "two"));
  });
  const CacheRequest request{.url = other.url("/"), .fields = {}};
  get({request});
  const Answers again = get({request});
  ASSERT_TRUE(again[0]);
  EXPECT_EQ(again[0]->status, 200);
  EXPECT_EQ(text(*again[0]), "two");
  EXPECT_EQ(conditions, (std::vector<std::string>{"plain", "conditional", "plain"}));
}

TEST_F(CacheTest, A304MayForbidWhatWasAllowed) {
  answer = Server::answer("200 OK", "Cache-Control: max-age=0\r\nETag: \"a\"\r\n", "body");
  get("/");
  for (const char* forbids : {"private", "no-store"}) {
    answer =
        std::string("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: max-age=600, ") + forbids + "\r\n\r\n";
    EXPECT_EQ(text(get("/")), "body");
    EXPECT_EQ(cache->answers(), 0U) << forbids;
    answer = Server::answer("200 OK", "Cache-Control: max-age=0\r\nETag: \"a\"\r\n", "body");
    get("/");
  }
  EXPECT_EQ(origin.accepted(), 5);
}

TEST_F(CacheTest, CookiesAndTrailersAreNoPartOfWhatIsStored) {
  answer =
      "HTTP/1.1 200 OK\r\nSet-Cookie: secret=1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\nx\r\n0\r\nCache-Control: max-age=86400\r\nETag: \"t\"\r\n\r\n";
  const CacheAnswer got = get("/");
  EXPECT_EQ(text(got), "x");
  for (const char* name : {"Set-Cookie", "Cache-Control", "ETag"}) EXPECT_EQ(field(got.fields, name), std::nullopt);
  get("/");
  EXPECT_EQ(origin.accepted(), 2) << "the trailer must not make it fresh";
}

TEST_F(CacheTest, AHeadOfWhatIsNotStoredSaysTheLengthThatTheOriginSays) {
  answer = "HTTP/1.1 200 OK\r\nContent-Length: 174\r\n\r\n";
  const auto head = [this] {
    return get({CacheRequest{.url = origin.url("/head"), .is_head = true, .fields = {}}})[0].value().octets;
  };
  EXPECT_EQ(head(), 174U);
  answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(head(), std::nullopt);
}

TEST_F(CacheTest, TwoLengthsAreNoAnswer) {
  answer = "HTTP/1.1 200 OK\r\nCache-Control: max-age=100\r\nContent-Length: 10\r\nContent-Length: 5\r\n\r\n0123456789";
  const Answers got = get({CacheRequest{.url = origin.url("/"), .fields = {}}});
  ASSERT_FALSE(got[0]);
  EXPECT_EQ(got[0].error().code, "bad_answer");
}

}  // namespace
}  // namespace skypod::server
