#include "server/registry.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/random.hpp"
#include "core/signal/testing.hpp"

namespace skypod::server {
namespace {

using signal::Append;
using signal::CreateRealm;
using signal::LoadRealm;
using signal::RegistryOp;
using signal::StoreResult;
using signal::UsedInvitation;
using wire::ErrorCode;

class RegistryTest : public ::testing::Test {
 protected:
  RegistryTest() {
    std::string pattern = ::testing::TempDir() + "registry-XXXXXX";
    directory = mkdtemp(pattern.data());
  }
  ~RegistryTest() override { std::filesystem::remove_all(directory); }

  std::string path() const { return directory / "registry.sqlite"; }
  Registry open() const {
    auto registry = Registry::open(path());
    EXPECT_TRUE(registry) << registry.error().message;
    return std::move(*registry);
  }

  static StoreResult one(Registry& registry, const RegistryOp& op) { return registry.apply(std::span(&op, 1))[0]; }
  static Append admission(const std::string& identity, const std::string& jti) {
    return {"realm", {"statement of " + identity}, UsedInvitation{jti, 1}, 0};
  }
  static std::vector<std::string> statements(Registry& registry) {
    return one(registry, LoadRealm{"realm"}).value_or(signal::RealmRecord{}).statements;
  }

  std::filesystem::path directory;
};

TEST_F(RegistryTest, WhatIsStoredIsThereAfterReopening) {
  {
    Registry registry = open();
    EXPECT_TRUE(one(registry, CreateRealm{"realm", {"genesis"}}));
    EXPECT_TRUE(one(registry, admission("bob", "j1")));
    EXPECT_TRUE(one(registry, admission("aaron", "j2")));
    EXPECT_TRUE(one(registry, Append{"realm", {"removal of bob"}, std::nullopt, 0}));
  }
  Registry registry = open();
  EXPECT_EQ(statements(registry),
            (std::vector<std::string>{"genesis", "statement of bob", "statement of aaron", "removal of bob"}));
  EXPECT_EQ(one(registry, admission("carol", "j1")).error(), ErrorCode::invitation_used);
}

TEST_F(RegistryTest, RefusalsChangeNothing) {
  Registry registry = open();
  EXPECT_EQ(one(registry, LoadRealm{"realm"}).error(), ErrorCode::unknown_realm);
  EXPECT_EQ(one(registry, admission("bob", "j1")).error(), ErrorCode::unknown_realm);
  EXPECT_TRUE(one(registry, CreateRealm{"realm", {"genesis"}}));
  EXPECT_EQ(one(registry, CreateRealm{"realm", {"other"}}).error(), ErrorCode::realm_exists);
  EXPECT_TRUE(one(registry, Append{"realm", {}, UsedInvitation{"j1", 1}, 0})) << "taken back";
  EXPECT_EQ(one(registry, admission("bob", "j1")).error(), ErrorCode::invitation_used);
  EXPECT_EQ(statements(registry), (std::vector<std::string>{"genesis"}));
}

TEST_F(RegistryTest, AStatementIsKeptOnce) {
  Registry registry = open();
  EXPECT_TRUE(one(registry, CreateRealm{"realm", {"genesis", "a", "a"}}));
  EXPECT_TRUE(one(registry, CreateRealm{"other", {"a"}}));
  EXPECT_TRUE(one(registry, Append{"realm", {"genesis", "b", "a"}, std::nullopt, 0}));
  EXPECT_EQ(statements(registry), (std::vector<std::string>{"genesis", "a", "b"}));
}

TEST_F(RegistryTest, AGroupSeesItsOwnChangesInOrder) {
  Registry registry = open();
  const std::vector<RegistryOp> ops{LoadRealm{"realm"}, CreateRealm{"realm", {"genesis"}}, LoadRealm{"realm"},
                                    admission("bob", "j1"), admission("carol", "j1")};
  const auto answers = registry.apply(ops);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0].error(), ErrorCode::unknown_realm);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(answers[2]->statements.size(), 1U);
  EXPECT_TRUE(answers[3]);
  EXPECT_EQ(answers[4].error(), ErrorCode::invitation_used);
}

TEST_F(RegistryTest, AFailureUndoesTheWholeGroup) {
  Registry registry = open();
  EXPECT_TRUE(one(registry, CreateRealm{"realm", {"genesis"}}));
  auto saboteur = sqlite::Database::open(path());
  ASSERT_TRUE(
      saboteur->execute("CREATE TRIGGER fail BEFORE INSERT ON statement WHEN new.token = 'statement of eve' "
                        "BEGIN SELECT raise(ABORT, 'planted'); END"));
  const std::vector<RegistryOp> ops{admission("bob", "j1"), admission("eve", "j2"), LoadRealm{"realm"}};
  for (const StoreResult& answer : registry.apply(ops)) EXPECT_EQ(answer.error(), ErrorCode::storage_failed);
  EXPECT_EQ(registry.problem(), "planted");
  EXPECT_EQ(statements(registry).size(), 1U);
  EXPECT_TRUE(one(registry, admission("bob", "j1")));
}

TEST_F(RegistryTest, BringsTheFirstVersionsFilesUpToDate) {
  {
    auto database = sqlite::Database::open(path());
    ASSERT_TRUE(database->execute(
        "CREATE TABLE realm (id TEXT PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TABLE statement (realm TEXT NOT NULL REFERENCES realm, position INTEGER NOT NULL, token TEXT NOT NULL,"
        " PRIMARY KEY (realm, position)) WITHOUT ROWID;"
        "CREATE TABLE member (realm TEXT NOT NULL REFERENCES realm, identity TEXT NOT NULL, jwk TEXT NOT NULL,"
        " statement INTEGER NOT NULL, PRIMARY KEY (realm, identity),"
        " FOREIGN KEY (realm, statement) REFERENCES statement (realm, position)) WITHOUT ROWID;"
        "CREATE TABLE used_invitation (realm TEXT NOT NULL REFERENCES realm, jti TEXT NOT NULL, inviter TEXT NOT NULL,"
        " expires_ms INTEGER NOT NULL, PRIMARY KEY (realm, jti)) WITHOUT ROWID;"
        "CREATE INDEX used_invitation_expiry ON used_invitation (expires_ms);"
        "INSERT INTO realm VALUES ('realm');"
        "INSERT INTO statement VALUES ('realm', 0, 'genesis'), ('realm', 1, 'statement of bob');"
        "INSERT INTO member VALUES ('realm', 'alice', '{}', 0), ('realm', 'bob', '{}', 1);"
        "INSERT INTO used_invitation VALUES ('realm', 'j1', 'alice', 5000);"
        "PRAGMA user_version = 2"));
  }
  Registry registry = open();
  EXPECT_EQ(statements(registry), (std::vector<std::string>{"genesis", "statement of bob"}));
  EXPECT_EQ(one(registry, admission("carol", "j1")).error(), ErrorCode::invitation_used);
}

TEST_F(RegistryTest, RefusesFilesThatItDoesNotUnderstand) {
  {
    auto database = sqlite::Database::open(path());
    ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
  }
  EXPECT_NE(Registry::open(path()).error().message.find("later version"), std::string::npos);
  EXPECT_FALSE(Registry::open(directory / "missing" / "x.sqlite"));
}

TEST_F(RegistryTest, BehavesAsTheFakeThatOtherTestsUse) {
  Registry registry = open();
  signal::testing::FakeRegistry fake;
  Random random(7);
  const auto name = [&](const char* prefix) { return prefix + std::to_string(random.below(4)); };
  for (int i = 0; i < 500; ++i) {
    const std::string identity = name("id");
    RegistryOp op = LoadRealm{name("realm")};
    if (random.chance(30)) op = CreateRealm{name("realm"), {"genesis of " + identity}};
    if (random.chance(50)) op = Append{name("realm"), {name("statement"), identity}, UsedInvitation{name("jti"), 1}, 0};
    if (random.chance(20)) op = Append{name("realm"), {name("statement")}, std::nullopt, 0};
    EXPECT_EQ(one(registry, op), fake.apply(op)) << "step " << i;
  }
}

TEST_F(RegistryTest, ForgetsInvitationsThatExpiredLongAgo) {
  Registry registry = open();
  EXPECT_TRUE(one(registry, CreateRealm{"realm", {"genesis"}}));
  const auto admit = [&](const std::string& identity, const std::string& jti, wire::TimeMs expires,
                         wire::TimeMs before) {
    return one(registry, Append{"realm", {"statement of " + identity}, UsedInvitation{jti, expires}, before});
  };
  EXPECT_TRUE(admit("bob", "j1", 1000, 0));
  EXPECT_TRUE(admit("carol", "j2", 2000, 1000));
  EXPECT_EQ(admit("dave", "j1", 3000, 1000).error(), ErrorCode::invitation_used) << "kept: it expired at 1000";
  EXPECT_TRUE(admit("dave", "j3", 3000, 1001));
  EXPECT_TRUE(admit("erin", "j1", 3000, 1001)) << "forgotten";
  EXPECT_EQ(admit("frank", "j2", 3000, 1001).error(), ErrorCode::invitation_used);
}

}  // namespace
}  // namespace skypod::server
