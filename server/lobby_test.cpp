#include "server/lobby.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skypod::server {
namespace {

using std::chrono::seconds;

class Visitor final : public Lobby::Guest {
 public:
  Visitor(Lobby& lobby, std::string name, std::vector<std::string>& gone)
      : lobby_(lobby), name_(std::move(name)), gone_(gone) {}

  void until(SteadyTime deadline) { wait_in(lobby_, deadline); }
  void go() { leave(); }
  void dismiss(Lobby::Why why) override {
    gone_.push_back(name_ + (why == Lobby::Why::crowded ? " crowded" : " slow"));
  }

 private:
  Lobby& lobby_;
  std::string name_;
  std::vector<std::string>& gone_;
};

class LobbyTest : public ::testing::Test {
 protected:
  const SteadyTime start;
  std::vector<std::string> gone;
  Lobby lobby{2};
  Visitor a{lobby, "a", gone};
  Visitor b{lobby, "b", gone};
  Visitor c{lobby, "c", gone};
};

TEST_F(LobbyTest, WhoIsLateHasToGo) {
  a.until(start + seconds(10));
  b.until(start + seconds(5));
  lobby.expire(start + seconds(4));
  EXPECT_EQ(lobby.guests(), 2U);
  lobby.expire(start + seconds(5));
  EXPECT_EQ(gone, std::vector<std::string>{"b slow"});
  a.until(start + seconds(20));
  lobby.expire(start + seconds(19));
  EXPECT_EQ(lobby.guests(), 1U);
  a.go();
  lobby.expire(start + seconds(30));
  EXPECT_EQ(gone.size(), 1U);
}

TEST_F(LobbyTest, WhoHasWaitedLongestMakesRoom) {
  a.until(start + seconds(1));
  b.until(start + seconds(1));
  a.until(start + seconds(9));  // more time, but the same place
  c.until(start + seconds(1));
  EXPECT_EQ(gone, std::vector<std::string>{"a crowded"});
  EXPECT_EQ(lobby.guests(), 2U);
  lobby.dismiss_all();
  EXPECT_EQ(gone, (std::vector<std::string>{"a crowded", "b crowded", "c crowded"}));
  lobby.dismiss_oldest();
  EXPECT_EQ(gone.size(), 3U);
}

TEST_F(LobbyTest, WhoIsDestroyedHasLeft) {
  {
    Visitor brief(lobby, "brief", gone);
    brief.until(start);
  }
  EXPECT_EQ(lobby.guests(), 0U);
  lobby.expire(start);
  EXPECT_TRUE(gone.empty());
}

}  // namespace
}  // namespace skypod::server
