// The library from the command line, with a feed of our own making.
#include <atomic>
#include <future>

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

  std::atomic<int> asked = 0;  // of the web server
  Server inside{[](const std::string&, const Server::Send& send) {
                  send(Server::answer("200 OK", "Content-Type: application/rss+xml\r\n", feed));
                },
                "127.0.0.2"};
  Server web{[this](const std::string& head, const Server::Send& send) {
    ++asked;
    if (head.starts_with("GET /inside")) {
      return void(send(Server::answer("302 Found", "Location: " + inside.url("/feed.xml") + "\r\n", "")));
    }
    const bool is_feed = head.starts_with("GET /feed.xml ") || head.starts_with("GET /feed.xml?token=");
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

TEST_F(LibraryCommands, UnsubscribesAndKnowsAgainWhatWasPlayed) {
  run_json("desk", {"add", web.url("/feed.xml")});
  EXPECT_EQ(run("desk", {"played", id_of("First"), "--position", "95"}).code, 0);
  EXPECT_EQ(run("desk", {"remove", "Lamps"}).code, 1);
  const Finished removed = run("desk", {"remove", "Lanterns"});
  EXPECT_EQ(removed.code, 0);
  EXPECT_NE(removed.output.find("skypod add " + web.url("/feed.xml")), std::string::npos) << removed.output;
  EXPECT_EQ(run_json("desk", {"list"})["subscriptions"], Json::array());
  run_json("desk", {"add", web.url("/feed.xml")});
  EXPECT_EQ(play("desk", "First").value("positionS", 0.0), 95);
}

/// Feeds with a server that fetches nothing from this machine, or that must not be asked.
class FeedWays : public LibraryCommands {
 protected:
  void SetUp() override {
    start_server();
    found("desk");
  }

  std::string way_on(const std::string& device) const {
    return run_json(device, {"list"})["subscriptions"][0].value("way", "");
  }

  const std::vector<std::string> may_fetch_here{"--allow-fetch", "127.0.0.0/8"};
};

TEST_F(FeedWays, ANativeDeviceFetchesByItself) {
  const auto desk = start_peer("desk", may_fetch_here);
  EXPECT_EQ(run_json("desk", {"add", web.url("/feed.xml")}).value("title", ""), "Lanterns");
  EXPECT_EQ(way_on("desk"), "direct");
  EXPECT_EQ(asked, 1);
}

TEST_F(FeedWays, ANativeDeviceFetchesForAnother) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk", may_fetch_here);
  const auto kitchen = start_peer("kitchen");
  kitchen->await_peer(desk->id(), "connected");
  const std::string secret = web.url("/feed.xml?token=k3yk3yk3y");
  EXPECT_EQ(run_json("kitchen", {"add", secret}).value("title", ""), "Lanterns");
  EXPECT_EQ(way_on("kitchen"), "peer");
  const Finished missing = run("kitchen", {"add", web.url("/none.xml?token=k3yk3yk3y")});
  expect_failure(missing, 1, "404");
}

TEST_F(FeedWays, NothingLeadsIntoTheNetworkOfADeviceThatFetchesForOthers) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk");
  const auto kitchen = start_peer("kitchen");
  kitchen->await_peer(desk->id(), "connected");
  expect_failure(run("kitchen", {"add", web.url("/feed.xml?token=k3yk3yk3y")}), 1, "not on the public internet");
  EXPECT_EQ(asked, 0);
}

TEST_F(FeedWays, NorDoesARedirect) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk", {"--allow-fetch", "127.0.0.1/32"});
  const auto kitchen = start_peer("kitchen");
  kitchen->await_peer(desk->id(), "connected");
  expect_failure(run("kitchen", {"add", web.url("/inside?token=k3yk3yk3y")}), 1, "not on the public internet");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(inside.accepted(), 0);
}

TEST_F(FeedWays, NoLogNamesAFeed) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk", may_fetch_here);
  const auto kitchen = start_peer("kitchen");
  kitchen->await_peer(desk->id(), "connected");
  for (const char* path : {"/feed.xml?token=k3yk3yk3y", "/none.xml?token=k3yk3yk3y", "/none.xml"}) {
    run("kitchen", {"add", web.url(path)});
  }
  run("desk", {"add", web.url("/none.xml")});
  EXPECT_GT(asked, 3);
  int logs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    if (entry.path().extension() != ".log") continue;
    ++logs;
    const std::string log = directory.read(entry.path().filename());
    EXPECT_EQ(log.find("k3yk3yk3y"), std::string::npos) << entry.path();
    EXPECT_EQ(log.find("xml"), std::string::npos) << entry.path();
  }
  EXPECT_EQ(logs, 3);
}

/// Feeds whose host wants the name "ann" and the password "s3cr3t:x".
class FeedLogins : public FeedWays {
 protected:
  std::string with_login(const std::string& login) const {
    return "http://" + login + "@" + guarded.url("/feed.xml").substr(std::string("http://").size());
  }
  /// Neither on the terminal nor in a log.
  void expect_untold(const std::string& said) const {
    EXPECT_EQ(said.find("s3cr3t"), std::string::npos) << said;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      if (entry.path().extension() != ".log") continue;
      EXPECT_EQ(directory.read(entry.path().filename()).find("s3cr3t"), std::string::npos) << entry.path();
    }
  }

  Server guarded{[](const std::string& head, const Server::Send& send) {
    const bool is_let_in = head.find("Authorization: Basic YW5uOnMzY3IzdDp4\r\n") != std::string::npos;
    send(is_let_in ? Server::answer("200 OK", "Content-Type: application/rss+xml\r\n", feed)
                   : Server::answer("401 Unauthorized", "WWW-Authenticate: Basic\r\n", ""));
  }};
};

TEST_F(FeedLogins, AreKeptWithTheFeedAndShownNowhere) {
  const auto desk = start_peer("desk", may_fetch_here);
  expect_failure(run("desk", {"add", guarded.url("/feed.xml")}), 1, "wants a name and password");
  expect_failure(run("desk", {"add", with_login("ann:s3cr3t%3Awrong")}), 1, "Add the feed again with the right ones");
  const Finished added = run("desk", {"add", with_login("ann:s3cr3t%3Ax"), "--json"});
  EXPECT_EQ(added.code, 0) << added.errors;
  EXPECT_EQ(run("desk", {"refresh", "1"}).code, 0);
  const Finished list = run("desk", {"list", "--json"});
  EXPECT_NE(list.output.find(guarded.url("/feed.xml")), std::string::npos) << list.output;
  expect_untold(added.output + list.output + run("desk", {"episodes", "1"}).output);
  expect_untold(run("desk", {"opml", "export"}).output);
  const Finished whole = run("desk", {"opml", "export", "--with-passwords"});
  EXPECT_NE(whole.output.find(with_login("ann:s3cr3t%3Ax")), std::string::npos) << whole.output;
}

TEST_F(FeedLogins, AreToldToADeviceThatFetchesForAnother) {
  join("kitchen", "desk");
  const auto desk = start_peer("desk", may_fetch_here);
  const auto kitchen = start_peer("kitchen");
  kitchen->await_peer(desk->id(), "connected");
  expect_failure(run("kitchen", {"add", with_login("ann:s3cr3t")}), 1, "wants a name and password");
  const std::string address = guarded.url("/feed.xml");
  const Finished added = run("kitchen", {"add", address, "--login", "ann"}, "s3cr3t:x\n");
  EXPECT_EQ(added.code, 0) << added.errors;
  EXPECT_EQ(way_on("kitchen"), "peer");
  expect_untold(added.output);
}

TEST_F(FeedLogins, AreSentByWhoeverReadsAFeedByHand) {
  const Finished read =
      run_program(SKYPOD_PROGRAM, {"feed", "parse", with_login("ann:s3cr3t%3Ax"), "--allow-fetch", "127.0.0.0/8"});
  EXPECT_EQ(read.code, 0) << read.errors;
  expect_untold(read.output);
  const Finished refused =
      run_program(SKYPOD_PROGRAM, {"feed", "parse", with_login("ann:s3cr3t"), "--allow-fetch", "127.0.0.0/8"});
  expect_failure(refused, 1, "https://NAME:PASSWORD@");
  expect_untold(refused.errors);
}

TEST_F(LibraryCommands, WhatIsAddedAsPrivateIsNotAskedOfTheServer) {
  expect_failure(run("desk", {"add", "--private", web.url("/feed.xml")}), 1, "not on the public internet");
  EXPECT_EQ(asked, 0);
}

TEST_F(FeedWays, ADeviceStopsAlthoughAFeedIsUnderWay) {
  std::promise<void> came, may_end;
  Server silent([&](const std::string&, const Server::Send&) {
    came.set_value();
    may_end.get_future().wait();
  });
  const auto desk = start_peer("desk", may_fetch_here);
  const ChildProcess adding(SKYPOD_PROGRAM, {"add", silent.url("/"), "--data", data("desk")}, data("adding.log"));
  EXPECT_EQ(came.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  EXPECT_EQ(desk->stop(), 0);
  may_end.set_value();
}

TEST_F(LibraryCommands, TheServerIsNotAskedForAPrivateFeed) {
  expect_failure(run("desk", {"add", web.url("/feed.xml?token=k3yk3yk3y")}), 1, "not on the public internet");
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(run_json("desk", {"add", web.url("/feed.xml")}).value("title", ""), "Lanterns");
  EXPECT_EQ(run_json("desk", {"list"})["subscriptions"][0].value("way", ""), "server");
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

TEST_F(LibraryCommands, FindAndPageEpisodes) {
  run_json("desk", {"add", web.url("/feed.xml")});
  const Finished found = run("desk", {"search", "sec"});
  EXPECT_NE(found.output.find("Lanterns: Second"), std::string::npos) << found.output;
  EXPECT_EQ(run_json("desk", {"search", "first"})["episodes"].size(), 1U);
  EXPECT_NE(run("desk", {"search", "nothing", "at", "all"}).output.find("nothing was found"), std::string::npos);
  const Finished newest = run("desk", {"episodes", "1", "--limit", "1"});
  EXPECT_NE(newest.output.find("Second"), std::string::npos) << newest.output;
  EXPECT_NE(newest.output.find("1 of 2; see more with --offset 1"), std::string::npos) << newest.output;
  const Json rest = run_json("desk", {"episodes", "1", "--limit", "5", "--offset", "1"});
  EXPECT_EQ(rest["total"], 2);
  ASSERT_EQ(rest["episodes"].size(), 1U);
  EXPECT_EQ(rest["episodes"][0]["title"], "First");
  EXPECT_EQ(run("desk", {"played", id_of("First"), "--feed", "Lanterns"}).code, 0);
  EXPECT_EQ(run_json("desk", {"episodes", "1", "--only", "unplayed"})["total"], 1);
  expect_failure(run("desk", {"episodes", "1", "--only", "new"}), 2, "--only");
  expect_failure(run("desk", {"search"}), 2, "words");
}

TEST_F(LibraryCommands, KeepAQueue) {
  run_json("desk", {"add", web.url("/feed.xml")});
  const auto titles = [](const Json& answer) {
    std::string text;
    for (const Json& entry : answer["queue"]) text += entry["episode"]["title"].get<std::string>() + " ";
    return text;
  };
  EXPECT_NE(run("desk", {"queue"}).output.find("the queue is empty"), std::string::npos);
  EXPECT_EQ(run("desk", {"queue", "add", id_of("First")}).code, 0);
  EXPECT_EQ(titles(run_json("desk", {"queue", "add", id_of("Second")})), "First Second ");
  EXPECT_EQ(titles(run_json("desk", {"queue", "move", "2"})), "Second First ");
  EXPECT_EQ(titles(run_json("desk", {"queue", "move", "1", "--after", id_of("First")})), "First Second ");
  EXPECT_EQ(titles(run_json("desk", {"queue", "remove", "1"})), "Second ");
  EXPECT_EQ(titles(run_json("desk", {"queue", "undo"})), "First Second ");
  EXPECT_NE(run("desk", {"queue", "list"}).output.find("  1  Lanterns: First"), std::string::npos);
  EXPECT_EQ(titles(run_json("desk", {"queue", "clear"})), "");
  expect_failure(run("desk", {"queue", "remove", "1"}), 1, "is not queued");
  expect_failure(run("desk", {"queue", "add", "nothing"}), 1, "is no episode of the library");
}

TEST_F(LibraryCommands, ExchangeSubscriptionsWithOtherApps) {
  directory.write("list.opml", R"(<opml version="2.0"><head><title>Mine</title></head><body><outline text="Audio">
    <outline text="Lanterns" xmlUrl="https://feeds.example/lanterns.xml"/></outline>
    <outline text="News" xmlUrl="https://feeds.example/news.xml"/></body></opml>)");
  const std::string list = directory.path() / "list.opml";
  EXPECT_EQ(
      run_json("desk", {"opml", "import", list}),
      Json({{"added", 2}, {"known", 0}, {"truncated", false}, {"unusable", Json::array()}, {"unusable_count", 0}}));
  EXPECT_EQ(run_json("desk", {"opml", "import", list})["known"], 2);
  EXPECT_EQ(run_json("desk", {"list"})["subscriptions"][0]["folder"], "Audio");
  const std::string copy = directory.path() / "copy.opml";
  EXPECT_EQ(run("desk", {"opml", "export", copy}).code, 0);
  EXPECT_NE(directory.read("copy.opml").find("https://feeds.example/lanterns.xml"), std::string::npos);
  EXPECT_EQ(run("desk", {"opml", "export"}).output, directory.read("copy.opml"));
  expect_failure(run("desk", {"opml", "export", copy}), 1, "is there already; choose another name");
  EXPECT_EQ(run("desk", {"opml", "export", copy, "--force"}).code, 0);
  directory.write("page.html", "<html></html>");
  expect_failure(run("desk", {"opml", "import", directory.path() / "page.html"}), 1, "is no OPML file");
  expect_failure(run("desk", {"opml", "import", directory.path() / "none"}), 1, "cannot be read");
}

TEST_F(LibraryCommands, BackUpAndRestore) {
  run_json("desk", {"add", web.url("/feed.xml")});
  EXPECT_EQ(run("desk", {"played", id_of("First"), "--position", "95"}).code, 0);
  const std::string file = directory.path() / "skypod.backup";
  const Json made = run_json("desk", {"backup", file}, "correct horse battery\n");
  EXPECT_GT(made["changes"], 3);
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  expect_failure(run("desk", {"backup", file}, "correct horse battery\n"), 1, "is there already");
  expect_failure(run("desk", {"backup", file, "--force"}, "short\n"), 1, "A passphrase needs at least 8 letters");
  expect_failure(run("desk", {"restore", file}, "another passphrase\n"), 1, "The passphrase is not the one");
  expect_failure(run("desk", {"restore", SKYPOD_PROGRAM}, "correct horse battery\n"), 1, "");
  EXPECT_EQ(run_json("desk", {"restore", file}, "correct horse battery\n")["news"], 0);
  found("attic");
  const Json restored = run_json("attic", {"restore", file}, "correct horse battery\n");
  EXPECT_EQ(restored["changes"], made["changes"]);
  EXPECT_EQ(restored["news"], made["changes"]);
  EXPECT_EQ(run_json("attic", {"list"})["subscriptions"][0]["title"], "Lanterns");
  EXPECT_EQ(run("attic", {"refresh"}).code, 0);
  EXPECT_EQ(play("attic", "First").value("positionS", 0.0), 95);
}

TEST_F(LibraryCommands, Compact) {
  run_json("desk", {"add", web.url("/feed.xml")});
  const Json sizes = run_json("desk", {"compact"});
  EXPECT_GT(sizes["after"], 0);
  EXPECT_LE(sizes["after"], sizes["before"]);
  EXPECT_EQ(run_json("desk", {"list"})["subscriptions"][0]["episodes"], 2);
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
