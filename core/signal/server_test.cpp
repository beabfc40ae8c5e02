#include "core/signal/server.hpp"

#include <gtest/gtest.h>

#include "core/signal/fixture_test.hpp"

namespace skypod::signal::testing {
namespace {

// ---- before authentication ------------------------------------------------------------------------------------------

TEST_F(ServerTest, ChallengesEveryConnection) {
  const SocketId socket = open();
  const auto challenge = wire::Challenge::read(last(socket).dat);
  ASSERT_TRUE(challenge);
  EXPECT_EQ(last(socket).msg, wire::msg::challenge);
  EXPECT_EQ(challenge->nonce, nonce_of(socket));
  EXPECT_EQ(challenge->time_ms, now);
  EXPECT_EQ(server->sockets(), 1U);
}

TEST_F(ServerTest, ClosesWhoeverIsNotAuthenticatedInTime) {
  const SocketId socket = open();
  EXPECT_EQ(server->next_deadline(), now + wire::limit::preauth_deadline_ms);
  now += wire::limit::preauth_deadline_ms - 1;
  give(Tick{});
  EXPECT_FALSE(closed.contains(socket));
  now += 1;
  give(Tick{});
  expect_refused(socket, wire::msg::challenge, ErrorCode::authentication_timeout, 4408);
  EXPECT_EQ(server->next_deadline(), std::nullopt);
}

TEST_F(ServerTest, ATokenAfterTheDeadlineIsTooLateEvenWithoutATick) {
  const SocketId socket = open();
  const std::string token = fake_sign(alice, founding(socket, alice));
  now += wire::limit::preauth_deadline_ms;
  give(Frame{socket, token});
  expect_refused(socket, wire::msg::challenge, ErrorCode::authentication_timeout, 4408);
  EXPECT_TRUE(registry.realms().empty());
}

TEST_F(ServerTest, ASlowRegistryDoesNotExtendTheDeadline) {
  hold_store = true;
  const SocketId socket = found_realm(alice);
  now += wire::limit::preauth_deadline_ms;
  give(Tick{});
  expect_refused(socket, wire::msg::challenge, ErrorCode::authentication_timeout, 4408);
  release_store();
  EXPECT_EQ(server->realms(), 0U);
}

TEST_F(ServerTest, RefusesWhatIsNoToken) {
  const SocketId garbage = open();
  give(Frame{garbage, "garbage!"});
  expect_refused(garbage, wire::msg::error, ErrorCode::bad_frame, 4400);
  const SocketId empty = open();
  give(Frame{empty, ""});
  expect_refused(empty, wire::msg::error, ErrorCode::bad_frame, 4400);
  const SocketId early = open();
  say(early, wire::request(wire::msg::broadcast, 3, {{"payload", "x"}}));
  expect_refused(early, wire::msg::broadcast, ErrorCode::not_authenticated, 4401);
  EXPECT_EQ(last(early).seq, 3);
}

TEST_F(ServerTest, RefusesFramesThatAreTooLarge) {
  const SocketId big = open();
  give(Frame{big, std::string(wire::limit::frame_max_preauth + 1, 'a')});
  expect_refused(big, wire::msg::error, ErrorCode::frame_too_large, 1009);
  const SocketId bigger = open();
  give(TooLarge{bigger});
  expect_refused(bigger, wire::msg::error, ErrorCode::frame_too_large, 1009);
  give(TooLarge{99});  // a socket that is not there
}

TEST_F(ServerTest, RefusesOtherAlgorithms) {
  for (const std::string header : {R"({"alg":"none"})", R"({"alg":"HS256"})"}) {
    const SocketId socket = open();
    const std::string payload = wire::to_json(wire::claims_to_payload(founding(socket, alice)));
    const std::string input = base64url_encode(header) + "." + base64url_encode(payload) + ".";
    give(Frame{socket, header.contains("none") ? input : input + std::string(86, 'A')});
    expect_refused(socket, wire::msg::error, ErrorCode::bad_token, 4401);
  }
}

TEST_F(ServerTest, RefusesTokensThatDoNotAnswerTheChallenge) {
  const auto expect = [this](auto spoil, ErrorCode code) {
    const SocketId socket = open();
    Claims claims = founding(socket, alice);
    spoil(claims);
    give(Frame{socket, fake_sign(alice, claims)});
    expect_refused(socket, claims.message.msg, code, 4000 + wire::status_of(code));
    EXPECT_EQ(last(socket).seq, 7);
  };
  expect([](Claims& claims) { claims.nonce = nonce_of(999); }, ErrorCode::stale_nonce);
  expect([](Claims& claims) { claims.nonce = ""; }, ErrorCode::stale_nonce);
  expect([this](Claims& claims) { claims.expires_ms = now; }, ErrorCode::token_expired);
  expect([this](Claims& claims) { claims.issued_ms = now + wire::clock_skew_max_ms + 1000; }, ErrorCode::token_expired);
  expect([this](Claims& claims) { claims.expires_ms = now + request_life_max_ms + 1000; }, ErrorCode::bad_token);
  expect([](Claims& claims) { claims.message.msg = wire::msg::ping; }, ErrorCode::not_authenticated);
  expect([](Claims& claims) { claims.message.typ = Typ::evt; }, ErrorCode::not_authenticated);
  expect([](Claims& claims) { claims.message.dat = nullptr; }, ErrorCode::bad_message);
  expect([](Claims& claims) { claims.message = wire::request(wire::msg::exchange, 7); }, ErrorCode::bad_message);
  EXPECT_TRUE(registry.realms().empty());
  EXPECT_EQ(server->realms(), 0U);
}

TEST_F(ServerTest, ASecondFrameDuringAuthenticationEndsIt) {
  hold_store = true;
  const SocketId socket = found_realm(alice);
  give(Frame{socket, fake_sign(alice, founding(socket, alice))});
  expect_refused(socket, wire::msg::error, ErrorCode::not_authenticated, 4401);
}

TEST_F(ServerTest, FramesOfUnknownSocketsAreIgnored) {
  give(Frame{5, "x"});
  give(Closed{5});
  give(Stored{5, RealmRecord{}});
  EXPECT_TRUE(inbox.empty());
}

// ---- limits on connections -----------------------------------------------------------------------------------------

/// Few may be connected, so that every limit is soon reached.
class CrowdTest : public ServerTest {
 protected:
  CrowdTest() {
    restart({.sockets_max = 8, .sockets_per_address_max = 6, .strangers_max = 4, .strangers_per_address_max = 2});
  }

  SocketId found_at(const std::string& address, const FakeKey& key, const std::string& id) {
    const SocketId socket = open(address);
    Claims claims = request(socket, key, wire::msg::register_realm);
    claims.aud = id;
    claims.message.dat = wire::Register{key.jwk, fake_sign(key, genesis_claims(key, id, now))}.write();
    give(Frame{socket, fake_sign(key, claims)});
    EXPECT_TRUE(is_in(socket));
    return socket;
  }
  /// `count` realms of one member each.
  std::vector<SocketId> found_many(const std::string& address, int count) {
    std::vector<SocketId> sockets;
    for (int i = 0; i < count; ++i) {
      const std::string name = address + "/" + std::to_string(i);
      sockets.push_back(found_at(address, fake_key(name), base64url_encode(name + std::string(16, '-'))));
    }
    return sockets;
  }
  void expect_pushed_out(SocketId socket) {
    expect_refused(socket, wire::msg::challenge, ErrorCode::rate_limited, 4429);
  }
};

TEST_F(CrowdTest, ANewStrangerPushesOutTheOldestOfItsAddress) {
  const SocketId elsewhere = open("192.0.2.9");
  const SocketId first = open("192.0.2.1");
  const SocketId second = open("192.0.2.1");
  EXPECT_FALSE(closed.contains(first));
  const SocketId third = open("192.0.2.1");
  expect_pushed_out(first);
  for (const SocketId socket : {elsewhere, second, third}) EXPECT_FALSE(closed.contains(socket));
}

TEST_F(CrowdTest, ANewStrangerPushesOutTheOldestOfAll) {
  std::vector<SocketId> sockets;
  for (int i = 0; i < 10; ++i) sockets.push_back(open("192.0.2." + std::to_string(i)));
  EXPECT_EQ(server->sockets(), 4U);
  for (std::size_t i = 0; i < 6; ++i) expect_pushed_out(sockets[i]);
  for (std::size_t i = 6; i < 10; ++i) EXPECT_FALSE(closed.contains(sockets[i]));
}

TEST_F(CrowdTest, ManyDeadlinesAreMetPieceByPiece) {
  restart({});
  for (int i = 0; i < 100; ++i) open("192.0.2." + std::to_string(i));
  now += wire::limit::preauth_deadline_ms;
  std::size_t ticks = 0;
  for (; server->next_deadline() && *server->next_deadline() <= now && ticks < 1000; ++ticks) {
    const std::size_t before = closed.size();
    give(Tick{});
    EXPECT_GT(closed.size(), before);
    EXPECT_LE(closed.size(), before + 10);
  }
  EXPECT_EQ(server->sockets(), 0U);
  EXPECT_EQ(closed.size(), 100U);
}

TEST_F(CrowdTest, AStrangerOfASharedAddressIsCountedInAllOnly) {
  const std::vector sockets{open(""), open(""), open(""), open("")};
  for (const SocketId socket : sockets) EXPECT_FALSE(closed.contains(socket));
  open("");
  expect_pushed_out(sockets[0]);
}

TEST_F(CrowdTest, MembersAreNeverPushedOut) {
  const auto members = found_many("192.0.2.1", 3);
  for (int i = 0; i < 20; ++i) open(i % 2 == 0 ? "192.0.2.1" : "192.0.2.2");
  for (const SocketId socket : members) EXPECT_FALSE(closed.contains(socket));
  EXPECT_TRUE(server->is_member(members[0]));
  EXPECT_FALSE(server->is_member(last_socket));
}

TEST_F(CrowdTest, AnAddressHasSoManyConnectionsOnly) {
  const auto members = found_many("192.0.2.1", 6);
  const SocketId refused = open("192.0.2.1");
  expect_pushed_out(refused);
  EXPECT_EQ(names(refused), std::vector<std::string>{"preauth.challenge"}) << "no nonce for it, only the refusal";
  EXPECT_NE(last(refused).dat["message"].get<std::string>().find("6 connections"), std::string::npos);
  give(Closed{members[0]});
  EXPECT_FALSE(closed.contains(open("192.0.2.1")));
}

TEST_F(CrowdTest, WhenAllPlacesAreTakenStrangersGoFirstAndThenNewcomersAreRefused) {
  found_many("192.0.2.1", 4);
  found_many("192.0.2.2", 3);
  const SocketId stranger = open("192.0.2.3");
  EXPECT_EQ(server->sockets(), 8U);
  const SocketId newer = open("192.0.2.4");
  expect_pushed_out(stranger);
  EXPECT_FALSE(closed.contains(newer));
  give(Closed{newer});
  found_many("192.0.2.5", 1);
  const SocketId refused = open("192.0.2.6");
  expect_pushed_out(refused);
  EXPECT_EQ(server->sockets(), 8U);
}

TEST_F(CrowdTest, WhoWaitsForTheRegistryIsAStrangerStill) {
  hold_store = true;
  const SocketId waiting = found_realm(alice);
  open("192.0.2.1");
  open("192.0.2.1");
  expect_refused(waiting, wire::msg::challenge, ErrorCode::rate_limited, 4429);
  release_store();
  EXPECT_TRUE(registry.realms().empty());
}

TEST_F(ServerTest, DeadlinesFollowTheSteadyClockAndTokensTheTimeOfDay) {
  const SocketId socket = open();
  server->handle(Tick{}, {now + 1, now + 3'600'000});
  server->handle(Frame{socket, fake_sign(alice, founding(socket, alice))}, {now + 2, now + 3'600'000});
  for (Output& output : server->drain()) std::visit([this](auto& one) { take(one); }, output);
  expect_refused(socket, wire::msg::register_realm, ErrorCode::token_expired, 4401);
}

// ---- register -------------------------------------------------------------------------------------------------------

TEST_F(ServerTest, RegisterFoundsARealmOnceItIsDurable) {
  hold_store = true;
  const SocketId socket = found_realm(alice);
  EXPECT_FALSE(is_in(socket));
  release_store();  // the load
  EXPECT_FALSE(is_in(socket));
  release_store();  // the creation
  EXPECT_TRUE(is_in(socket));
  EXPECT_EQ(names(socket),
            (std::vector<std::string>{"preauth.challenge", "preauth.authn", "realm.status", "realm.rtc.peer-joined"}));
  EXPECT_EQ(registry.realms().at(realm).statements.size(), 1U);
  const auto welcome = wire::Welcome::read(inbox[socket][1].dat);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(inbox[socket][1].seq, 7);
  EXPECT_TRUE(welcome->peers.empty());
  EXPECT_EQ(welcome->identities, (std::map<std::string, Json>{{alice.identity, alice.jwk}}));
  EXPECT_EQ(welcome->ledger.size(), 1U);
  const auto status = wire::Status::read(inbox[socket][2].dat);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->peers, std::vector{alice.identity});
  EXPECT_EQ(status->frame_max, wire::limit::frame_max);
  EXPECT_EQ(status->ice_servers, Json::array());
}

TEST_F(ServerTest, RenewsIceServersBeforeTheirCredentialsRunOut) {
  Options options;
  options.ice_servers = [](std::string_view identity, wire::TimeMs day_ms) {
    return IceServers{Json::array({{{"username", std::to_string(day_ms) + std::string(identity)}}}), 100'000};
  };
  restart(std::move(options));
  const SocketId socket = found_realm(alice);
  const auto given = [&] {
    return wire::Status::read(last(socket).dat)->ice_servers[0]["username"].get<std::string>();
  };
  inbox[socket].pop_back();  // peer-joined
  EXPECT_EQ(given(), std::to_string(now) + alice.identity);
  now += 49'999;
  say(socket, wire::request(wire::msg::ping, 1));
  EXPECT_EQ(last(socket).msg, wire::msg::pong);
  now += 1;
  say(socket, wire::request(wire::msg::ping, 2));
  ASSERT_EQ(last(socket).msg, wire::msg::status);
  EXPECT_EQ(given(), std::to_string(now) + alice.identity);
  say(socket, wire::request(wire::msg::ping, 3));
  EXPECT_EQ(last(socket).msg, wire::msg::pong) << "once is enough";
}

TEST_F(ServerTest, RegisterAgainIsTheSameAnswerForTheSameGenesisOnly) {
  const SocketId first = found_realm(alice);
  const auto before = registry.realms();
  give(Closed{first});
  EXPECT_EQ(server->realms(), 0U);
  EXPECT_TRUE(is_in(found_realm(alice)));
  const SocketId stranger = found_realm(bob);
  expect_refused(stranger, wire::msg::register_realm, ErrorCode::realm_exists, 4409);
  EXPECT_EQ(registry.realms(), before);
}

TEST_F(ServerTest, TwoFoundersAtOnceGetOneRealm) {
  hold_store = true;
  const SocketId first = found_realm(alice);
  const SocketId second = found_realm(bob);
  release_store();
  release_store();
  EXPECT_TRUE(is_in(first));
  expect_refused(second, wire::msg::register_realm, ErrorCode::realm_exists, 4409);
}

TEST_F(ServerTest, ARealmThatAnotherProcessFoundedIsReadAgain) {
  hold_store = true;
  const SocketId socket = found_realm(alice);
  release_store();
  registry.apply(CreateRealm{realm, {"e30.e30.e30"}});
  release_store();
  release_store();
  expect_refused(socket, wire::msg::register_realm, ErrorCode::realm_exists, 4409);
}

TEST_F(ServerTest, AFailingRegistryIsReportedAndTheNextOneMayTry) {
  hold_store = true;
  const SocketId first = found_realm(alice);
  const SocketId second = found_realm(bob);
  release_store();
  ASSERT_EQ(held.size(), 1U);
  give(Stored{std::exchange(held, {})[0].request, unexpected(ErrorCode::storage_failed)});
  expect_refused(first, wire::msg::register_realm, ErrorCode::storage_failed, 4503);
  release_store();
  EXPECT_TRUE(is_in(second));

  const SocketId third = open();
  Claims elsewhere = request(third, carol, wire::msg::authn);
  elsewhere.aud = other_realm;
  give(Frame{third, fake_sign(carol, elsewhere)});
  ASSERT_EQ(held.size(), 1U);
  give(Stored{std::exchange(held, {})[0].request, unexpected(ErrorCode::storage_failed)});
  expect_refused(third, wire::msg::authn, ErrorCode::storage_failed, 4503);
}

TEST_F(ServerTest, RegisterRefusesAGenesisThatIsNotTheFoundersOwn) {
  const auto expect = [this](auto spoil, const FakeKey& signer, ErrorCode code) {
    const SocketId socket = open();
    Claims genesis = genesis_claims(alice, realm, now);
    spoil(genesis);
    const wire::Register dat{alice.jwk, fake_sign(signer, genesis)};
    give(Frame{socket, fake_sign(alice, request(socket, alice, wire::msg::register_realm, dat.write()))});
    expect_refused(socket, wire::msg::register_realm, code, 4000 + wire::status_of(code));
  };
  expect([](Claims&) {}, bob, ErrorCode::bad_token);
  expect([](Claims& claims) { claims.iss = bob.identity; }, bob, ErrorCode::bad_token);
  expect([](Claims& claims) { claims.sub = bob.identity; }, alice, ErrorCode::bad_token);
  expect([](Claims& claims) { claims.aud = other_realm; }, alice, ErrorCode::wrong_realm);
  expect([](Claims& claims) { claims.message.msg = wire::msg::admission; }, alice, ErrorCode::bad_token);
  expect([](Claims& claims) { claims.message.dat["pubkey"] = bob.jwk; }, alice, ErrorCode::bad_token);
  const SocketId socket = open();
  const wire::Register dat{alice.jwk, "no-token"};
  give(Frame{socket, fake_sign(alice, request(socket, alice, wire::msg::register_realm, dat.write()))});
  expect_refused(socket, wire::msg::register_realm, ErrorCode::bad_token, 4401);
  EXPECT_TRUE(registry.realms().empty());
}

TEST_F(ServerTest, RegisterRefusesAForeignKey) {
  const SocketId another = open();
  give(Frame{another, fake_sign(bob, founding(another, alice))});
  expect_refused(another, wire::msg::register_realm, ErrorCode::bad_token, 4401);
  const SocketId claimed = open();
  Claims claims = founding(claimed, bob);  // bob's key under alice's name
  claims.iss = alice.identity;
  give(Frame{claimed, fake_sign(bob, claims)});
  expect_refused(claimed, wire::msg::register_realm, ErrorCode::bad_token, 4401);
}

/// Counts realms by the address of their founders.
class FoundersTest : public ServerTest {
 protected:
  FoundersTest() { restart({.new_realms = {.refill_ms = 1000, .burst = 1}}); }

  SocketId found_at(const std::string& address) {
    const std::string id = std::string(22, 'A') + std::to_string(++realms);
    const SocketId socket = open(address);
    Claims claims = request(socket, alice, wire::msg::register_realm);
    claims.aud = id;
    claims.message.dat = wire::Register{alice.jwk, fake_sign(alice, genesis_claims(alice, id, now))}.write();
    give(Frame{socket, fake_sign(alice, claims)});
    return socket;
  }

  int realms = 0;
};

TEST_F(FoundersTest, AnAddressMayFoundSoManyRealmsOnly) {
  EXPECT_TRUE(is_in(found_at("192.0.2.1")));
  expect_refused(found_at("192.0.2.1"), wire::msg::register_realm, ErrorCode::rate_limited, 4429);
  EXPECT_TRUE(is_in(found_at("192.0.2.2")));
  now += 1000;
  EXPECT_TRUE(is_in(found_at("192.0.2.1")));
}

TEST_F(FoundersTest, OnlyAddressesThatMayFoundAgainAreForgotten) {
  for (int i = 0; i < 1023; ++i) EXPECT_TRUE(is_in(found_at("host-" + std::to_string(i))));
  now += 1000;
  EXPECT_TRUE(is_in(found_at("192.0.2.1")));
  EXPECT_TRUE(is_in(found_at("192.0.2.2")));
  expect_refused(found_at("192.0.2.1"), wire::msg::register_realm, ErrorCode::rate_limited, 4429);
}

// ---- authn ----------------------------------------------------------------------------------------------------------

TEST_F(ServerTest, AuthnLetsMembersIn) {
  give(Closed{found_realm(alice)});
  const SocketId socket = log_in(alice);
  EXPECT_TRUE(is_in(socket));
  EXPECT_FALSE(closed.contains(socket));
}

TEST_F(ServerTest, AuthnRefusesStrangers) {
  expect_refused(log_in(alice), wire::msg::authn, ErrorCode::unknown_realm, 4404);
  EXPECT_EQ(server->realms(), 0U);
  found_realm(alice);
  expect_refused(log_in(bob), wire::msg::authn, ErrorCode::not_a_member, 4403);
  const SocketId forged = open();
  give(Frame{forged, fake_sign(bob, request(forged, alice, wire::msg::authn))});
  expect_refused(forged, wire::msg::authn, ErrorCode::bad_token, 4401);
}

TEST_F(ServerTest, SharesOneLoadAmongAllThatWait) {
  give(Closed{found_realm(alice)});
  hold_store = true;
  const SocketId first = log_in(alice);
  const SocketId second = log_in(bob);
  const SocketId gone = log_in(carol);
  give(Closed{gone});
  EXPECT_EQ(held.size(), 1U);
  release_store();
  EXPECT_TRUE(is_in(first));
  expect_refused(second, wire::msg::authn, ErrorCode::not_a_member, 4403);
}

// ---- exchange -------------------------------------------------------------------------------------------------------

TEST_F(ServerTest, ExchangeAdmitsAndTellsEveryone) {
  const SocketId first = found_realm(alice);
  const std::string statement = invitation(alice, bob, "j1");
  const SocketId second = join_realm(bob, statement);
  ASSERT_TRUE(is_in(second));
  const auto welcome = wire::Welcome::read(inbox[second][1].dat);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->peers, std::vector{alice.identity});
  EXPECT_EQ(welcome->ledger.back(), statement);
  for (const SocketId socket : {first, second}) {
    EXPECT_EQ(last(socket).msg, wire::msg::peer_joined);
    const auto joined = wire::PeerJoined::read(last(socket).dat);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->identity, bob.identity);
    EXPECT_EQ(joined->pubkey, bob.jwk);
    EXPECT_EQ(joined->statement, statement);
    EXPECT_EQ(joined->peers.size(), 2U);
  }
}

TEST_F(ServerTest, ExchangeIsRepeatableByTheSameDeviceOnly) {
  found_realm(alice);
  const std::string statement = invitation(alice, bob, "j1");
  give(Closed{join_realm(bob, statement)});
  const auto before = registry.realms();
  now += 600'000;  // the invitation has expired meanwhile; the answer to it may still be asked for
  give(Tick{});
  EXPECT_TRUE(is_in(join_realm(bob, statement)));
  EXPECT_TRUE(is_in(join_realm(bob, invitation(alice, bob, "j2")))) << "a member that has forgotten that it is one";
  EXPECT_EQ(registry.realms(), before);
}

TEST_F(ServerTest, AnInvitationsIdIsUsedOnce) {
  found_realm(alice);
  EXPECT_TRUE(is_in(join_realm(bob, invitation(alice, bob, "j1"))));
  expect_refused(join_realm(carol, invitation(alice, carol, "j1")), wire::msg::exchange, ErrorCode::invitation_used,
                 4409);
}

TEST_F(ServerTest, ExchangeTwiceAtOnceAdmitsOnce) {
  found_realm(alice);
  const std::string statement = invitation(alice, bob, "j1");
  hold_store = true;
  const SocketId first = join_realm(bob, statement);
  const SocketId second = join_realm(bob, statement);
  release_store();
  EXPECT_TRUE(is_in(first));
  EXPECT_TRUE(is_in(second));
  EXPECT_EQ(closed[first], 4409);
  EXPECT_EQ(registry.realms().at(realm).statements.size(), 2U);
}

TEST_F(ServerTest, AnAdmissionWhoseDeviceHasLeftStillCounts) {
  found_realm(alice);
  hold_store = true;
  const SocketId socket = join_realm(bob, invitation(alice, bob, "j1"));
  give(Closed{socket});
  release_store();
  hold_store = false;
  EXPECT_TRUE(is_in(log_in(bob)));
}

TEST_F(ServerTest, ExchangeRefusesBadInvitations) {
  found_realm(alice);
  const auto before = registry.realms();
  const auto expect = [this](auto spoil, const FakeKey& signer, ErrorCode code) {
    Claims claims = admission_claims(alice, bob, realm, "j1", now);
    spoil(claims);
    const SocketId socket = join_realm(bob, fake_sign(signer, claims));
    expect_refused(socket, wire::msg::exchange, code, 4000 + wire::status_of(code));
  };
  expect([](Claims&) {}, carol, ErrorCode::invitation_invalid);
  expect([](Claims& claims) { claims.iss = carol.identity; }, carol, ErrorCode::invitation_invalid);
  expect([](Claims& claims) { claims.sub = carol.identity; }, alice, ErrorCode::invitation_invalid);
  expect([](Claims& claims) { claims.message.dat["pubkey"] = carol.jwk; }, alice, ErrorCode::invitation_invalid);
  expect([](Claims& claims) { claims.message.dat = nullptr; }, alice, ErrorCode::invitation_invalid);
  expect([](Claims& claims) { claims.message.msg = wire::msg::genesis; }, alice, ErrorCode::invitation_invalid);
  expect([](Claims& claims) { claims.aud = other_realm; }, alice, ErrorCode::wrong_realm);
  expect([this](Claims& claims) { claims.expires_ms = now; }, alice, ErrorCode::invitation_expired);
  expect_refused(join_realm(bob, "e30.e30.e30"), wire::msg::exchange, ErrorCode::invitation_invalid, 4403);
  EXPECT_EQ(registry.realms(), before);
}

TEST_F(ServerTest, InvitationsAreGoodForADayAtMost) {
  found_realm(alice);
  const auto join_with_life = [this](wire::TimeMs life) {
    Claims claims = admission_claims(alice, bob, realm, "j1", now);
    claims.expires_ms = now + life;
    return join_realm(bob, fake_sign(alice, claims));
  };
  const SocketId refused = join_with_life(day_ms + 10'000);
  expect_refused(refused, wire::msg::exchange, ErrorCode::invitation_invalid, 4403);
  EXPECT_NE(last(refused).dat["message"].get<std::string>().find("24 hours"), std::string::npos);
  EXPECT_TRUE(is_in(join_with_life(day_ms)));
}

TEST_F(ServerTest, TheRegistryIsToldWhichInvitationsItMayForget) {
  found_realm(alice);
  hold_store = true;
  join_realm(bob, invitation(alice, bob, "j1"));
  ASSERT_EQ(held.size(), 1U);
  const wire::TimeMs before = std::get<Append>(held[0].op).forget_before_ms;
  EXPECT_LE(before, now - day_ms) << "a clock that is set back must not revive an invitation";
  EXPECT_GE(before, now - 30 * day_ms);
}

TEST_F(ServerTest, ExchangeNeedsTheInvitedKeyAndARealm) {
  expect_refused(join_realm(bob, invitation(alice, bob, "j1")), wire::msg::exchange, ErrorCode::unknown_realm, 4404);
  found_realm(alice);
  const SocketId thief = open();
  give(Frame{thief, fake_sign(carol, joining(thief, bob, invitation(alice, bob, "j1")))});
  expect_refused(thief, wire::msg::exchange, ErrorCode::bad_token, 4401);
}

TEST_F(ServerTest, ARealmHasRoomForSoManyOnly) {
  restart({.members_max = 2});
  found_realm(alice);
  EXPECT_TRUE(is_in(join_realm(bob, invitation(alice, bob, "j1"))));
  expect_refused(join_realm(carol, invitation(alice, carol, "j2")), wire::msg::exchange, ErrorCode::realm_full, 4403);
}

// ---- members --------------------------------------------------------------------------------------------------------

TEST_F(RoomTest, ANewerConnectionEvictsTheOlder) {
  const SocketId newer = log_in(alice);
  EXPECT_EQ(inbox[a].size(), 1U);
  EXPECT_EQ(last(a).dat["code"], "superseded");
  EXPECT_EQ(closed[a], 4409);
  EXPECT_TRUE(is_in(newer));
  EXPECT_EQ(names(b), std::vector<std::string>{"realm.rtc.peer-joined"});
  give(Closed{a});
  EXPECT_EQ(names(b), std::vector<std::string>{"realm.rtc.peer-joined"});
  give(Closed{newer});
  EXPECT_EQ(last(b).msg, wire::msg::peer_left);
}

TEST_F(RoomTest, WhoeverRemainsHearsWhoLeft) {
  give(Closed{a});
  EXPECT_EQ(names(b), std::vector<std::string>{"realm.rtc.peer-left"});
  EXPECT_EQ(last(b).dat["identity"], alice.identity);
  give(Closed{b});
  EXPECT_EQ(server->realms(), 0U);
  EXPECT_EQ(server->sockets(), 0U);
  EXPECT_EQ(server->next_deadline(), std::nullopt);
}

TEST_F(RoomTest, SignalsGoToOnePeer) {
  say(a, wire::request(wire::msg::signal, 1, signal(alice, bob)));
  EXPECT_EQ(last(b), wire::event(wire::msg::signal, signal(alice, bob)));
  EXPECT_EQ(last(a), wire::response(wire::msg::signal, 1));
  say(b, wire::event(wire::msg::signal, signal(bob, alice)));
  EXPECT_EQ(last(a), wire::event(wire::msg::signal, signal(bob, alice)));
  EXPECT_EQ(inbox[b].size(), 1U);
}

TEST_F(RoomTest, SignalsOfOthersAndToOthersAreRefused) {
  say(a, wire::request(wire::msg::signal, 1, signal(bob, bob)));
  expect_error(a, wire::msg::signal, ErrorCode::bad_message);
  say(a, wire::request(wire::msg::signal, 2, signal(alice, carol)));
  expect_error(a, wire::msg::signal, ErrorCode::not_a_member);
  EXPECT_EQ(last(a).seq, 2);
  say(a, wire::request(wire::msg::signal, 3));
  expect_error(a, wire::msg::signal, ErrorCode::bad_message);
  EXPECT_TRUE(inbox[b].empty());
  give(Closed{b});
  say(a, wire::request(wire::msg::signal, 4, signal(alice, bob)));
  expect_error(a, wire::msg::signal, ErrorCode::peer_offline);
}

TEST_F(RoomTest, BroadcastsReachEveryoneFromOneBuffer) {
  const SocketId c = join_realm(carol, invitation(bob, carol, "j2"));
  inbox.clear();
  buffers.clear();
  say(a, wire::request(wire::msg::broadcast, 9, {{"payload", "secret"}}));
  const Envelope expected = wire::event(wire::msg::broadcast, {{"payload", "secret"}, {"sender", alice.identity}});
  EXPECT_EQ(last(b), expected);
  EXPECT_EQ(last(c), expected);
  EXPECT_EQ(last(a), wire::response(wire::msg::broadcast, 9, {{"delivered", 2}}));
  EXPECT_EQ(buffers[0], buffers[1]);
}

TEST_F(RoomTest, BroadcastsReachTheNamedOnly) {
  const SocketId c = join_realm(carol, invitation(bob, carol, "j2"));
  inbox.clear();
  say(a, wire::request(wire::msg::broadcast, 1,
                       {{"payload", "x"}, {"recipients", {carol.identity, carol.identity, alice.identity}}}));
  EXPECT_EQ(inbox[c].size(), 1U);
  EXPECT_EQ(last(a).dat["delivered"], 1);
  EXPECT_TRUE(inbox[b].empty());
  say(a, wire::request(wire::msg::broadcast, 2, {{"payload", "x"}, {"skipSelf", false}}));
  EXPECT_EQ(last(a).dat["delivered"], 3);
  EXPECT_EQ(inbox[a].size(), 3U);
  give(Closed{c});
  say(a, wire::request(wire::msg::broadcast, 3, {{"payload", "x"}, {"recipients", {carol.identity}}}));
  EXPECT_EQ(last(a).dat["delivered"], 0);
  const std::size_t before = inbox[a].size();
  say(b, wire::event(wire::msg::broadcast, {{"payload", "x"}}));
  EXPECT_EQ(inbox[a].size(), before + 1);
}

TEST_F(RoomTest, BroadcastsToStrangersAreRefused) {
  say(a, wire::request(wire::msg::broadcast, 1, {{"payload", "x"}, {"recipients", {bob.identity, carol.identity}}}));
  expect_error(a, wire::msg::broadcast, ErrorCode::not_a_member);
  say(a, wire::request(wire::msg::broadcast, 2, {{"payload", 1}}));
  expect_error(a, wire::msg::broadcast, ErrorCode::bad_message);
  EXPECT_TRUE(inbox[b].empty());
}

TEST_F(RoomTest, RealmsDoNotHearEachOther) {
  const SocketId stranger = open();
  Claims claims = request(stranger, carol, wire::msg::register_realm);
  claims.aud = other_realm;
  claims.message.dat = wire::Register{carol.jwk, fake_sign(carol, genesis_claims(carol, other_realm, now))}.write();
  give(Frame{stranger, fake_sign(carol, claims)});
  ASSERT_TRUE(is_in(stranger));
  EXPECT_EQ(server->realms(), 2U);
  say(stranger, wire::request(wire::msg::broadcast, 1, {{"payload", "x"}}));
  say(stranger, wire::request(wire::msg::signal, 2, signal(carol, alice)));
  expect_error(stranger, wire::msg::signal, ErrorCode::not_a_member);
  EXPECT_TRUE(inbox[a].empty());
  EXPECT_TRUE(inbox[b].empty());
}

TEST_F(RoomTest, AnswersPings) {
  say(a, wire::request(wire::msg::ping, 5));
  EXPECT_EQ(last(a), wire::response(wire::msg::pong, 5, {{"time", now}}));
}

TEST_F(RoomTest, UnknownAndMalformedMessagesAreAnsweredAndForgiven) {
  say(a, wire::request("realm.dance", 5));
  expect_error(a, "realm.dance", ErrorCode::unknown_message);
  EXPECT_EQ(last(a).seq, 5);
  give(Frame{a, "garbage"});
  expect_error(a, wire::msg::error, ErrorCode::bad_frame);
  say(a, wire::response(wire::msg::ping, 5));
  expect_error(a, wire::msg::ping, ErrorCode::bad_message);
  say(a, wire::request(wire::msg::ping, 6));
  EXPECT_EQ(last(a).msg, wire::msg::pong);
}

TEST_F(RoomTest, TooManyMistakesEndTheConnection) {
  for (int i = 0; i < 20; ++i) give(Frame{a, "garbage"});
  EXPECT_FALSE(closed.contains(a));
  give(Frame{a, "garbage"});
  EXPECT_EQ(closed[a], 4400);
  EXPECT_EQ(inbox[a].size(), 21U);
  EXPECT_EQ(last(b).msg, wire::msg::peer_left);
}

TEST_F(RoomTest, MistakesAreForgottenWithTime) {
  for (int i = 0; i < 60; ++i) {
    give(Frame{a, "garbage"});
    now += 60'000;
  }
  EXPECT_FALSE(closed.contains(a));
}

TEST_F(RoomTest, FloodsAreSlowedAndThenEnded) {
  seat({.messages = {.refill_ms = 10, .burst = 3}, .mistakes = {.refill_ms = 1000, .burst = 2}});
  for (int i = 0; i < 3; ++i) say(a, wire::request(wire::msg::ping, i));
  EXPECT_EQ(last(a).msg, wire::msg::pong);
  say(a, wire::request(wire::msg::ping, 4));
  expect_error(a, wire::msg::error, ErrorCode::rate_limited);
  now += 10;
  say(a, wire::request(wire::msg::ping, 5));
  EXPECT_EQ(last(a).msg, wire::msg::pong);
  say(a, wire::request(wire::msg::ping, 6));
  expect_error(a, wire::msg::error, ErrorCode::rate_limited);
  say(a, wire::request(wire::msg::ping, 7));
  EXPECT_EQ(closed[a], 4429);
}

TEST_F(RoomTest, OversizedFramesEndTheConnection) {
  give(Frame{a, std::string(wire::limit::frame_max + 1, 'a')});
  EXPECT_EQ(last(a).dat["code"], "frame_too_large");
  EXPECT_EQ(closed[a], 1009);
}

TEST_F(RoomTest, SilentConnectionsAreClosed) {
  now += 89'999;
  say(b, wire::request(wire::msg::ping, 1));
  now += 1;
  give(Tick{});
  EXPECT_EQ(closed[a], 4408);
  EXPECT_FALSE(closed.contains(b));
  EXPECT_EQ(last(b).msg, wire::msg::peer_left);
  EXPECT_LE(*server->next_deadline(), now + 90'000);
}

}  // namespace
}  // namespace skypod::signal::testing
