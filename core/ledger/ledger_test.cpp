#include "core/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/base64url.hpp"
#include "base/random.hpp"
#include "core/wire/messages.hpp"

namespace skypod::ledger {
namespace {

const std::string realm(22, 'R');

std::string identity(char letter) {
  return std::string(42, letter) + "A";
}

Json key_of(char letter) {
  return {{"kty", "EC"}, {"crv", "P-256"}, {"x", std::string(42, letter) + "A"}, {"y", std::string(43, 'A')}};
}

/// An unsigned statement in the right shape: checking signatures is not the ledger's part.
std::string statement(char signer, char subject, std::string_view msg, const Json& dat, const std::string& id) {
  const Json payload = wire::claims_to_payload({.iss = identity(signer),
                                                .aud = realm,
                                                .sub = identity(subject),
                                                .nonce = "",
                                                .jti = id,
                                                .issued_ms = 1'000,
                                                .expires_ms = 2'000,
                                                .message = wire::event(msg, dat)});
  return base64url_encode(R"({"alg":"ES256"})") + "." + base64url_encode(wire::to_json(payload)) + "." +
         std::string(86, 'A');
}

std::string genesis(char founder) {
  return statement(founder, founder, wire::msg::genesis, wire::KeyStatement{key_of(founder), ""}.write(), "g");
}

std::string admits(char inviter, char invitee) {
  return statement(inviter, invitee, wire::msg::admission, wire::KeyStatement{key_of(invitee), ""}.write(),
                   std::string("a") + invitee);
}

std::string removes(char remover, char removed, std::vector<std::string> stands = {}) {
  return statement(remover, removed, wire::msg::removal, RemovalStatement{std::move(stands)}.write(),
                   std::string("r") + removed);
}

/// The letters of the members that the statements come to, added in the order given until nothing more can be added.
std::string members_of(const std::vector<std::string>& statements) {
  Ledger ledger(realm, identity('a'));
  for (bool progress = true; progress;) {
    progress = false;
    for (const std::string& token : statements) {
      if (!ledger.check(token)) continue;
      ledger.add(token);
      progress = true;
    }
  }
  std::string letters;
  for (const auto& [id, member] : ledger.members()) letters += id[0];
  return letters;
}

/// The same for every order that a few dozen shuffles come up with.
void expect_members(std::vector<std::string> statements, const std::string& letters) {
  Random random(1);
  for (int round = 0; round < 50; ++round) {
    EXPECT_EQ(members_of(statements), letters);
    for (std::size_t i = statements.size() - 1; i > 0; --i) std::swap(statements[i], statements[random.below(i + 1)]);
  }
}

TEST(Ledger, MembershipIsAChainFromTheFounder) {
  expect_members({genesis('a'), admits('a', 'b'), admits('b', 'c')}, "abc");
  expect_members({genesis('a'), admits('b', 'c')}, "a");
  expect_members({genesis('b'), admits('b', 'c')}, "");  // another founder than the one it trusts
}

TEST(Ledger, SaysWhatHasToBeVerified) {
  Ledger ledger(realm, identity('a'));
  const auto check = ledger.check(genesis('a'));
  ASSERT_TRUE(check);
  EXPECT_EQ(check->signer, identity('a'));
  EXPECT_EQ(check->key, key_of('a'));
  ledger.add(genesis('a'));
  EXPECT_FALSE(ledger.check(genesis('a')));
  const auto admission = ledger.check(admits('a', 'b'));
  ASSERT_TRUE(admission);
  EXPECT_EQ(admission->key, key_of('a'));  // the inviter's, whatever the statement says
  EXPECT_EQ(admission->subject_key, key_of('b'));
  EXPECT_FALSE(ledger.check("garbage"));
  EXPECT_FALSE(ledger.check(removes('a', 'b')));  // nobody yet
}

TEST(Ledger, ARemovedMemberStaysRemoved) {
  const std::vector<std::string> removed{genesis('a'), admits('a', 'b'), admits('a', 'c'), removes('c', 'b')};
  expect_members(removed, "ac");
  auto again = removed;
  again.push_back(statement('a', 'b', wire::msg::admission, wire::KeyStatement{key_of('b'), ""}.write(), "again"));
  expect_members(again, "ac");
}

TEST(Ledger, WhatTheRemovedOneSignedStandsOnlyIfTheRemovalSaysSo) {
  const std::vector<std::string> common{genesis('a'), admits('a', 'b'), admits('b', 'c'), admits('b', 'd')};
  auto keeps_c = common;
  keeps_c.push_back(removes('a', 'b', {"ac"}));
  expect_members(keeps_c, "ac");
  auto keeps_none = common;
  keeps_none.push_back(removes('a', 'b'));
  expect_members(keeps_none, "a");
}

TEST(Ledger, ARemovedMemberCannotStrikeBackAtItsSenior) {
  expect_members(
      {genesis('a'), admits('a', 'b'), admits('a', 'c'), removes('a', 'b'), removes('b', 'a'), removes('b', 'c')},
      "ac");
}

TEST(Ledger, WhenTwoRemoveEachOtherTheSeniorStays) {
  expect_members({genesis('a'), admits('a', 'b'), admits('b', 'c'), removes('b', 'c'), removes('c', 'b')}, "ab");
  // Equals: the smaller id.
  expect_members({genesis('a'), admits('a', 'b'), admits('a', 'c'), removes('b', 'c'), removes('c', 'b')}, "ab");
}

TEST(Ledger, ARemovalThatHappenedBeforeItsSignersRemovalStands) {
  expect_members({genesis('a'), admits('a', 'b'), admits('a', 'c'), removes('b', 'c'), removes('a', 'b', {"rc"})}, "a");
}

TEST(Ledger, LeavingIsARemovalOfOneself) {
  expect_members({genesis('a'), admits('a', 'b'), admits('b', 'c'), removes('b', 'b', {"ac"})}, "ac");
  expect_members({genesis('a'), admits('a', 'b'), removes('a', 'a', {"g", "ab"})}, "b");
}

TEST(Ledger, KnowsOfRemovalsThatDoNotCount) {
  Ledger ledger(realm, identity('a'));
  for (const std::string& token : {genesis('a'), admits('a', 'b'), removes('a', 'b'), removes('b', 'a')}) {
    EXPECT_FALSE(ledger.is_contested(identity('a')));
    ledger.add(token);
  }
  EXPECT_TRUE(ledger.is_contested(identity('a')));
  EXPECT_EQ(ledger.removal_of(identity('a')), nullptr);
}

TEST(Ledger, RemembersWhoRemovedWhomAndWhatStands) {
  Ledger ledger(realm, identity('a'));
  for (const std::string& token : {genesis('a'), admits('a', 'b'), admits('b', 'c')}) ledger.add(token);
  EXPECT_EQ(ledger.standing_of(identity('b')), std::vector<std::string>{"ac"});
  ledger.add(removes('a', 'b', ledger.standing_of(identity('b'))));
  ASSERT_NE(ledger.removal_of(identity('b')), nullptr);
  EXPECT_EQ(ledger.removal_of(identity('b'))->remover, identity('a'));
  EXPECT_EQ(ledger.find(identity('c'))->inviter, identity('b'));
  EXPECT_EQ(ledger.statements().size(), 4U);
}

TEST(Ledger, AnySetOfStatementsGivesTheSameMembersInAnyOrder) {
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    Random random(seed);
    std::vector<std::string> statements{genesis('a')};
    const auto letter = [&] { return static_cast<char>('a' + random.below(6)); };
    for (int i = 0; i < 14; ++i) {
      const char signer = letter(), subject = letter();
      std::vector<std::string> stands;
      for (char other = 'a'; other < 'g'; ++other) {
        if (random.chance(50)) stands.push_back(std::string(random.chance(50) ? "a" : "r") + other);
      }
      statements.push_back(random.chance(60) ? admits(signer, subject) : removes(signer, subject, stands));
    }
    const std::string first = members_of(statements);
    for (int round = 0; round < 5; ++round) {
      for (std::size_t i = statements.size() - 1; i > 0; --i) std::swap(statements[i], statements[random.below(i + 1)]);
      ASSERT_EQ(members_of(statements), first) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace skypod::ledger
