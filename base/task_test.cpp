#include "base/task.hpp"

#include <gtest/gtest.h>

#include <string>

namespace skypod {
namespace {

/// A thing to wait for, answered by the test.
struct Gate {
  std::coroutine_handle<> waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
  void await_resume() const noexcept {}
  void open() { std::exchange(waiting, nullptr).resume(); }
};

/// Says when it is destroyed: proves that frames are freed.
struct Witness {
  int* destroyed;
  ~Witness() { ++*destroyed; }
};

Task<int> immediate(int value) {
  co_return value;
}

Task<int> after(Gate& gate, int value) {
  co_await gate;
  co_return value;
}

TEST(Task, ChildrenThatFinishAtOnceDoNotSuspendTheParent) {
  int sum = 0;
  TaskScope scope;
  auto add = [&]() -> Task<void> {
    for (int i = 0; i < 100'000; ++i) {
      sum += co_await immediate(1);
    }
  };
  scope.spawn(add());
  EXPECT_EQ(sum, 100'000);
}

TEST(Task, ParentGoesOnWhenItsChildIsAnswered) {
  Gate gate;
  int got = 0;
  TaskScope scope;
  auto wait = [&]() -> Task<void> { got = co_await after(gate, 7); };
  scope.spawn(wait());
  EXPECT_EQ(got, 0);
  gate.open();
  EXPECT_EQ(got, 7);
}

TEST(Task, DestroyingAScopeFreesWhatStillWaits) {
  Gate gate;
  int destroyed = 0;
  {
    TaskScope scope;
    auto wait = [&]() -> Task<void> {
      const Witness witness{&destroyed};
      co_await after(gate, 1);
    };
    scope.spawn(wait());
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(SerialQueue, RunsOneJobAtATimeInOrder) {
  Gate first;
  std::string order;
  SerialQueue queue;
  queue.post([&]() -> Task<void> {
    order += "a";
    co_await first;
    order += "b";
  });
  queue.post([&]() -> Task<void> {
    order += "c";
    co_return;
  });
  EXPECT_EQ(order, "a");
  EXPECT_EQ(queue.waiting(), 1U);
  first.open();
  EXPECT_EQ(order, "abc");
  queue.post([&]() -> Task<void> {
    order += "d";
    co_return;
  });
  EXPECT_EQ(order, "abcd");
}

TEST(SerialQueue, ClearForgetsOnlyWhatHasNotBegun) {
  Gate first;
  std::string order;
  SerialQueue queue;
  queue.post([&]() -> Task<void> {
    co_await first;
    order += "a";
  });
  queue.post([&]() -> Task<void> {
    order += "b";
    co_return;
  });
  queue.clear();
  first.open();
  EXPECT_EQ(order, "a");
}

TEST(Mutex, GivesTurnsInOrderAndSkipsWhoGaveUp) {
  Gate inside;
  Mutex mutex;
  std::string order;
  auto take = [&](char name, bool wait) -> Task<void> {
    const auto turn = co_await mutex.lock();
    order += name;
    if (wait) co_await inside;
  };
  TaskScope scope;
  scope.spawn(take('a', true));
  {
    TaskScope impatient;
    impatient.spawn(take('b', false));
  }
  scope.spawn(take('c', true));
  scope.spawn(take('d', false));
  EXPECT_EQ(order, "a");
  inside.open();
  EXPECT_EQ(order, "ac");
  inside.open();
  EXPECT_EQ(order, "acd");
}

}  // namespace
}  // namespace skypod
