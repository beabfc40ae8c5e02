#include "server/ice_servers.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace skypod::server {
namespace {

using wire::Json;

const Redacted secret(std::string("0123456789abcdef"));
constexpr wire::TimeMs now = 1'700'000'000'000;

TEST(IceServersTest, GivesStunAddressesForEver) {
  const auto servers = IceServers::of({"stun:a:1", "stuns:b:2"}, {}, {});
  ASSERT_TRUE(servers);
  const auto given = (*servers)("alice", now);
  EXPECT_EQ(given.list, Json::parse(R"([{"urls":["stun:a:1","stuns:b:2"]}])"));
  EXPECT_EQ(given.life_ms, 0);
}

TEST(IceServersTest, SignsUsernamesAsCoturnWantsThem) {
  const auto servers = IceServers::of({}, {"turn:t:3478?transport=tcp"}, secret);
  ASSERT_TRUE(servers);
  const auto given = (*servers)("alice", now);
  ASSERT_EQ(given.list.size(), 1U);
  const Json& entry = given.list[0];
  EXPECT_EQ(entry["urls"], Json::parse(R"(["turn:t:3478?transport=tcp"])"));
  // printf %s USERNAME | openssl dgst -sha1 -hmac 0123456789abcdef -binary | base64
  EXPECT_EQ(entry["username"], "1700003600:_b-LHKzT1XjgYtDk");
  EXPECT_EQ(entry["credential"], "yMMfdydd7anppcVYNAZUFYuKkD4=");
  EXPECT_EQ(given.life_ms, IceServers::life_ms);
}

TEST(IceServersTest, GivesEachMemberAPseudonymThatLasts) {
  const auto servers = IceServers::of({}, {"turn:t"}, secret);
  ASSERT_TRUE(servers);
  const auto user = [&](std::string_view identity, wire::TimeMs at) {
    const auto name = (*servers)(identity, at).list[0]["username"].get<std::string>();
    return name.substr(name.find(':'));
  };
  EXPECT_EQ(user("alice", now), user("alice", now + IceServers::life_ms));
  EXPECT_NE(user("alice", now), user("bob", now));
  EXPECT_EQ(user("alice", now).find("alice"), std::string::npos);
}

TEST(IceServersTest, SaysWhatCannotBe) {
  const auto refused = [](std::vector<std::string> stun, std::vector<std::string> turn, const std::string& shared) {
    const auto servers = IceServers::of(std::move(stun), std::move(turn), Redacted(shared));
    return servers ? std::string() : servers.error();
  };
  EXPECT_NE(refused({"turn:a"}, {}, "").find("is no stun address"), std::string::npos);
  EXPECT_NE(refused({"stun:"}, {}, "").find("is no stun address"), std::string::npos);
  EXPECT_NE(refused({"stun://a"}, {}, "").find("is no stun address"), std::string::npos);
  EXPECT_NE(refused({}, {"https://a"}, secret.reveal()).find("is no turn address"), std::string::npos);
  EXPECT_NE(refused({}, {"turn:a"}, "").find("needs the secret"), std::string::npos);
  EXPECT_NE(refused({}, {"turn:a"}, "short").find("16 to 1024"), std::string::npos);
  EXPECT_NE(refused({}, {"turn:a"}, std::string(1025, 'x')).find("16 to 1024"), std::string::npos);
  EXPECT_NE(refused({}, {}, secret.reveal()).find("without a TURN server"), std::string::npos);
  EXPECT_NE(refused(std::vector<std::string>(9, "stun:a"), {}, "").find("at most 8"), std::string::npos);
}

TEST(IceServersTest, ReadsTheSecretFromAFile) {
  const std::string name = "turn_secret_" + std::to_string(getpid());
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / name;
  std::ofstream(file) << secret.reveal() << "\n";
  const auto read = read_secret(file);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, secret);
  std::filesystem::remove(file);
  EXPECT_FALSE(read_secret(file));
}

}  // namespace
}  // namespace skypod::server
