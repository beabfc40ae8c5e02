#include "server/registry.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/random.hpp"
#include "core/signal/testing.hpp"

namespace skypod::server {
namespace {

using signal::Admit;
using signal::CreateRealm;
using signal::LoadRealm;
using signal::RegistryOp;
using signal::StoreResult;
using wire::ErrorCode;

const wire::Json jwk = signal::testing::fake_key("key").jwk;

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
  static Admit admission(const std::string& identity, const std::string& jti, std::size_t members_max = 64) {
    return {"realm", identity, jwk, "statement of " + identity, "alice", jti, 1, 0, members_max};
  }

  std::filesystem::path directory;
};

TEST_F(RegistryTest, WhatIsStoredIsThereAfterReopening) {
  {
    Registry registry = open();
    EXPECT_TRUE(one(registry, CreateRealm{"realm", "alice", jwk, "genesis"}));
    EXPECT_TRUE(one(registry, admission("bob", "j1")));
    EXPECT_TRUE(one(registry, admission("aaron", "j2")));
  }
  Registry registry = open();
  const auto record = one(registry, LoadRealm{"realm"});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->ledger, (std::vector<std::string>{"genesis", "statement of bob", "statement of aaron"}));
  EXPECT_EQ(record->members.size(), 3U);
  EXPECT_EQ(record->members.at("alice"), (signal::Member{jwk, "genesis"}));
  EXPECT_EQ(record->members.at("aaron"), (signal::Member{jwk, "statement of aaron"}));
  EXPECT_EQ(one(registry, admission("carol", "j1")).error(), ErrorCode::invitation_used);
}

TEST_F(RegistryTest, RefusalsChangeNothing) {
  Registry registry = open();
  EXPECT_EQ(one(registry, LoadRealm{"realm"}).error(), ErrorCode::unknown_realm);
  EXPECT_EQ(one(registry, admission("bob", "j1")).error(), ErrorCode::unknown_realm);
  EXPECT_TRUE(one(registry, CreateRealm{"realm", "alice", jwk, "genesis"}));
  EXPECT_EQ(one(registry, CreateRealm{"realm", "bob", jwk, "other"}).error(), ErrorCode::realm_exists);
  EXPECT_EQ(one(registry, admission("alice", "j1")).error(), ErrorCode::invitation_used);
  EXPECT_EQ(one(registry, admission("bob", "j1", 1)).error(), ErrorCode::realm_full);
  EXPECT_TRUE(one(registry, admission("bob", "j1", 2)));
  EXPECT_EQ(one(registry, LoadRealm{"realm"})->members.size(), 2U);
}

TEST_F(RegistryTest, AGroupSeesItsOwnChangesInOrder) {
  Registry registry = open();
  const std::vector<RegistryOp> ops{LoadRealm{"realm"}, CreateRealm{"realm", "alice", jwk, "genesis"},
                                    LoadRealm{"realm"}, admission("bob", "j1"), admission("carol", "j1")};
  const auto answers = registry.apply(ops);
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0].error(), ErrorCode::unknown_realm);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(answers[2]->members.size(), 1U);
  EXPECT_TRUE(answers[3]);
  EXPECT_EQ(answers[4].error(), ErrorCode::invitation_used);
}

TEST_F(RegistryTest, AFailureUndoesTheWholeGroup) {
  Registry registry = open();
  EXPECT_TRUE(one(registry, CreateRealm{"realm", "alice", jwk, "genesis"}));
  auto saboteur = sqlite::Database::open(path());
  ASSERT_TRUE(
      saboteur->execute("CREATE TRIGGER fail BEFORE INSERT ON member WHEN new.identity = 'eve' "
                        "BEGIN SELECT raise(ABORT, 'planted'); END"));
  const std::vector<RegistryOp> ops{admission("bob", "j1"), admission("eve", "j2"), LoadRealm{"realm"}};
  for (const StoreResult& answer : registry.apply(ops)) EXPECT_EQ(answer.error(), ErrorCode::storage_failed);
  EXPECT_EQ(registry.problem(), "planted");
  EXPECT_EQ(one(registry, LoadRealm{"realm"})->members.size(), 1U);
  EXPECT_TRUE(one(registry, admission("bob", "j1")));
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
    if (random.chance(30)) op = CreateRealm{name("realm"), identity, jwk, "genesis of " + identity};
    if (random.chance(50)) op = Admit{name("realm"), identity, jwk, "statement", "inviter", name("jti"), 1, 0, 3};
    EXPECT_EQ(one(registry, op), fake.apply(op)) << "step " << i;
  }
}

TEST_F(RegistryTest, ForgetsInvitationsThatExpiredLongAgo) {
  Registry registry = open();
  EXPECT_TRUE(one(registry, CreateRealm{"realm", "alice", jwk, "genesis"}));
  const auto admit = [&](const std::string& identity, const std::string& jti, wire::TimeMs expires,
                         wire::TimeMs before) {
    return one(registry, Admit{"realm", identity, jwk, "statement", "alice", jti, expires, before, 64});
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
