// Two devices and the running server, when all goes well, and when one of them does not read.
#include "test/server/running_server.hpp"

namespace skypod::test {
namespace {

using wire::Json;

/// Alice's realm with bob in it, both connected; what they were greeted with has been read.
class Realm : public RunningServer {
 protected:
  void SetUp() override {
    start({"--stun", "stun:stun.invalid:3478"});
    a.emplace(enter(port(), alice, realm, register_request(alice, genesis_of(alice, realm))));
    ASSERT_TRUE(a->admitted());
    status = a->socket.receive(wire::msg::status);
    ASSERT_TRUE(a->socket.receive(wire::msg::peer_joined));
    b.emplace(enter(port(), bob, realm, exchange_request(bob, invitation)));
    ASSERT_TRUE(b->admitted());
    joined = a->socket.receive();
    ASSERT_TRUE(b->socket.receive(wire::msg::peer_joined));
  }

  const P256Key alice = P256Key::generate();
  const P256Key bob = P256Key::generate();
  const std::string realm = random_realm();
  const std::string invitation = invitation_of(alice, bob, realm, "j1");
  std::optional<Entrance> a;
  std::optional<Entrance> b;
  std::optional<wire::Envelope> status;
  std::optional<wire::Envelope> joined;
};

TEST_F(Realm, GreetsAndAnnounces) {
  const auto welcome = wire::Welcome::read(b->answer->dat);
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->peers, std::vector{alice.identity()});
  EXPECT_EQ(welcome->identities.at(bob.identity()), bob.public_jwk());
  EXPECT_EQ(welcome->ledger.size(), 2U);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->dat["iceServers"], Json::parse(R"([{"urls":["stun:stun.invalid:3478"]}])"));
  ASSERT_TRUE(joined);
  const auto news = wire::PeerJoined::read(joined->dat);
  ASSERT_TRUE(news);
  EXPECT_EQ(news->identity, bob.identity());
  EXPECT_EQ(news->statement, invitation);
}

TEST_F(Realm, GivesMembersCredentialsForTurn) {
  directory.write("turn-secret", "0123456789abcdef\n");
  server->ask_to_stop();
  ASSERT_EQ(server->wait(), 0);
  start({"--turn", "turn:turn.invalid", "--turn-secret-file", directory.path() / "turn-secret"});
  auto again = enter(port(), alice, realm, authn_request());
  ASSERT_TRUE(again.admitted());
  const auto greeted = again.socket.receive(wire::msg::status);
  ASSERT_TRUE(greeted);
  const Json& turn = greeted->dat["iceServers"][0];
  EXPECT_EQ(turn["urls"], Json::parse(R"(["turn:turn.invalid"])"));
  EXPECT_EQ(turn["credential"].get<std::string>().size(), 28U);
  EXPECT_EQ(greeted->dat.dump().find("0123456789abcdef"), std::string::npos);
}

TEST_F(Realm, CarriesSignalsAndBroadcasts) {
  const Json signal = wire::Signal{"e30.e30.e30", alice.identity(), bob.identity()}.write();
  a->socket.send(wire::request(wire::msg::signal, 1, signal));
  EXPECT_EQ(a->socket.receive(), wire::response(wire::msg::signal, 1));
  EXPECT_EQ(b->socket.receive(), wire::event(wire::msg::signal, signal));
  b->socket.send(wire::request(wire::msg::broadcast, 2, {{"payload", "sealed"}}));
  EXPECT_EQ(b->socket.receive(), wire::response(wire::msg::broadcast, 2, {{"delivered", 1}}));
  EXPECT_EQ(a->socket.receive(),
            wire::event(wire::msg::broadcast, {{"payload", "sealed"}, {"sender", bob.identity()}}));
  a->socket.send(wire::request(wire::msg::ping, 3));
  const auto pong = a->socket.receive();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->msg, wire::msg::pong);
  EXPECT_EQ(pong->seq, 3);
}

TEST_F(Realm, SaysWhoLeft) {
  b->socket.drop();
  const auto left = a->socket.receive();
  EXPECT_EQ(left, wire::event(wire::msg::peer_left, {{"identity", bob.identity()}}));
}

TEST_F(Realm, ANewerConnectionTakesTheOldersPlace) {
  const auto newer = enter(port(), bob, realm, authn_request());
  EXPECT_TRUE(newer.admitted());
  const auto told = b->socket.receive();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->dat["code"], "superseded");
  EXPECT_EQ(b->socket.closed(), 4409);
  EXPECT_EQ(a->socket.receive()->msg, wire::msg::peer_joined);
  a->socket.send(wire::request(wire::msg::ping, 1));
  EXPECT_EQ(a->socket.receive()->msg, wire::msg::pong) << "nobody has left";
}

TEST_F(Realm, AReceiverThatDoesNotReadIsClosedAndTheRealmGoesOn) {
  const wire::Envelope large = wire::event(wire::msg::broadcast, {{"payload", std::string(250'000, 'x')}});
  std::optional<wire::Envelope> heard;
  for (int i = 0; i < 250 && !heard; ++i) {
    a->socket.send(large);
    a->socket.send(wire::request(wire::msg::ping, i));
    const auto next = a->socket.receive();
    ASSERT_TRUE(next);
    if (next->msg != wire::msg::pong) heard = next;
  }
  EXPECT_EQ(heard, wire::event(wire::msg::peer_left, {{"identity", bob.identity()}}));
}

TEST_F(Realm, AStoppedServerSaysGoodbyeAndRemembers) {
  server->ask_to_stop();
  EXPECT_EQ(a->socket.closed(), 1001);
  EXPECT_EQ(b->socket.closed(), 1001);
  EXPECT_EQ(server->wait(), 0);
  start();
  EXPECT_TRUE(enter(port(), alice, realm, authn_request()).admitted());
  EXPECT_TRUE(enter(port(), bob, realm, authn_request()).admitted());
}

}  // namespace
}  // namespace skypod::test
