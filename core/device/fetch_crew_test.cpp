// The crew with fetches that end when the test says so.
#include "core/device/fetch_crew.hpp"

#include <gtest/gtest.h>

namespace skypod::device {
namespace {

using Feeds = std::vector<std::string>;

class Crew : public testing::Test {
 protected:
  /// Starts a round; answers its number.
  std::size_t begin(const Feeds& feeds) {
    over.push_back(false);
    const std::size_t number = over.size() - 1;
    scope.spawn(wait(number, feeds));
    return number;
  }

  Task<void> wait(std::size_t number, Feeds feeds) {
    co_await wait_for(crew, std::move(feeds));
    over[number] = true;
  }

  Task<void> wait_for(FetchCrew& some, Feeds feeds) {
    outcome = co_await some.run(std::move(feeds), [this](std::string feed) { return fetch(std::move(feed)); });
  }

  Task<Result<void, wire::Error>> fetch(std::string feed) {
    begun.push_back(feed);
    if (instant) co_return Result<void, wire::Error>();
    OneShot<bool>& end = open[feed];
    co_await end;
    open.erase(feed);
    co_return failing.contains(feed) ? unexpected(wire::Error{wire::ErrorCode::feed_failed, feed})
                                     : Result<void, wire::Error>();
  }

  void answer(const std::string& feed) { open.at(feed).set(true); }
  Feeds take_begun() { return std::exchange(begun, {}); }
  core::Json progress() {
    for (core::Output& output : host.drain()) {
      if (auto* told = std::get_if<core::out::Told>(&output)) last = told->dat;
    }
    return last;
  }

  core::Host host{Bytes(32, 'e')};
  FetchCrew crew{host};
  std::vector<bool> over;
  Result<void, wire::Error> outcome;  // of the round that was over last
  std::set<std::string> failing;
  Feeds begun;
  bool instant = false;
  std::map<std::string, OneShot<bool>> open;
  core::Json last;
  TaskScope scope;
};

std::string at(const std::string& host, int number) {
  return "https://" + host + ".example/" + std::to_string(number);
}

TEST_F(Crew, HasSixFetchedAtOnceInTheirOrder) {
  Feeds feeds;
  for (int i = 0; i < 10; ++i) feeds.push_back(at("h" + std::to_string(i), i));
  const auto round = begin(feeds);
  EXPECT_EQ(take_begun(), Feeds(feeds.begin(), feeds.begin() + 6));
  answer(feeds[3]);
  EXPECT_EQ(take_begun(), Feeds{feeds[6]});
  EXPECT_EQ(progress(), core::Json({{"done", 1}, {"left", 9}}));
  while (!open.empty()) answer(open.begin()->first);
  EXPECT_TRUE(over[round]);
  EXPECT_EQ(progress(), core::Json({{"done", 10}, {"left", 0}}));
}

TEST_F(Crew, SaysTheFirstProblemOfARound) {
  const Feeds feeds{at("a", 1), at("b", 1), at("c", 1)};
  failing = {feeds[1], feeds[2]};
  begin(feeds);
  for (const std::size_t i : {2U, 0U, 1U}) answer(feeds[i]);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().detail, feeds[2]);
}

TEST_F(Crew, HasTwoOfOneOriginFetchedAtOnceAndPassesByTheRest) {
  Feeds slow;
  for (int i = 0; i < 5; ++i) slow.push_back(at("slow", i));
  Feeds feeds = slow;
  for (int i = 0; i < 50; ++i) feeds.push_back(at("h" + std::to_string(i), i));
  const auto round = begin(feeds);
  EXPECT_EQ(take_begun(), (Feeds{slow[0], slow[1], feeds[5], feeds[6], feeds[7], feeds[8]}));
  for (std::size_t i = 5; i < feeds.size(); ++i) answer(feeds[i]);
  EXPECT_EQ(take_begun().size(), 46U);  // the slow host has held up none of them
  EXPECT_EQ(open.size(), 2U);
  answer(slow[1]);
  EXPECT_EQ(take_begun(), Feeds{slow[2]});
  EXPECT_FALSE(over[round]);
  while (!open.empty()) answer(open.begin()->first);
  EXPECT_TRUE(over[round]);
}

TEST_F(Crew, TakesPortsAndSchemesForOtherOrigins) {
  const Feeds feeds{"https://a.example/1", "https://A.example:443/2",  "http://a.example/3",
                    "https://a.example/4", "https://a.example:8443/5", "https://a.example/6"};
  begin(feeds);
  EXPECT_EQ(take_begun(), (Feeds{feeds[0], feeds[1], feeds[2], feeds[4]}));
}

TEST_F(Crew, ServesRoundsInTurns) {
  Feeds many, few;
  for (int i = 0; i < 20; ++i) many.push_back(at("m" + std::to_string(i), i));
  for (int i = 0; i < 3; ++i) few.push_back(at("f" + std::to_string(i), i));
  begin(many);
  const auto second = begin(few);
  take_begun();
  for (int i = 0; i < 6; ++i) answer(many[static_cast<std::size_t>(i)]);
  const Feeds next = take_begun();
  EXPECT_EQ(std::ranges::count_if(next, [](const auto& one) { return one.find("//f") != std::string::npos; }), 3);
  EXPECT_EQ(progress(), core::Json({{"done", 6}, {"left", 17}}));
  for (const auto& feed : few) answer(feed);
  EXPECT_TRUE(over[second]);
}

TEST_F(Crew, HasNoFeedFetchedTwiceAtTheSameTime) {
  const Feeds feeds{at("a", 1)};
  const auto first = begin(feeds);
  const auto second = begin(feeds);
  EXPECT_EQ(take_begun(), feeds);
  answer(feeds[0]);
  EXPECT_TRUE(over[first]);
  EXPECT_FALSE(over[second]);
  EXPECT_EQ(take_begun(), feeds);
  answer(feeds[0]);
  EXPECT_TRUE(over[second]);
}

TEST_F(Crew, IsNotThrownByFetchesThatEndAtOnce) {
  instant = true;
  Feeds feeds;
  for (int i = 0; i < 20'000; ++i) feeds.push_back(at("a" + std::to_string(i % 7), i));
  const auto round = begin(feeds);
  EXPECT_TRUE(over[round]);
  EXPECT_EQ(begun.size(), feeds.size());
  EXPECT_TRUE(over[begin({})]);
}

TEST_F(Crew, StopsWithItsOwner) {
  {
    FetchCrew gone(host);
    TaskScope waiting;
    waiting.spawn(wait_for(gone, {at("a", 1), at("a", 2), at("a", 3)}));
    EXPECT_EQ(open.size(), 2U);
  }
  EXPECT_EQ(begun.size(), 2U);
}

}  // namespace
}  // namespace skypod::device
