// The realm server in a world of virtual time, for its tests: alice, bob and carol connect, say things, and what they
// were told is kept.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/signal/testing.hpp"

namespace skypod::signal::testing {

using wire::Claims;
using wire::Envelope;
using wire::ErrorCode;
using wire::Json;
using wire::Typ;

inline const std::string realm(22, 'R');
inline const std::string other_realm(22, 'S');
inline const FakeKey alice = fake_key("alice");
inline const FakeKey bob = fake_key("bob");
inline const FakeKey carol = fake_key("carol");

/// A server in a world of virtual time; keeps for every socket what it was sent and how it was closed.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { restart({}); }

  void restart(Options options) {
    server.emplace(verifier, std::move(options));
    inbox.clear();
    closed.clear();
  }

  void give(const Input& input) {
    server->handle(input, now);
    for (Output& output : server->drain()) {
      std::visit([this](auto& one) { take(one); }, output);
    }
  }

  void take(Send& output) {
    const auto message = wire::parse_text(*output.frame);
    ASSERT_TRUE(message) << *output.frame;
    ASSERT_FALSE(closed.contains(output.socket)) << "sent after the close: " << *output.frame;
    inbox[output.socket].push_back(*message);
    buffers.push_back(output.frame);
  }
  void take(Close& output) { closed.emplace(output.socket, output.code); }
  void take(Store& output) {
    if (hold_store) {
      held.push_back(std::move(output));
    } else {
      give(Stored{output.request, registry.apply(output.op)});
    }
  }

  /// Lets the registry do what was held back.
  void release_store() {
    for (Store& store : std::exchange(held, {})) {
      give(Stored{store.request, registry.apply(store.op)});
    }
  }

  SocketId open(const std::string& address = "192.0.2.1") {
    const SocketId socket = ++last_socket;
    give(Opened{socket, address, nonce_of(socket)});
    return socket;
  }

  static std::string nonce_of(SocketId socket) { return "nonce-" + std::to_string(socket); }

  Claims request(SocketId socket, const FakeKey& key, std::string_view msg, Json dat = nullptr) {
    Claims claims = claims_of(key, realm, wire::request(msg, 7, std::move(dat)), now);
    claims.nonce = nonce_of(socket);
    return claims;
  }
  Claims founding(SocketId socket, const FakeKey& key) {
    const std::string genesis = fake_sign(key, genesis_claims(key, realm, genesis_ms));
    return request(socket, key, wire::msg::register_realm, wire::Register{key.jwk, genesis}.write());
  }
  Claims joining(SocketId socket, const FakeKey& key, const std::string& invitation) {
    return request(socket, key, wire::msg::exchange, wire::Exchange{key.jwk, invitation}.write());
  }
  std::string invitation(const FakeKey& inviter, const FakeKey& invitee, std::string_view jti) {
    return fake_sign(inviter, admission_claims(inviter, invitee, realm, jti, now));
  }

  SocketId found_realm(const FakeKey& key) {
    const SocketId socket = open();
    give(Frame{socket, fake_sign(key, founding(socket, key))});
    return socket;
  }
  SocketId join_realm(const FakeKey& key, const std::string& statement) {
    const SocketId socket = open();
    give(Frame{socket, fake_sign(key, joining(socket, key, statement))});
    return socket;
  }
  SocketId log_in(const FakeKey& key) {
    const SocketId socket = open();
    give(Frame{socket, fake_sign(key, request(socket, key, wire::msg::authn))});
    return socket;
  }
  void say(SocketId socket, const Envelope& message) { give(Frame{socket, wire::to_text(message)}); }

  const Envelope& last(SocketId socket) { return inbox[socket].back(); }
  bool is_in(SocketId socket) {
    return std::ranges::any_of(inbox[socket], [](const Envelope& message) {
      return message.typ == Typ::res && message.msg == wire::msg::authn;
    });
  }
  std::vector<std::string> names(SocketId socket) {
    std::vector<std::string> names;
    for (const Envelope& message : inbox[socket]) names.push_back(message.msg);
    return names;
  }

  /// The socket was told this error about this message, and closed with this code; nothing else happened to the realm.
  void expect_refused(SocketId socket, std::string_view msg, ErrorCode code, int close_code) {
    ASSERT_FALSE(inbox[socket].empty());
    EXPECT_EQ(last(socket).typ, Typ::err);
    EXPECT_EQ(last(socket).msg, msg);
    EXPECT_EQ(last(socket).dat["code"], wire::name_of(code));
    ASSERT_TRUE(closed.contains(socket));
    EXPECT_EQ(closed[socket], close_code);
    EXPECT_FALSE(is_in(socket));
  }
  void expect_error(SocketId socket, std::string_view msg, ErrorCode code) {
    EXPECT_EQ(last(socket).typ, Typ::err);
    EXPECT_EQ(last(socket).msg, msg);
    EXPECT_EQ(last(socket).dat["code"], wire::name_of(code));
    EXPECT_FALSE(closed.contains(socket));
  }

  const wire::TimeMs genesis_ms = 1'000'000;
  wire::TimeMs now = 1'700'000'000'000;
  FakeVerifier verifier;
  FakeRegistry registry;
  std::optional<Server> server;
  bool hold_store = false;
  std::vector<Store> held;
  SocketId last_socket = 0;
  std::map<SocketId, std::vector<Envelope>> inbox;
  std::map<SocketId, int> closed;
  std::vector<std::shared_ptr<const std::string>> buffers;
};

/// Two members, connected.
class RoomTest : public ServerTest {
 protected:
  RoomTest() { seat({}); }

  void seat(Options options) {
    registry = {};
    restart(std::move(options));
    a = found_realm(alice);
    b = join_realm(bob, invitation(alice, bob, "j1"));
    inbox.clear();
    buffers.clear();
  }

  static Json signal(const FakeKey& from, const FakeKey& to) {
    return wire::Signal{"e30.e30.e30", from.identity, to.identity}.write();
  }

  SocketId a = 0;
  SocketId b = 0;
};

}  // namespace skypod::signal::testing
