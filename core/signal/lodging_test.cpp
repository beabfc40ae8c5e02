// What members lodge: removals, statements that the server lacks, invitations that are taken back; and the realm that
// comes back to a server which has lost it.
#include "core/signal/fixture_test.hpp"

namespace skypod::signal::testing {
namespace {

class LodgingTest : public RoomTest {
 protected:
  std::string removal(const FakeKey& remover, const FakeKey& removed, std::vector<std::string> stands = {}) {
    const ledger::RemovalStatement statement{std::move(stands)};
    Claims claims = claims_of(remover, realm, wire::event(wire::msg::removal, statement.write()), now);
    claims.sub = removed.identity;
    claims.jti = "removal of " + removed.identity.substr(0, 8);
    return fake_sign(remover, claims);
  }
  void lodge(SocketId socket, std::vector<std::string> statements) {
    say(socket, wire::request(wire::msg::statement, 5, wire::Statements{std::move(statements)}.write()));
  }
  static std::vector<std::string> told(const Envelope& message) {
    EXPECT_EQ(message.msg, wire::msg::statement);
    EXPECT_EQ(message.typ, Typ::evt);
    return wire::Statements::read(message.dat).value_or(wire::Statements{}).statements;
  }
  SocketId bring_back(const FakeKey& key, const std::string& genesis, std::vector<std::string> chain) {
    const SocketId socket = open();
    const wire::Register dat{key.jwk, genesis, std::move(chain)};
    give(Frame{socket, fake_sign(key, request(socket, key, wire::msg::register_realm, dat.write()))});
    return socket;
  }
};

TEST_F(LodgingTest, ARemovalEndsTheConnectionAndIsProvenToTheRemoved) {
  const std::string statement = removal(alice, bob);
  lodge(a, {statement});
  EXPECT_EQ(closed[b], 4403);
  ASSERT_GE(inbox[b].size(), 3U);
  EXPECT_EQ(last(b).dat["code"], "removed");
  EXPECT_EQ(told(inbox[b][inbox[b].size() - 2]).back(), statement);
  EXPECT_EQ(names(a), (std::vector<std::string>{"realm.statement", "realm.rtc.peer-left", "realm.statement"}));
  EXPECT_EQ(told(inbox[a][0]), std::vector{statement});
  EXPECT_EQ(last(a).typ, Typ::res);
  EXPECT_EQ(registry.realms().at(realm).statements.back(), statement);
}

TEST_F(LodgingTest, NothingHappensBeforeTheRemovalIsDurable) {
  hold_store = true;
  lodge(a, {removal(alice, bob)});
  EXPECT_FALSE(closed.contains(b));
  EXPECT_TRUE(inbox[b].empty());
  release_store();
  EXPECT_TRUE(closed.contains(b));
}

TEST_F(LodgingTest, AFullDiskIsReportedAndNobodyIsRemoved) {
  hold_store = true;
  lodge(a, {removal(alice, bob)});
  give(Stored{std::exchange(held, {})[0].request, unexpected(ErrorCode::storage_failed)});
  expect_error(a, wire::msg::statement, ErrorCode::storage_failed);
  EXPECT_FALSE(closed.contains(b));
}

TEST_F(LodgingTest, TheRemovedGetsInNoMoreByAnyWayAndIsToldWhy) {
  lodge(a, {removal(alice, bob)});
  const auto expect_shown_out = [this](SocketId socket, std::string_view msg) {
    expect_refused(socket, msg, ErrorCode::removed, 4403);
    EXPECT_FALSE(told(inbox[socket][1]).empty());
  };
  expect_shown_out(log_in(bob), wire::msg::authn);
  expect_shown_out(join_realm(bob, invitation(alice, bob, "again")), wire::msg::exchange);
  give(Closed{a});
  restart({});
  expect_shown_out(log_in(bob), wire::msg::authn);
  EXPECT_TRUE(is_in(log_in(alice)));
}

TEST_F(LodgingTest, OnlyTheRemovedItselfLearnsThatItWasRemoved) {
  lodge(a, {removal(alice, bob)});
  const SocketId socket = open();
  give(Frame{socket, fake_sign(carol, request(socket, bob, wire::msg::authn))});
  expect_refused(socket, wire::msg::authn, ErrorCode::bad_token, 4401);
}

TEST_F(LodgingTest, TheRemovedInvitesNobody) {
  const std::string early = invitation(bob, carol, "early");
  lodge(a, {removal(alice, bob)});
  expect_refused(join_realm(carol, early), wire::msg::exchange, ErrorCode::invitation_invalid, 4403);
}

TEST_F(LodgingTest, AnInvitationInFlightWhileItsInviterIsRemovedAdmitsNobody) {
  hold_store = true;
  const SocketId late = join_realm(carol, invitation(bob, carol, "racing"));
  lodge(a, {removal(alice, bob)});
  std::swap(held[0], held[1]);
  release_store();
  expect_refused(late, wire::msg::exchange, ErrorCode::invitation_invalid, 4403);
}

TEST_F(LodgingTest, WhoseAdmissionBecameVoidIsShownOutButNotCalledRemoved) {
  const SocketId invited = join_realm(carol, invitation(bob, carol, "early"));
  lodge(a, {removal(alice, bob)});
  EXPECT_EQ(last(invited).dat["code"], "not_a_member");
  EXPECT_EQ(closed[invited], 4403);
}

TEST_F(LodgingTest, ForgedAndForeignStatementsAreRefusedWhole) {
  const std::string good = fake_sign(alice, admission_claims(alice, carol, realm, "j9", now));
  lodge(a, {good, fake_sign(carol, admission_claims(alice, fake_key("dave"), realm, "j10", now))});
  expect_error(a, wire::msg::statement, ErrorCode::bad_token);
  lodge(a, {fake_sign(alice, admission_claims(alice, carol, other_realm, "j11", now))});
  expect_error(a, wire::msg::statement, ErrorCode::bad_token);
  Claims swapped = admission_claims(alice, carol, realm, "j12", now);
  swapped.message.dat["pubkey"] = fake_key("mallory").jwk;
  lodge(a, {fake_sign(alice, swapped)});
  expect_error(a, wire::msg::statement, ErrorCode::bad_token);
  EXPECT_EQ(registry.realms().at(realm).statements.size(), 2U);
  say(a, wire::request(wire::msg::statement, 5, {{"statements", {"x"}}}));
  expect_error(a, wire::msg::statement, ErrorCode::bad_message);
}

TEST_F(LodgingTest, WhatTheServerKnowsIsConfirmedWithoutMuchAdo) {
  lodge(a, registry.realms().at(realm).statements);
  EXPECT_EQ(names(a), std::vector<std::string>{"realm.statement"});
  EXPECT_EQ(last(a).typ, Typ::res);
  EXPECT_TRUE(inbox[b].empty());
}

TEST_F(LodgingTest, TheLimitOfMembersHoldsForStatementsToo) {
  seat({.members_max = 2});
  lodge(a, {fake_sign(alice, admission_claims(alice, carol, realm, "j9", now))});
  expect_error(a, wire::msg::statement, ErrorCode::realm_full);
}

TEST_F(LodgingTest, AnInvitationThatWasTakenBackIsOfNoUse) {
  const std::string statement = invitation(alice, carol, "j9");
  const wire::CancelInvitation cancel{"j9", now + 60'000};
  say(a, wire::request(wire::msg::cancel_invitation, 6, cancel.write()));
  EXPECT_EQ(last(a).typ, Typ::res);
  expect_refused(join_realm(carol, statement), wire::msg::exchange, ErrorCode::invitation_used, 4409);
  say(a, wire::request(wire::msg::cancel_invitation, 6, cancel.write()));
  EXPECT_EQ(last(a).typ, Typ::res) << "twice is once";
}

TEST_F(LodgingTest, AnyMemberBringsARealmBackToAServerThatLostIt) {
  const std::vector<std::string> statements = registry.realms().at(realm).statements;
  registry = {};
  restart({});
  expect_refused(log_in(bob), wire::msg::authn, ErrorCode::unknown_realm, 4404);
  b = bring_back(bob, statements[0], {statements[1]});
  EXPECT_TRUE(is_in(b));
  EXPECT_EQ(registry.realms().at(realm).statements, statements);
  EXPECT_TRUE(is_in(log_in(alice)));
  EXPECT_TRUE(is_in(bring_back(bob, statements[0], {statements[1]}))) << "the first answer may have been lost";
}

TEST_F(LodgingTest, WhoeverBroughtTheRealmBackNeedNotHaveKnownAllMembers) {
  const std::string genesis = registry.realms().at(realm).statements[0];
  const std::string of_bob = registry.realms().at(realm).statements[1];
  registry = {};
  restart({});
  a = bring_back(alice, genesis, {});
  expect_refused(log_in(bob), wire::msg::authn, ErrorCode::not_a_member, 4403);
  EXPECT_TRUE(is_in(bring_back(bob, genesis, {of_bob})));
  EXPECT_EQ(registry.realms().at(realm).statements, (std::vector<std::string>{genesis, of_bob}));
  EXPECT_TRUE(std::ranges::any_of(inbox[a], [](const Envelope& one) { return one.msg == wire::msg::statement; }));
  expect_refused(bring_back(carol, genesis, {of_bob}), wire::msg::register_realm, ErrorCode::bad_token, 4401);
}

TEST_F(LodgingTest, NobodyReturnsPastARemoval) {
  const std::vector<std::string> statements = registry.realms().at(realm).statements;
  lodge(a, {removal(alice, bob)});
  expect_refused(bring_back(bob, statements[0], {statements[1]}), wire::msg::register_realm, ErrorCode::removed, 4403);
}

TEST_F(LodgingTest, ARealmIsBroughtBackByItsMembersOnly) {
  const std::vector<std::string> statements = registry.realms().at(realm).statements;
  registry = {};
  restart({});
  const auto refused = [this](SocketId socket) {
    expect_refused(socket, wire::msg::register_realm, ErrorCode::bad_token, 4401);
  };
  refused(bring_back(bob, statements[0], {}));
  refused(bring_back(carol, statements[0], {statements[1]}));
  refused(bring_back(bob, statements[0], {invitation(carol, bob, "j1")}));
  refused(bring_back(bob, statements[0], {statements[1], invitation(bob, carol, "j2"), "e30.e30.e30"}));
  EXPECT_TRUE(registry.realms().empty());
}

}  // namespace
}  // namespace skypod::signal::testing
