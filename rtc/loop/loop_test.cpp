#include "rtc/loop/loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "rtc/loop/testing.hpp"

namespace skypod::rtc {
namespace {

TEST(Loop, DoesWhatIsPostedInOrderBeforeItEnds) {
  std::vector<int> done;
  {
    Loop loop;
    for (int i = 0; i < 1000; ++i) {
      loop.post([&, i] { done.push_back(i); });
    }
  }
  ASSERT_EQ(done.size(), 1000u);
  EXPECT_TRUE(std::ranges::is_sorted(done));
}

TEST(Loop, TakesPostsFromItsOwnThread) {
  Loop loop;
  testing::Watch watch;
  bool inner = false;
  loop.post([&] {
    loop.post([&] {
      inner = true;
      watch.changed();
    });
    EXPECT_FALSE(inner);
  });
  EXPECT_TRUE(watch.until(loop, [&] { return inner; }));
}

TEST(Loop, WaitsForFarewells) {
  bool said = false;
  std::optional<Timer> timer;
  {
    Loop loop;
    loop.run([&] {
      loop.hold();
      timer.emplace(loop, [&] {
        said = true;
        timer.reset();
        loop.release();
      });
      timer->start(20);
    });
  }
  EXPECT_TRUE(said);
}

TEST(Timer, ExpiresOncePerStartAndNotWhenStopped) {
  Loop loop;
  testing::Watch watch;
  int expired = 0;
  int stopped = 0;
  std::optional<Timer> timer;
  std::optional<Timer> other;
  loop.run([&] {
    other.emplace(loop, [&] { ++stopped; });
    other->start(1);
    other->stop();
    timer.emplace(loop, [&] {
      if (++expired < 3) {
        timer->start(1);
      }
      watch.changed();
    });
    timer->start(1'000'000);
    timer->start(1);
  });
  EXPECT_TRUE(watch.until(loop, [&] { return expired == 3; }));
  loop.run([&] {
    EXPECT_EQ(stopped, 0);
    timer.reset();
    other.reset();
  });
}

}  // namespace
}  // namespace skypod::rtc
