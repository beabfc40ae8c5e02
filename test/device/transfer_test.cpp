// A library in and out: lists of subscriptions, backups.
#include <gtest/gtest.h>

#include "test/device/virtual_device.hpp"

namespace skypod::test {
namespace {

const std::string news = "https://feeds.example/news.xml";
const std::string show = "https://feeds.example/show.xml";
const std::string passphrase = "correct horse battery";

Json element(const char* name, const Json& attributes = Json::object()) {
  return Json::array({name, attributes});
}

/// An OPML document as a page hands it over: one feed in a folder of a folder, one twice, and a link.
Json document() {
  return Json::array({element("opml", {{"version", "2.0"}}),
                      element("head"),
                      element("title"),
                      "My feeds",
                      nullptr,
                      nullptr,
                      element("body"),
                      element("outline", {{"text", "Audio"}}),
                      element("outline", {{"text", "Daily"}}),
                      element("outline", {{"text", "Show"}, {"xmlUrl", "feed://feeds.example/show.xml"}}),
                      nullptr,
                      nullptr,
                      nullptr,
                      element("outline", {{"text", "News"}, {"xmlUrl", news}}),
                      nullptr,
                      element("outline", {{"text", "Again"}, {"xmlUrl", news}}),
                      nullptr,
                      element("outline", {{"text", "Link"}, {"type", "link"}, {"url", "https://example.org"}}),
                      nullptr,
                      nullptr,
                      nullptr});
}

class Transfer : public testing::Test {
 protected:
  Transfer() : shared(3), a(shared, 0), b(shared, 1) { shared.world.run(shared.world.now() + 1'000); }

  void subscribe(VirtualDevice& device) {
    device.command("library.import", {{"subscriptions",
                                       {{{"feed", show}, {"title", "Show"}, {"folder", "Audio"}},
                                        {{"feed", news}, {"title", "News"}, {"folder", ""}}}}});
  }
  static void listen(VirtualDevice& device, double position_s) {
    device.command("play.progress", {{"feed", show}, {"episode", "e1"}, {"positionS", position_s}});
  }
  static Json position(VirtualDevice& device) {
    return device.command("play.positions", {{"feed", show}, {"episode", "e1"}})["positions"];
  }
  Json backup_of(VirtualDevice& device) { return device.command("backup.create", {{"passphrase", passphrase}}); }
  std::string refusal(const std::string& file, const std::string& words = passphrase) {
    return b.refused_command("backup.restore", {{"file", file}, {"passphrase", words}})["message"].get<std::string>();
  }

  VirtualWorld shared;
  VirtualDevice a, b;
};

TEST_F(Transfer, AnotherReadersListIsReadAndSubscribedTo) {
  const Json list = a.command("opml.read", {{"document", document()}});
  EXPECT_EQ(list["title"], "My feeds");
  EXPECT_EQ(list["truncated"], false);
  ASSERT_EQ(list["subscriptions"].size(), 2U) << list.dump();
  EXPECT_EQ(list["subscriptions"][0],
            Json({{"feed", "http://feeds.example/show.xml"}, {"title", "Show"}, {"folder", "Audio / Daily"}}));
  const Json wanted = {{"subscriptions", list["subscriptions"]}};
  EXPECT_EQ(a.command("library.import", wanted), Json({{"added", 2}, {"known", 0}}));
  EXPECT_EQ(a.command("library.import", wanted), Json({{"added", 0}, {"known", 2}}));
  EXPECT_EQ(a.command("library.subscriptions")["subscriptions"].size(), 2U);
}

TEST_F(Transfer, TheListThatIsWrittenHasTheFolders) {
  const Json list = a.command("opml.read", {{"document", document()}});
  a.command("library.import", {{"subscriptions", list["subscriptions"]}});
  const std::string opml = a.command("opml.export")["opml"].get<std::string>();
  EXPECT_NE(opml.find("<outline text=\"Audio\" title=\"Audio\">\n      <outline text=\"Daily\""), std::string::npos)
      << opml;
  EXPECT_NE(opml.find("xmlUrl=\"" + news + "\""), std::string::npos) << opml;
}

TEST_F(Transfer, WhatIsNoListIsRefused) {
  const auto refuse = [&](const Json& events) {
    return a.refused_command("opml.read", {{"document", events}})["message"].get<std::string>();
  };
  EXPECT_TRUE(refuse(Json::array({element("html"), nullptr})).starts_with("That is no OPML file."));
  EXPECT_TRUE(refuse(Json::array({7})).starts_with("That is no list of XML events."));
  EXPECT_TRUE(refuse(Json::array({element("opml", {{"version", 2}})})).starts_with("That is no list of XML events."));
  const Json bad = {{"subscriptions", {{{"feed", "ftp://x"}, {"title", ""}, {"folder", ""}}}}};
  EXPECT_TRUE(a.refused_command("library.import", bad)["message"].get<std::string>().starts_with(
      "One of these is not the address of a feed."));
  Json many = Json::array();
  for (int i = 0; i <= 500; ++i) many.push_back({{"feed", show}});
  EXPECT_EQ(a.refused_command("library.import", {{"subscriptions", many}})["code"], "bad_input");
}

TEST_F(Transfer, ABackupBringsALibraryToAnEmptyDevice) {
  subscribe(a);
  listen(a, 42);
  a.command("settings.set", {{"name", "speed"}, {"value", 1.5}, {"everywhere", true}});
  const Json backup = backup_of(a);
  const Json restored = b.command("backup.restore", {{"file", backup["file"]}, {"passphrase", passphrase}});
  EXPECT_EQ(restored["changes"], backup["changes"]);
  EXPECT_EQ(restored["news"], backup["changes"]);
  EXPECT_EQ(b.command("library.subscriptions")["subscriptions"].size(), 2U);
  EXPECT_EQ(position(b)[0]["positionS"], 42);
  EXPECT_EQ(b.command("settings.list")["everywhere"]["speed"], 1.5);
  const Json again = b.command("backup.restore", {{"file", backup["file"]}, {"passphrase", passphrase}});
  EXPECT_EQ(again["news"], 0);
}

TEST_F(Transfer, ABackupOverwritesNothingNewer) {
  subscribe(a);
  listen(a, 42);
  const Json backup = backup_of(a);
  listen(a, 90);
  a.command("library.remove", {{"feed", news}});
  EXPECT_EQ(a.command("backup.restore", {{"file", backup["file"]}, {"passphrase", passphrase}})["news"], 0);
  EXPECT_EQ(position(a)[0]["positionS"], 90);
  EXPECT_EQ(a.command("library.subscriptions")["subscriptions"].size(), 1U);
}

TEST_F(Transfer, ABackupReachesThePeersOfTheDevice) {
  subscribe(a);
  listen(a, 42);
  const Json backup = backup_of(a);
  VirtualDevice c(shared, 2);
  b.command("realm.create");
  const Json invitation = b.command("pairing.invite", c.command("pairing.register"));
  c.command("pairing.join", {{"invitation", invitation["invitation"]}});
  shared.world.run(shared.world.now() + 10'000);
  b.command("backup.restore", {{"file", backup["file"]}, {"passphrase", passphrase}});
  shared.world.run(shared.world.now() + 2'000);
  EXPECT_EQ(position(c)[0]["positionS"], 42);
}

TEST_F(Transfer, AFileThatCannotBeReadIsRefusedInWords) {
  subscribe(a);
  const std::string file = backup_of(a)["file"].get<std::string>();
  const std::string foreign = "This is not a backup file of skypod.";
  EXPECT_TRUE(refusal("PK\x03\x04").starts_with(foreign));
  EXPECT_TRUE(refusal(R"({"skypod":"recovery","version":1})").starts_with(foreign));
  EXPECT_TRUE(refusal(R"({"skypod":"backup","version":2})").starts_with("The backup was made by a newer skypod"));
  EXPECT_TRUE(refusal(file, "another passphrase").starts_with("The passphrase is not the one"));
  const std::string damaged = "The backup file is damaged or a part of it is missing.";
  EXPECT_TRUE(refusal(file.substr(0, file.size() / 2)).starts_with(damaged));
  EXPECT_TRUE(refusal(file + "x").starts_with(damaged));
  std::string bent = file;
  bent[file.size() - 10] = bent[file.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_TRUE(refusal(bent).starts_with(damaged));
  EXPECT_TRUE(b.command("library.subscriptions")["subscriptions"].empty());
  EXPECT_TRUE(a.refused_command("backup.create", {{"passphrase", "short"}})["message"].get<std::string>().starts_with(
      "A passphrase needs at least 8 letters."));
}

}  // namespace
}  // namespace skypod::test
