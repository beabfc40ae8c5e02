#include "native/fetcher.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <vector>

#include "native/test_server.hpp"
#include "native/test_slow_server.hpp"

namespace skypod {
namespace {

using test::Server;
using test::SlowServer;
using Answer = Result<OriginAnswer, FetchError>;

constexpr auto patience = std::chrono::seconds(30);

FetchOptions on_loopback() {
  FetchOptions options;
  EXPECT_TRUE(options.allowed.add("127.0.0.0/8"));
  return options;
}

/// What comes back from the fetcher's thread.
class Inbox {
 public:
  Fetcher::Done expect() {
    return [this](Answer answer) { put(std::move(answer)); };
  }

  /// Waits until so many are there.
  std::vector<Answer> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, patience, [&] { return answers_.size() >= count; }));
    return std::exchange(answers_, {});
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }

 private:
  void put(Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    came_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Answer> answers_;
};

/// Waits for the next news.
Download::News next(Download& download) {
  std::mutex mutex;
  std::condition_variable came;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    bool is_there = false;
    Download::News news = download.take([&] {
      const std::lock_guard lock(mutex);
      is_there = true;
      came.notify_all();
    });
    if (!news.empty()) return news;
    std::unique_lock lock(mutex);
    if (!came.wait_until(lock, deadline, [&] { return is_there; })) return {.is_over = true};
  }
}

TEST(Fetcher, AThousandSlowOriginsHoldNobodyUp) {
  test::raise_descriptor_limit();
  SlowServer slow;
  Server quick([](const std::string&, const Server::Send& send) { send(Server::answer("200 OK", "", "quick")); });
  FetchOptions options = on_loopback();
  options.total_timeout = std::chrono::seconds(6);
  Inbox others;
  Inbox ours;
  Fetcher fetcher(options);
  for (int i = 0; i < 1'000; ++i) fetcher.send({.url = slow.url(i), .fields = {}}, others.expect());
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (slow.open_now() < 1'000 && others.size() == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  ASSERT_EQ(slow.open_now(), 1'000);
  for (int i = 0; i < 200; ++i) {
    fetcher.send({.url = quick.url("/"), .fields = {}}, ours.expect());
    const auto answers = ours.take(1);
    ASSERT_TRUE(!answers.empty() && answers[0]);
    EXPECT_EQ(answers[0]->body, "quick");
  }
  EXPECT_EQ(others.size(), 0U);  // all of the slow ones are still under way
  for (const Answer& one : others.take(1'000)) {
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().failure, FetchFailure::timed_out);
  }
}

TEST(Fetcher, PostsForms) {
  std::string asked;
  Server hub([&asked](const std::string& head, const Server::Send& send) {
    asked = head;
    send(Server::answer("202 Accepted", "", ""));
  });
  Fetcher fetcher(on_loopback());
  Inbox inbox;
  fetcher.send({.url = hub.url("/hub"), .fields = {}, .form = "hub.mode=subscribe"}, inbox.expect());
  EXPECT_EQ(inbox.take(1).at(0).value().status, 202);
  EXPECT_TRUE(asked.starts_with("POST /hub HTTP/1.1\r\n")) << asked;
  EXPECT_NE(asked.find("Content-Type: application/x-www-form-urlencoded"), std::string::npos);
  EXPECT_NE(asked.find("hub.mode=subscribe"), std::string::npos);
}

TEST(Fetcher, KeepsToTheBoundsOfAnyFetch) {
  Fetcher fetcher(FetchOptions{});
  Server inside([](const std::string&, const Server::Send& send) { send(Server::answer("200 OK", "", "secret")); });
  Inbox inbox;
  const std::pair<std::string, FetchFailure> cases[] = {{inside.url("/"), FetchFailure::address_refused},
                                                        {"file:///etc/passwd", FetchFailure::scheme_refused},
                                                        {"http://u:p@127.0.0.1:8080/", FetchFailure::userinfo_refused},
                                                        {"http://127.0.0.1:22/", FetchFailure::port_refused}};
  for (const auto& [url, failure] : cases) {
    fetcher.send({.url = url, .fields = {}}, inbox.expect());
    const auto answers = inbox.take(1);
    ASSERT_TRUE(!answers.empty() && !answers[0]) << url;
    EXPECT_EQ(answers[0].error().failure, failure) << url;
    const auto download = fetcher.open({.url = url, .fields = {}});
    EXPECT_EQ(next(*download).error.value_or(FetchError{}).failure, failure) << url;
  }
  EXPECT_EQ(inside.accepted(), 0);
}

TEST(Fetcher, BoundsWhatAllOfThemGather) {
  Server large([](const std::string&, const Server::Send& send) {
    send(Server::answer("200 OK", "", std::string(100'000, 'x')));
  });
  Fetcher fetcher(on_loopback(), 50'000);
  Inbox inbox;
  fetcher.send({.url = large.url("/"), .fields = {}}, inbox.expect());
  const auto answers = inbox.take(1);
  ASSERT_FALSE(answers[0]);
  EXPECT_EQ(answers[0].error().code(), "busy");
  Server small([](const std::string&, const Server::Send& send) { send(Server::answer("200 OK", "", "small")); });
  fetcher.send({.url = small.url("/"), .fields = {}}, inbox.expect());
  EXPECT_TRUE(inbox.take(1)[0]);  // what was gathered for the refused one counts no more
}

TEST(Fetcher, PassesABodyOnInBoundedPieces) {
  const std::size_t size = 20'000'000;
  Server long_one([](const std::string&, const Server::Send& send) {
    send("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 20000000\r\n\r\n");
    for (int i = 0; i < 200; ++i) send(std::string(100'000, static_cast<char>('a' + i % 26)));
  });
  Fetcher fetcher(on_loopback());
  const auto download = fetcher.open({.url = long_one.url("/"), .fields = {}});
  std::string whole;
  bool has_head = false;
  for (bool is_over = false; !is_over;) {
    const Download::News news = next(*download);
    EXPECT_LE(news.octets.size(), download_waiting_octets_max);
    if (news.head) {
      EXPECT_TRUE(whole.empty());
      EXPECT_EQ(news.head->status, 200);
      has_head = true;
    }
    whole += news.octets;
    is_over = news.is_over;
    EXPECT_FALSE(news.error);
  }
  EXPECT_TRUE(has_head);
  EXPECT_EQ(whole.size(), size);
  EXPECT_EQ(whole[150'000], 'b');
}

TEST(Fetcher, EndsATransferThatNobodyReads) {
  std::atomic<bool> has_ended = false;
  Server endless([&](const std::string&, const Server::Send& send) {
    send("HTTP/1.1 200 OK\r\n\r\n");
    while (send(std::string(65'536, 'x'))) {
    }
    has_ended = true;
  });
  Fetcher fetcher(on_loopback());
  auto download = fetcher.open({.url = endless.url("/"), .fields = {}});
  EXPECT_TRUE(next(*download).head);
  download = nullptr;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!has_ended && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(has_ended);
}

TEST(Fetcher, SaysIfABodyBreaksOff) {
  Server broken(
      [](const std::string&, const Server::Send& send) { send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); });
  Fetcher fetcher(on_loopback());
  const auto download = fetcher.open({.url = broken.url("/"), .fields = {}});
  Download::News news = next(*download);
  while (!news.is_over) news = next(*download);
  EXPECT_TRUE(news.error);
}

TEST(Fetcher, AsksForAPieceAsItIsStoredAndForItsRestBehindRedirectsToo) {
  std::vector<std::string> heads;
  Server origin([&heads](const std::string& head, const Server::Send& send) {
    heads.push_back(head);
    const bool is_there = head.starts_with("GET /there ");
    send(is_there ? Server::answer("206 Partial Content", "Content-Range: bytes 10-13/99\r\n", "abcd")
                  : Server::answer("302 Found", "Location: /there\r\n", ""));
  });
  std::promise<Result<FetchResult, FetchError>> result;
  Fetcher fetcher(on_loopback());
  const Redacted<std::string> login(std::string("Basic YTpi"));
  fetcher.get({.url = origin.url("/"), .authorization = login, .range = OctetRange{10, 4}},
              [&result](auto answer) { result.set_value(std::move(answer)); });
  const auto answer = result.get_future().get();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 206);
  EXPECT_EQ(answer->body, "abcd");
  EXPECT_EQ(answer->content_range, "bytes 10-13/99");
  ASSERT_EQ(heads.size(), 2U);
  for (const std::string& head : heads) {
    EXPECT_NE(head.find("Range: bytes=10-13\r\n"), std::string::npos);
    EXPECT_NE(head.find("Authorization: Basic YTpi\r\n"), std::string::npos);
    EXPECT_EQ(head.find("Accept-Encoding"), std::string::npos);
  }
}

TEST(Fetcher, MayGoWhileRequestsAreUnderWay) {
  SlowServer slow;
  Inbox inbox;
  {
    Fetcher fetcher(on_loopback());
    for (int i = 0; i < 50; ++i) fetcher.send({.url = slow.url(i), .fields = {}}, inbox.expect());
    const auto download = fetcher.open({.url = slow.url(60), .fields = {}});
    EXPECT_TRUE(next(*download).head);
  }
  EXPECT_EQ(inbox.size(), 0U);
}

}  // namespace
}  // namespace skypod
