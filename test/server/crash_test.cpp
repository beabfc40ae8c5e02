// kill -9 while devices register and join: whatever was acknowledged is there afterwards, whatever was not can be asked
// again, and an invitation that was used stays used.
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "base/random.hpp"
#include "test/server/running_server.hpp"

namespace skypod::test {
namespace {

constexpr int rounds = 4;
constexpr std::size_t entries_max = 200;  // registrations and exchanges in a round
constexpr int devices = 4;                // that work at the same time

/// One realm as its founder and its guest remember it.
struct Story {
  P256Key founder = P256Key::generate();
  P256Key guest = P256Key::generate();
  std::string realm = random_realm();
  std::string genesis = genesis_of(founder, realm);
  std::string invitation = invitation_of(founder, guest, realm, "only");
  bool founded = false;  // acknowledged
  bool joined = false;   // acknowledged
};

/// Lets devices register and join until the server is gone; kills it after `survived` acknowledgements.
class Crash : public RunningServer {
 protected:
  void SetUp() override { start(); }

  std::vector<Story> work_until_killed(std::size_t survived) {
    acknowledged = 0;
    stories.clear();
    std::vector<std::thread> threads;
    for (int i = 0; i < devices; ++i) threads.emplace_back([this] { work(); });
    {
      std::unique_lock lock(mutex);
      EXPECT_TRUE(changed.wait_for(lock, patience, [&] { return acknowledged >= survived; }));
    }
    server->kill();
    for (std::thread& thread : threads) thread.join();
    return std::move(stories);
  }

  /// One device after another enters a realm of its own, until the server does not answer.
  void work() {
    for (bool alive = true; alive;) {
      Story story;
      try {
        alive = live(story);
      } catch (const std::exception&) {  // no connection any more
        alive = false;
      }
      const std::lock_guard lock(mutex);
      stories.push_back(std::move(story));
      alive = alive && acknowledged < entries_max;
    }
  }

  /// Registers and joins; false if the server does not let it.
  bool live(Story& story) {
    story.founded = ask(story.founder, story.realm, register_request(story.founder, story.genesis));
    count(story.founded);
    story.joined = story.founded && ask(story.guest, story.realm, exchange_request(story.guest, story.invitation));
    count(story.joined);
    return story.joined;
  }

  void count(bool admitted) {
    const std::lock_guard lock(mutex);
    acknowledged += admitted ? 1 : 0;
    changed.notify_all();
  }

  bool ask(const P256Key& key, const std::string& realm, const wire::Envelope& request) const {
    return enter(port(), key, realm, request).admitted();
  }

  void expect_remembered(const Story& story) const {
    EXPECT_TRUE(!story.founded || ask(story.founder, story.realm, authn_request()));
    EXPECT_TRUE(!story.joined || ask(story.guest, story.realm, authn_request()));
    // Acknowledged or not: asking the same again leads in.
    EXPECT_TRUE(ask(story.founder, story.realm, register_request(story.founder, story.genesis)));
    EXPECT_TRUE(ask(story.guest, story.realm, exchange_request(story.guest, story.invitation)));
    const P256Key thief = P256Key::generate();
    const std::string stolen = invitation_of(story.founder, thief, story.realm, "only");
    EXPECT_EQ(enter(port(), thief, story.realm, exchange_request(thief, stolen)).refusal(), "invitation_used");
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t acknowledged = 0;  // in this round; guarded by mutex
  std::vector<Story> stories;    // guarded by mutex
};

TEST_F(Crash, NothingAcknowledgedIsLost) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  int remembered = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto told = work_until_killed(1 + random.below(entries_max - 1));
    start();
    for (const Story& story : told) {
      expect_remembered(story);
      remembered += (story.founded ? 1 : 0) + (story.joined ? 1 : 0);
    }
  }
  EXPECT_GE(remembered, rounds);
  RecordProperty("remembered", remembered);
}

}  // namespace
}  // namespace skypod::test
