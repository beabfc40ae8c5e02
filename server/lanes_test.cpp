#include "server/lanes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <string>

namespace skypod::server {
namespace {

namespace asio = boost::asio;

class LanesTest : public ::testing::Test {
 protected:
  /// Urgent work: itself posted again so many times.
  void urgent(int times) {
    asio::post(io, [this, times] {
      done += 'u';
      if (times > 1) urgent(times - 1);
    });
  }
  void last() {
    lanes.later([this] { io.stop(); });
    lanes.run();
  }

  asio::io_context io{1};
  Lanes lanes{io};
  std::string done;
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
};

TEST_F(LanesTest, UrgentWorkPassesWhatMayWait) {
  lanes.later([this] { done += '1'; });
  lanes.later([this] { done += '2'; });
  urgent(3);
  last();
  EXPECT_EQ(done, "uuu12");
}

TEST_F(LanesTest, ButNotForEver) {
  lanes.later([this] { done += '1'; });
  urgent(1000);
  last();
  EXPECT_LT(done.find('1'), 100U);
  EXPECT_GT(done.find('1'), 10U);
}

TEST_F(LanesTest, TheLastGetOnToo) {
  for (int i = 0; i < 1'000; ++i) {
    lanes.later([this] {
      const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(10);
      while (std::chrono::steady_clock::now() < end) {
      }
      done += 'l';
    });
  }
  lanes.last([this] { done += 'z'; });
  last();
  EXPECT_GT(done.find('z'), 0U);
  EXPECT_LT(done.find('z'), 100U);
}

TEST_F(LanesTest, WhatIsDueSoonFollowsThePieceThatAskedForIt) {
  lanes.later([this] {
    lanes.soon([this] {
      done += 's';
      lanes.soon([this] { done += 't'; });
    });
    done += '1';
  });
  lanes.later([this] { done += '2'; });
  last();
  EXPECT_EQ(done, "1st2");
}

TEST_F(LanesTest, CoroutinesTakeTheirTurn) {
  const auto walk = [this](char name) -> asio::awaitable<void> {
    for (int i = 0; i < 2; ++i) {
      co_await lanes.turn();
      done += name;
    }
    if (name == 'b') io.stop();
  };
  asio::co_spawn(io, walk('a'), asio::detached);
  asio::co_spawn(io, walk('b'), asio::detached);
  lanes.run();
  EXPECT_EQ(done, "abab");
}

}  // namespace
}  // namespace skypod::server
