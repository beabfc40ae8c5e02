#include "server/feeds/feeds.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>

#include "native/digest.hpp"
#include "native/test_server.hpp"
#include "server/target.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
using test::Server;
using Answer = Result<wire::Json, ServiceError>;

constexpr auto patience = std::chrono::seconds(20);

std::string rss(const std::string& titles, const std::string& more = "") {
  std::string items;
  for (const char title : titles) {
    items += "<item><guid>" + std::string(1, title) + "</guid><title>" + title + "</title></item>";
  }
  return "<rss version=\"2.0\"><channel><title>F</title>" + more + items + "</channel></rss>";
}

class FeedsTest : public ::testing::Test {
 protected:
  FeedsTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "skypod-feeds-XXXXXX";
    directory = mkdtemp(pattern.data());
    EXPECT_TRUE(fetching.allowed.add("127.0.0.0/8"));
    options.schedule = {.least_ms = 10, .first_ms = 20, .most_ms = 3'600'000, .asked_ms = 86'400'000};
    serve(rss("a"));
  }

  ~FeedsTest() override {
    pool->join();
    std::filesystem::remove_all(directory);
  }

  /// Opens them, again if they are open: what they still write, they write first.
  void open() {
    until([&] { return !feeds || feeds->looks_under_way() == 0; });
    pool->join();
    feeds.reset();
    cache.reset();
    fetcher.emplace(fetching);
    pool.emplace(4);
    cache.emplace(std::move(*Shelf::open(directory / "cache")), keeping, *fetcher, *pool);
    feeds.emplace(*cache, *fetcher, *pool, std::move(*FeedStore::open(directory / "feeds.sqlite")), options);
  }

  /// What the origin says from now on.
  void serve(const std::string& body, const std::string& fields = "ETag: \"x\"\r\n",
             const std::string& status = "200 OK") {
    const std::lock_guard lock(mutex);
    answer = Server::answer(status, "Content-Type: application/rss+xml\r\n" + fields, body);
  }

  /// From now on it says nothing at all.
  void hang_up() {
    const std::lock_guard lock(mutex);
    answer.clear();
  }

  /// Runs what there is to do until this holds.
  template <class Holds>
  void until(Holds holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto work = asio::make_work_guard(io);
    io.restart();
    while (!holds() && std::chrono::steady_clock::now() < deadline) io.run_one_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(holds());
  }

  Answer wait_for(asio::awaitable<Feeds::Answer> task) {
    std::optional<Feeds::Answer> got;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr&, Feeds::Answer one) { got = std::move(one); });
    until([&] { return got.has_value(); });
    if (!got || !*got) return unexpected(got ? got->error() : ServiceError{});
    auto json = wire::parse_json(*(*got)->json);
    EXPECT_TRUE(json);
    EXPECT_EQ((*json)["_skypod"]["hash"], (*got)->hash);
    EXPECT_EQ((*json)["_skypod"].contains("problem"), (*got)->has_problem);
    return std::move(*json);
  }
  Answer ask() {
    if (!feeds) open();
    return wait_for(feeds->get(url(), "member"));
  }
  std::string url() const { return origin.url("/feed"); }

  /// Titles of the items, one letter each.
  static std::string titles(const Answer& answer) {
    if (!answer) return answer.error().code;
    std::string all;
    for (const auto& item : (*answer)["items"]) all += item["title"].get<std::string>();
    return all;
  }
  /// Lets it look as often as this again.
  void watch(std::uint64_t looks) {
    feeds->start(io.get_executor());
    const std::uint64_t so_far = feeds->counts().looks;
    until([&] { return feeds->counts().looks >= so_far + looks; });
  }

  std::mutex mutex;
  std::string answer;  // guarded by mutex
  std::string asked;   // guarded by mutex
  Server origin{[this](const std::string& head, const Server::Send& send) {
    std::unique_lock lock(mutex);
    asked = head;
    const std::string now = answer;
    lock.unlock();
    send(now);
  }};
  std::filesystem::path directory;
  FetchOptions fetching;
  CacheOptions keeping;
  FeedsOptions options;
  std::optional<asio::thread_pool> pool{4};
  asio::io_context io{1};
  std::optional<Fetcher> fetcher;
  std::optional<Cache> cache;
  std::optional<Feeds> feeds;
};

/// A thousand who want the feed at once: what they get.
class ACrowd : public FeedsTest {
 protected:
  std::vector<Feeds::Answer> ask_together() {
    if (!feeds) open();
    std::vector<Feeds::Answer> got;
    for (int i = 0; i < 1'000; ++i) {
      asio::co_spawn(io, feeds->get(url(), ""),
                     [&](const std::exception_ptr&, Feeds::Answer one) { got.push_back(std::move(one)); });
    }
    until([&] { return got.size() == 1'000; });
    return got;
  }
};

TEST_F(ACrowd, IsAnsweredByOneFetchOneReadingAndOneWriting) {
  serve(rss("a"), "Cache-Control: max-age=3600\r\n");
  const auto got = ask_together();
  EXPECT_EQ(origin.accepted(), 1);
  EXPECT_EQ(feeds->counts().reads, 1U);
  for (const Feeds::Answer& one : got) {
    ASSERT_TRUE(one);
    EXPECT_EQ(one->json, got[0]->json);
    EXPECT_EQ(one->packed, got[0]->packed);
  }
  ask_together();
  EXPECT_EQ(feeds->counts().reads, 1U);
}

TEST_F(ACrowd, IsToldOnceWhatIsWrong) {
  serve("no feed at all", "Cache-Control: max-age=3600\r\n");
  for (const Feeds::Answer& one : ask_together()) EXPECT_EQ(one ? "" : one.error().code, "not_a_feed");
  EXPECT_EQ(feeds->counts().reads, 1U);
}

TEST_F(ACrowd, GetsTheLastVersionReadOnceWhenTheOriginIsOut) {
  for (const char* fields : {"Cache-Control: must-revalidate\r\n", "Cache-Control: max-age=0\r\n"}) {
    serve(rss("a"), fields);
    ask();
    open();
    const int before = origin.accepted();
    hang_up();
    for (const Feeds::Answer& one : ask_together()) {
      ASSERT_TRUE(one);
      EXPECT_TRUE(one->has_problem);
    }
    EXPECT_EQ(feeds->counts().reads, 1U);
    EXPECT_EQ(origin.accepted(), before + 1);
  }
}

TEST_F(ACrowd, DoesNotShareWhatMayBeForOneAlone) {
  serve(rss("a"), "Cache-Control: private\r\n");
  open();
  std::size_t got = 0;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(io, feeds->get(url(), ""), [&](const std::exception_ptr&, const Feeds::Answer&) { ++got; });
  }
  until([&] { return got == 3; });
  EXPECT_EQ(feeds->counts().reads, 3U);
}

TEST_F(FeedsTest, LooksAgainAtWhatWasAskedFor) {
  EXPECT_EQ(titles(ask()), "a");
  EXPECT_EQ(origin.accepted(), 1);
  serve(rss("ba"));
  feeds->start(io.get_executor());
  until([&] { return feeds->counts().changes == 2; });
  EXPECT_GE(origin.accepted(), 2);
  EXPECT_EQ(cache->versions(url()).size(), 2U);
}

TEST_F(FeedsTest, ButNotAtWhatNobodyAskedForLately) {
  options.schedule.asked_ms = 0;
  EXPECT_EQ(titles(ask()), "a");
  EXPECT_EQ(feeds->size(), 0U);
}

TEST_F(FeedsTest, NorMoreOftenThanTheFeedWants) {
  serve(rss("a", "<ttl>60</ttl>"));
  ask();
  feeds->start(io.get_executor());
  Server other([](const std::string&, const Server::Send& send) {
    send(Server::answer("200 OK", "ETag: \"y\"\r\nContent-Type: application/rss+xml\r\n", rss("z")));
  });
  EXPECT_EQ(titles(wait_for(feeds->get(other.url("/"), ""))), "z");
  until([&] { return other.accepted() >= 3; });
  EXPECT_EQ(feeds->size(), 2U);
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(FeedsTest, NorAtWhatMayNotBeStored) {
  serve(rss("a"), "Cache-Control: private\r\n");
  EXPECT_EQ(titles(ask()), "a");
  EXPECT_EQ(feeds->size(), 0U);
  EXPECT_TRUE(cache->versions(url()).empty());
}

TEST_F(FeedsTest, StopsAtWhatIsGone) {
  ask();
  EXPECT_EQ(feeds->size(), 1U);
  serve("", "", "410 Gone");
  feeds->start(io.get_executor());
  until([&] { return feeds->size() == 0; });
  EXPECT_EQ(feeds->counts().looks, 1U);
  EXPECT_EQ(titles(ask()), "upstream_not_found");
}

TEST_F(FeedsTest, BacksOffWhenItsOriginSaysSo) {
  ask();
  serve("", "Retry-After: 3600\r\n", "503 Unavailable");
  watch(1);
  until([&] { return feeds->counts().failures == 1; });
  EXPECT_EQ(origin.accepted(), 2);
  options.schedule.first_ms = 1;
  open();  // and remembers it
  feeds->start(io.get_executor());
  EXPECT_EQ(titles(ask()), "a");
  EXPECT_EQ(feeds->counts().looks, 0U);
}

TEST_F(FeedsTest, ServesTheLastGoodCopyMarkedStale) {
  ask();
  serve("<!doctype html><title>This domain is for sale</title>", "ETag: \"y\"\r\n");
  const Answer parked = ask();
  EXPECT_EQ(titles(parked), "a");
  EXPECT_EQ((*parked)["_skypod"]["stale"], true);
  EXPECT_NE((*parked)["_skypod"]["problem"].get<std::string>().find("web page"), std::string::npos);
  serve("", "", "500 Broken");
  EXPECT_EQ(titles(ask()), "a");
  serve("", "", "404 Not Found");  // its publisher means it
  EXPECT_EQ(titles(ask()), "upstream_not_found");
  serve(rss("b"), "ETag: \"z\"\r\n");
  const Answer back = ask();
  EXPECT_EQ(titles(back), "b");
  EXPECT_FALSE((*back)["_skypod"].contains("stale"));
}

constexpr const char* an_hour = "Cache-Control: max-age=3600\r\nETag: \"x\"\r\n";

TEST_F(FeedsTest, ReadsWhatIsStoredOnce) {
  serve(rss("a"), an_hour);
  const Answer first = ask();
  EXPECT_EQ(*ask(), *first);
  EXPECT_EQ(*ask(), *first);
  EXPECT_EQ(feeds->counts().reads, 1U);
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(FeedsTest, AndAgainWhenItHasChanged) {
  const std::string at_once = "Cache-Control: max-age=0\r\nETag: ";
  serve(rss("a"), at_once + "\"1\"\r\n");
  ask();
  serve(rss("b"), at_once + "\"2\"\r\n");
  const Answer second = ask();
  EXPECT_EQ(titles(second), "b");
  EXPECT_EQ((*second)["_skypod"]["etag"], "\"2\"");
  serve(rss("b"), at_once + "\"3\"\r\n");  // the same octets
  EXPECT_EQ((*ask())["_skypod"]["etag"], "\"3\"");
  serve("", "", "500 Broken");
  EXPECT_EQ((*ask())["_skypod"]["stale"], true);
  serve(rss("a"), at_once + "\"4\"\r\n");
  const Answer last = ask();
  EXPECT_EQ(titles(last), "a");
  EXPECT_FALSE((*last)["_skypod"].contains("stale"));
}

TEST_F(FeedsTest, KeepsWhatItWroteUpToSoManyOctets) {
  serve(rss("a"), an_hour);
  ask();
  const std::size_t one = feeds->written_octets();
  EXPECT_GT(one, 0U);
  options.written_octets_max = one + one / 2;
  open();
  ask();
  wait_for(feeds->get(origin.url("/other"), "member"));
  EXPECT_LE(feeds->written_octets(), options.written_octets_max);
  ask();
  EXPECT_EQ(feeds->counts().reads, 3U);
  options.written_octets_max = one - 1;
  open();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(titles(ask()), "a");
  EXPECT_EQ(feeds->written_octets(), 0U);
  EXPECT_EQ(feeds->counts().reads, 2U);
}

TEST_F(FeedsTest, GivesNoMemberWhatIsPrivateToAnother) {
  serve(rss("a"), "Cache-Control: max-age=0\r\nETag: \"a\"\r\n");
  EXPECT_EQ(titles(ask()), "a");  // as long as it was anybody's
  const std::size_t written = feeds->written_octets();
  for (const char* mine : {"b", "c", "b"}) {
    serve(rss(mine), "Cache-Control: private, max-age=31536000\r\nETag: \"x\"\r\n");
    EXPECT_EQ(titles(wait_for(feeds->get(url(), mine))), mine);
  }
  EXPECT_EQ(feeds->counts().reads, 4U);
  EXPECT_EQ(feeds->written_octets(), written);
}

TEST_F(FeedsTest, GivesEarlierVersions) {
  EXPECT_FALSE((*ask())["_skypod"].contains("versions"));
  serve(rss("b"), "ETag: \"y\"\r\n");
  const Answer now = ask();
  ASSERT_EQ((*now)["_skypod"]["versions"].size(), 1U);
  const auto hash = (*now)["_skypod"]["versions"][0]["hash"].get<std::string>();
  const Answer then = wait_for(feeds->get_version(url(), hash));
  EXPECT_EQ(titles(then), "a");
  EXPECT_EQ((*then)["_skypod"]["hash"], hash);
  EXPECT_EQ((*then)["_skypod"]["versions"][0]["hash"], (*now)["_skypod"]["hash"]);
  EXPECT_EQ(titles(wait_for(feeds->get_version(url(), "0123"))), "no_such_version");
  EXPECT_EQ(titles(wait_for(feeds->get_version(origin.url("/other"), hash))), "no_such_version");
  open();
  EXPECT_EQ(titles(wait_for(feeds->get_version(url(), hash))), "a");
}

TEST_F(FeedsTest, AVersionIsWhatSaysSomethingElse) {
  ask();
  serve(rss("a", "<lastBuildDate>Thu, 01 Jan 2004 19:48:21 GMT</lastBuildDate>"), "ETag: \"y\"\r\n");
  EXPECT_FALSE((*ask())["_skypod"].contains("versions"));
}

TEST_F(FeedsTest, KeepsSoManyVersionsOnly) {
  keeping.versions_per_feed_max = 3;
  for (const char* titles : {"a", "b", "c", "d", "e"}) {
    serve(rss(titles), "ETag: \"" + std::string(titles) + "\"\r\n");
    ask();
  }
  EXPECT_EQ(cache->versions(url()).size(), 3U);
}

TEST_F(FeedsTest, ADamagedVersionIsNone) {
  ask();
  serve(rss("b"), "ETag: \"y\"\r\n");
  const auto hash = (*ask())["_skypod"]["versions"][0]["hash"].get<std::string>();
  open();
  std::filesystem::resize_file(directory / "cache" / "bodies" / hash, 3);
  EXPECT_EQ(titles(wait_for(feeds->get_version(url(), hash))), "no_such_version");
  EXPECT_EQ(cache->versions(url()).size(), 1U);
}

TEST_F(FeedsTest, WhoWasAskedForLongestAgoMakesRoom) {
  options.feeds_max = 2;
  ask();
  for (const char* path : {"/1", "/2"}) wait_for(feeds->get(origin.url(path), ""));
  EXPECT_EQ(feeds->size(), 2U);
}

/// A hub that notes what it is asked, and asks back when a test says so.
class HubTest : public FeedsTest {
 protected:
  HubTest() {
    options.public_url = "https://pod.example";
    options.told_least_ms = 0;
    options.schedule.first_ms = 3'600'000;
    serve(rss("a"), "ETag: \"x\"\r\nLink: <" + hub.url("/hub") + ">; rel=hub, <" + topic + ">; rel=self\r\n");
  }

  /// Asks for the feed and waits until the hub has been asked.
  void subscribe() {
    ask();
    feeds->start(io.get_executor());
    until([&] { return !form().empty(); });
    const std::string callback = said("hub.callback");
    EXPECT_TRUE(callback.starts_with("https://pod.example/api/websub/")) << callback;
    id = callback.substr(callback.rfind('/') + 1);
  }
  std::string form() {
    const std::lock_guard lock(mutex);
    return posted;
  }
  std::string said(const std::string& name) { return parameter_of("?" + form(), name).value_or(""); }
  std::string sign(const std::string& body) { return "sha256=" + to_hex(hmac_sha256(said("hub.secret"), body)); }

  const std::string topic = "https://feed.example/topic";
  std::string posted;  // guarded by mutex
  std::string id;
  std::mutex speaking;  // held by a test for as long as the hub shall not answer
  Server hub{[this](const std::string& request, const Server::Send& send) {
    {
      const std::lock_guard lock(mutex);
      posted = request.substr(request.find("\r\n\r\n") + 4);
    }
    const std::lock_guard lock(speaking);
    send(Server::answer("202 Accepted", "", ""));
  }};
};

TEST_F(HubTest, IsAskedForNewsOfAFeed) {
  subscribe();
  EXPECT_EQ(said("hub.mode"), "subscribe");
  EXPECT_EQ(said("hub.topic"), topic);
  EXPECT_EQ(feeds->subscriptions(), 0U);
  EXPECT_FALSE(feeds->answer_hub(id, {"subscribe", "https://other.example/", "3600"}));
  EXPECT_FALSE(feeds->answer_hub("guess", {"subscribe", topic, "3600"}));
  EXPECT_TRUE(feeds->answer_hub(id, {"subscribe", topic, "3600"}));
  EXPECT_EQ(feeds->subscriptions(), 1U);
}

TEST_F(HubTest, HasUsLookAtTheFeedItself) {
  subscribe();
  EXPECT_TRUE(feeds->answer_hub(id, {"subscribe", topic, "3600"}));
  serve(rss("b"), "ETag: \"y\"\r\nLink: <" + hub.url("/hub") + ">; rel=hub, <" + topic + ">; rel=self\r\n");
  const std::string lie = rss("lie");
  feeds->take_news(id, sign(lie), lie);
  until([&] { return feeds->counts().changes == 2; });
  EXPECT_EQ(feeds->counts().told, 1U);
  EXPECT_EQ(titles(ask()), "b");
}

TEST_F(HubTest, IsNotBelievedWithoutItsSecret) {
  subscribe();
  EXPECT_TRUE(feeds->answer_hub(id, {"subscribe", topic, "3600"}));
  feeds->take_news(id, "", "x");
  feeds->take_news(id, "sha256=" + to_hex(hmac_sha256("guess", "x")), "x");
  feeds->take_news("guess", sign("x"), "x");
  EXPECT_EQ(feeds->counts().forged, 2U);
  EXPECT_EQ(feeds->counts().told, 0U);
  feeds->take_news(id, sign("x"), "x");
  until([&] { return origin.accepted() == 2; });
  EXPECT_EQ(feeds->counts().looks, 1U);
}

TEST_F(HubTest, IsRememberedOverARestart) {
  subscribe();
  EXPECT_TRUE(feeds->answer_hub(id, {"subscribe", topic, "3600"}));
  open();
  EXPECT_TRUE(feeds->has_hub(id));
  EXPECT_EQ(feeds->subscriptions(), 1U);
  feeds->start(io.get_executor());
  feeds->take_news(id, sign("x"), "x");
  until([&] { return feeds->counts().looks == 1; });
  EXPECT_EQ(feeds->counts().hubs_asked, 0U);
}

TEST_F(HubTest, IsRememberedThoughItHasNotAnsweredUs) {
  const std::lock_guard mute(speaking);
  subscribe();
  EXPECT_TRUE(feeds->answer_hub(id, {"subscribe", topic, "3600"}));
  pool->join();
  EXPECT_EQ(feeds->looks_under_way(), 1U);
  EXPECT_TRUE((*FeedStore::open(directory / "feeds.sqlite"))->load().at(0).schedule.is_told);
}

TEST_F(HubTest, IsAskedAgainBeforeTheLeaseEnds) {
  subscribe();
  EXPECT_TRUE(feeds->answer_hub(id, {"subscribe", topic, "864000"}));
  pool->join();  // all is on the disk; there, make it nine days later
  {
    const auto store = *FeedStore::open(directory / "feeds.sqlite");
    FeedRecord record = store->load().at(0);
    constexpr std::int64_t nine_days_ms = 9LL * 24 * 60 * 60 * 1'000;
    record.subscription->asked_ms -= nine_days_ms;
    record.subscription->until_ms -= nine_days_ms;
    store->record(record);
  }
  open();
  feeds->start(io.get_executor());
  until([&] { return hub.accepted() == 2; });
  EXPECT_TRUE(feeds->has_hub(id));
  EXPECT_EQ(feeds->counts().looks, 0U);
}

TEST_F(HubTest, IsNotAskedWithoutAnAddressOfOurs) {
  options.public_url = "";
  options.schedule.first_ms = 20;
  ask();
  watch(2);
  EXPECT_EQ(hub.accepted(), 0);
}

TEST_F(HubTest, IsLeftWhenTheFeedNamesNone) {
  subscribe();
  serve(rss("b"), "ETag: \"y\"\r\n");
  EXPECT_EQ(titles(ask()), "b");
  EXPECT_FALSE(feeds->has_hub(id));
}

TEST_F(HubTest, IsNeverOneInside) {
  fetching.allowed = CidrSet();
  EXPECT_TRUE(fetching.allowed.add("127.0.0.1/32"));
  Server inside([](const std::string&, const Server::Send& send) { send(Server::answer("202 Accepted", "", "")); },
                "127.0.0.2");
  serve(rss("a"), "ETag: \"x\"\r\nLink: <" + inside.url("/hub") + ">; rel=hub\r\n");
  ask();
  feeds->start(io.get_executor());
  until([&] { return feeds->counts().hubs_asked == 1; });
  serve(rss("b"), "ETag: \"y\"\r\nLink: <" + hub.url("/hub") + ">; rel=hub\r\n");
  ask();
  until([&] { return !form().empty(); });
  EXPECT_EQ(inside.accepted(), 0);
}

}  // namespace
}  // namespace skypod::server
