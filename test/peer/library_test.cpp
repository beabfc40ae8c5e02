// The library from the command line, with a feed of our own making.
#include "native/test_server.hpp"
#include "test/peer/household.hpp"

namespace skypod::test {
namespace {

constexpr std::string_view feed = R"(<?xml version="1.0"?><rss version="2.0"><channel><title>Lanterns</title>
<item><title>Second</title><guid isPermaLink="false">ep-2</guid><pubDate>Tue, 02 Jan 2024 10:00:00 GMT</pubDate>
<enclosure url="https://pod.example/2.mp3" type="audio/mpeg" length="1"/></item>
<item><title>First</title><guid isPermaLink="false">ep-1</guid><pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate>
<enclosure url="https://pod.example/1.mp3" type="audio/mpeg" length="1"/></item></channel></rss>)";

class LibraryCommands : public Household {
 protected:
  void SetUp() override {
    start_server({"--allow-fetch", "127.0.0.0/8"});
    found("desk");
  }

  /// The play record of an episode, as a device sees it.
  Json play(const std::string& device, const std::string& title) const {
    const Json episodes = run_json(device, {"episodes", "Lanterns"})["episodes"];
    for (const Json& episode : episodes) {
      if (episode.value("title", "") == title) return episode.value("play", Json());
    }
    return "no such episode";
  }

  std::string id_of(const std::string& title) const {
    const Json episodes = run_json("desk", {"episodes", "1"})["episodes"];
    for (const Json& episode : episodes) {
      if (episode.value("title", "") == title) return episode.value("id", "");
    }
    return "";
  }

  Server web{[](const std::string& head, const Server::Send& send) {
    const bool is_feed = head.starts_with("GET /feed.xml ");
    send(is_feed ? Server::answer("200 OK", "Content-Type: application/rss+xml\r\n", feed)
                 : Server::answer("404 Not Found", "", ""));
  }};
};

TEST_F(LibraryCommands, SubscribesAndPlays) {
  EXPECT_EQ(run_json("desk", {"add", web.url("/feed.xml")}).value("title", ""), "Lanterns");
  const Finished list = run("desk", {"list"});
  EXPECT_NE(list.output.find("  1  Lanterns (0 of 2 played)"), std::string::npos) << list.output;
  const std::string first = id_of("First");
  EXPECT_EQ(run("desk", {"played", first, "--position", "95"}).code, 0);
  EXPECT_EQ(play("desk", "First").value("positionS", 0.0), 95);
  EXPECT_EQ(run("desk", {"played", id_of("Second")}).code, 0);
  EXPECT_TRUE(play("desk", "Second").value("completed", false));
  const Finished episodes = run("desk", {"episodes", "Lanterns"});
  EXPECT_LT(episodes.output.find("Second  [played]"), episodes.output.find("First  [at 95 s]")) << episodes.output;
  EXPECT_EQ(run("desk", {"refresh"}).code, 0);
}

TEST_F(LibraryCommands, ReachesTheOtherDevices) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk");
  const auto kitchen = start_peer("kitchen");
  kitchen->await_peer(desk->id(), "connected");
  run_json("desk", {"add", web.url("/feed.xml")});
  const auto episodes = [&] { return run_json("kitchen", {"list"})["subscriptions"]; };
  Json subscriptions = episodes();
  while (subscriptions.empty() || subscriptions[0].value("episodes", 0) < 2) {
    kitchen->event("library.changed");  // throws if nothing more happens
    subscriptions = episodes();
  }
  EXPECT_EQ(run("desk", {"played", id_of("First")}).code, 0);
  while (!play("kitchen", "First").is_object()) kitchen->event("library.changed");
  EXPECT_EQ(play("kitchen", "First").value("device", ""), desk->id());
}

TEST_F(LibraryCommands, ReachesTheOtherDevicesWhereUdpIsBlocked) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk", {"--no-rtc"});
  const auto kitchen = start_peer("kitchen");
  kitchen->await_rung(desk->id(), "relay");
  run_json("desk", {"add", web.url("/feed.xml")});
  const auto feeds = [&] { return run_json("kitchen", {"list"})["subscriptions"].size(); };
  while (feeds() == 0) kitchen->event("library.changed");
  EXPECT_EQ(run("kitchen", {"played", id_of("First")}).code, 0);
  while (!play("desk", "First").is_object()) desk->event("library.changed");
  EXPECT_EQ(play("desk", "First").value("device", ""), kitchen->id());
}

TEST_F(LibraryCommands, SayWhatIsNotThere) {
  expect_failure(run("desk", {"add", web.url("/nothing.xml")}), 1, "The feed was not added");
  expect_failure(run("desk", {"add", "not a feed"}), 1, "");
  expect_failure(run("desk", {"episodes", "Nothing"}), 1, "is no feed of the library; see the numbers");
  expect_failure(run("desk", {"refresh", "Nothing"}), 1, "is no feed of the library");
  expect_failure(run("desk", {"played", "nothing"}), 1, "is no episode of the library; see the ids");
  EXPECT_NE(run("desk", {"list"}).output.find("no subscriptions yet"), std::string::npos);
}

}  // namespace
}  // namespace skypod::test
