// Wrong input, against the running server: each gets a clear error and changes nothing.
#include "base/base64url.hpp"
#include "server/hub.hpp"
#include "test/server/running_server.hpp"

namespace skypod::test {
namespace {

using wire::Claims;
using wire::Json;

/// A realm with alice in it, connected; bob and carol are not members.
class Refusal : public RunningServer {
 protected:
  void SetUp() override {
    start();
    entrance.emplace(enter(port(), alice, realm, register_request(alice, genesis_of(alice, realm))));
    ASSERT_TRUE(entrance->admitted());
    ASSERT_TRUE(entrance->socket.receive(wire::msg::peer_joined));
    before = registry();
    ASSERT_NE(before.find(realm), std::string::npos);
  }

  /// The registry is as it was, and the realm works as it did: alice heard nothing, and is answered.
  void TearDown() override {
    EXPECT_EQ(registry(), before);
    EXPECT_TRUE(entrance->socket.send(wire::request(wire::msg::ping, 99)));
    const auto next = entrance->socket.receive();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->msg, wire::msg::pong) << "alice was told " << wire::to_text(*next);
    EXPECT_TRUE(enter(port(), alice, realm, authn_request()).admitted());
    RunningServer::TearDown();
  }

  /// Sends the text as the first frame and expects this error and this close code.
  void expect_refused(const std::function<std::string(const std::string& nonce)>& first_frame, std::string_view code,
                      int close_code) {
    RealmSocket socket(port());
    socket.send(first_frame(socket.challenge()));
    expect_error(socket, code, close_code);
  }
  static void expect_error(RealmSocket& socket, std::string_view code, int close_code) {
    const auto answer = socket.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->typ, wire::Typ::err);
    EXPECT_EQ(answer->dat["code"], code);
    EXPECT_EQ(answer->dat["status"], wire::status_of(wire::code_named(code)));
    EXPECT_FALSE(answer->dat["message"].get<std::string>().empty());
    EXPECT_EQ(socket.closed(), close_code);
  }
  Claims login(const std::string& nonce) const { return claims_of(alice, realm, authn_request(), nonce); }

  const P256Key alice = P256Key::generate();
  const P256Key bob = P256Key::generate();
  const P256Key carol = P256Key::generate();
  const std::string realm = random_realm();
  std::optional<Entrance> entrance;
  std::string before;
};

TEST_F(Refusal, OfSilence) {
  const auto opened = std::chrono::steady_clock::now();
  RealmSocket socket(port());
  EXPECT_NE(socket.challenge(), "");
  expect_error(socket, "authentication_timeout", 4408);
  EXPECT_GE(std::chrono::steady_clock::now() - opened, std::chrono::milliseconds(2'900));
}

TEST_F(Refusal, OfGarbage) {
  expect_refused([](const std::string&) { return "garbage!"; }, "bad_frame", 4400);
  expect_refused([](const std::string&) { return ""; }, "bad_frame", 4400);
  RealmSocket binary(port());
  const std::string nonce = binary.challenge();
  binary.send_binary(sign(alice, login(nonce)));
  expect_error(binary, "bad_frame", 4400);
}

TEST_F(Refusal, OfAlgorithmNone) {
  const auto unsigned_token = [this](const std::string& nonce) {
    return base64url_encode(R"({"alg":"none"})") + "." +
           base64url_encode(wire::to_json(wire::claims_to_payload(login(nonce)))) + ".";
  };
  expect_refused(unsigned_token, "bad_token", 4401);
}

TEST_F(Refusal, OfASwappedHeader) {
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":"ES256","jwk":{}})"}) {
    const auto with_header = [&](const std::string& nonce) {
      const std::string token = sign(alice, login(nonce));
      return base64url_encode(header) + token.substr(token.find('.'));
    };
    expect_refused(with_header, "bad_token", 4401);
  }
}

TEST_F(Refusal, OfAnotherKey) {
  expect_refused([this](const std::string& nonce) { return sign(bob, login(nonce)); }, "bad_token", 4401);
}

TEST_F(Refusal, OfAnAlteredToken) {
  const auto altered = [this](const std::string& nonce) {
    std::string token = sign(alice, login(nonce));
    char& letter = token[token.rfind('.') + 10];
    letter = letter == 'A' ? 'B' : 'A';
    return token;
  };
  expect_refused(altered, "bad_token", 4401);
}

TEST_F(Refusal, OfAnExpiredToken) {
  const auto expired = [this](const std::string& nonce) {
    Claims claims = login(nonce);
    claims.issued_ms -= 120'000;
    claims.expires_ms -= 120'000;
    return sign(alice, claims);
  };
  expect_refused(expired, "token_expired", 4401);
}

TEST_F(Refusal, OfAStaleNonce) {
  const std::string used_before = RealmSocket(port()).challenge();
  expect_refused([&](const std::string&) { return sign(alice, login(used_before)); }, "stale_nonce", 4401);
}

TEST_F(Refusal, OfAnotherRealm) {
  const auto elsewhere = [this](const std::string& nonce) {
    return sign(alice, claims_of(alice, random_realm(), authn_request(), nonce));
  };
  expect_refused(elsewhere, "unknown_realm", 4404);
  const auto foreign_genesis = [this](const std::string& nonce) {
    const wire::Envelope request = register_request(bob, genesis_of(bob, realm));
    return sign(bob, claims_of(bob, random_realm(), request, nonce));
  };
  expect_refused(foreign_genesis, "wrong_realm", 4403);
}

TEST_F(Refusal, OfARealmThatExists) {
  EXPECT_EQ(enter(port(), bob, realm, register_request(bob, genesis_of(bob, realm))).refusal(), "realm_exists");
}

TEST_F(Refusal, OfANonMember) {
  EXPECT_EQ(enter(port(), bob, realm, authn_request()).refusal(), "not_a_member");
}

TEST_F(Refusal, OfInvitationsThatNoMemberGave) {
  const std::string own = invitation_of(bob, bob, realm, "j1");
  EXPECT_EQ(enter(port(), bob, realm, exchange_request(bob, own)).refusal(), "invitation_invalid");
  const std::string for_carol = invitation_of(alice, carol, realm, "j1");
  EXPECT_EQ(enter(port(), bob, realm, exchange_request(bob, for_carol)).refusal(), "invitation_invalid");
}

TEST_F(Refusal, OfAReusedInvitation) {
  ASSERT_TRUE(enter(port(), bob, realm, exchange_request(bob, invitation_of(alice, bob, realm, "j1"))).admitted());
  ASSERT_TRUE(entrance->socket.receive(wire::msg::peer_joined));
  ASSERT_TRUE(entrance->socket.receive(wire::msg::peer_left));
  before = registry();
  const std::string again = invitation_of(alice, carol, realm, "j1");
  EXPECT_EQ(enter(port(), carol, realm, exchange_request(carol, again)).refusal(), "invitation_used");
}

TEST_F(Refusal, OfAFrameOfTenMegabytes) {
  RealmSocket stranger(port());
  ASSERT_NE(stranger.challenge(), "");
  stranger.send(std::string(10'000'000, 'a'));
  expect_error(stranger, "frame_too_large", 1009);
}

TEST_F(Refusal, OfAFrameOfTenMegabytesFromAMember) {
  auto visit = enter(port(), bob, realm, exchange_request(bob, invitation_of(alice, bob, realm, "j1")));
  ASSERT_TRUE(visit.admitted());
  ASSERT_TRUE(visit.socket.receive(wire::msg::peer_joined));
  ASSERT_TRUE(entrance->socket.receive(wire::msg::peer_joined));
  before = registry();
  visit.socket.send(std::string(10'000'000, 'a'));
  expect_error(visit.socket, "frame_too_large", 1009);
  ASSERT_TRUE(entrance->socket.receive(wire::msg::peer_left));
}

TEST_F(Refusal, OfANonMembersSignal) {
  const wire::Signal signal{"e30.e30.e30", bob.identity(), alice.identity()};
  const wire::Envelope message = wire::request(wire::msg::signal, 1, signal.write());
  expect_refused([&](const std::string&) { return wire::to_text(message); }, "not_authenticated", 4401);

  const std::string other = random_realm();
  auto visit = enter(port(), bob, other, register_request(bob, genesis_of(bob, other)));
  ASSERT_TRUE(visit.admitted());
  before = registry();
  visit.socket.send(message);
  const auto answer = visit.socket.receive(wire::msg::signal);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->typ, wire::Typ::err);
  EXPECT_EQ(answer->dat["code"], "not_a_member");
}

TEST_F(Refusal, OfAnUnknownMessageKeepsTheConnection) {
  auto& socket = entrance->socket;
  socket.send(wire::request("realm.dance", 5));
  auto answer = socket.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->typ, wire::Typ::err);
  EXPECT_EQ(answer->seq, 5);
  EXPECT_EQ(answer->dat["code"], "unknown_message");
  socket.send("garbage!");
  answer = socket.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->dat["code"], "bad_frame");
}

TEST_F(Refusal, OfAForeignOrigin) {
  EXPECT_THROW(RealmSocket(port(), "https://evil.example"), std::exception);
  EXPECT_NE(RealmSocket(port(), "http://127.0.0.1:" + std::to_string(port())).challenge(), "");
}

TEST_F(Refusal, LeavesNoSecretInTheLog) {
  EXPECT_EQ(enter(port(), bob, realm, authn_request()).refusal(), "not_a_member");
  EXPECT_EQ(log().find(realm), std::string::npos);
  EXPECT_EQ(log().find(alice.identity()), std::string::npos);
  EXPECT_EQ(log().find(bob.identity()), std::string::npos);
}

}  // namespace
}  // namespace skypod::test
