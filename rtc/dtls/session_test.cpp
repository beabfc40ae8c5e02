#include "rtc/dtls/session.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "rtc/loop/testing.hpp"

namespace skypod::rtc::dtls {
namespace {

using sdp::Fingerprint;

/// One end; what it sends arrives at `other` after the present call, unless `carry` says no.
struct End final : SessionOwner {
  Loop& loop;
  rtc::testing::Watch& watch;
  End* other = nullptr;
  Certificate certificate;
  std::unique_ptr<Session> session;
  std::function<bool(BytesView)> carry = [](BytesView) { return true; };
  bool up = false;
  std::optional<Fault> ended;
  std::vector<Bytes> received;
  int sent = 0;

  End(Loop& the_loop, rtc::testing::Watch& the_watch) : loop(the_loop), watch(the_watch) {}

  void dtls_send(BytesView datagram) override {
    ++sent;
    if (carry(datagram)) {
      loop.post([this, copy = Bytes(datagram)] {
        if (other->session) {
          other->session->receive(copy);
        }
      });
    }
  }
  void dtls_up() override {
    up = true;
    watch.changed();
  }
  void dtls_received(BytesView octets) override {
    received.emplace_back(octets);
    watch.changed();
  }
  void dtls_ended(Fault why) override {
    ended = why;
    watch.changed();
  }
};

class DtlsSession : public ::testing::Test {
 protected:
  DtlsSession() {
    client.other = &server;
    server.other = &client;
  }
  ~DtlsSession() override {
    loop.run([this] {
      client.session.reset();
      server.session.reset();
    });
    loop.run([] {});  // what they sent last
  }

  void begin(std::vector<Fingerprint> of_server, std::vector<Fingerprint> of_client) {
    loop.run([&] {
      server.session = std::make_unique<Session>(loop, server.certificate, Role::server, of_client, 1200, server);
      client.session = std::make_unique<Session>(loop, client.certificate, Role::client, of_server, 1200, client);
      server.session->start();
      client.session->start();
    });
  }
  void begin() { begin({server.certificate.fingerprint()}, {client.certificate.fingerprint()}); }

  bool until(const std::function<bool()>& reached) { return watch.until(loop, reached); }
  bool both_up() {
    return until([&] { return client.up && server.up; });
  }

  Loop loop;
  rtc::testing::Watch watch;
  End client{loop, watch};
  End server{loop, watch};
};

TEST_F(DtlsSession, CarriesOctetsBothWays) {
  begin();
  ASSERT_TRUE(both_up());
  loop.run([&] {
    client.session->send("from the client");
    server.session->send(Bytes(1100, 's'));
  });
  ASSERT_TRUE(until([&] { return !client.received.empty() && !server.received.empty(); }));
  EXPECT_EQ(server.received[0], "from the client");
  EXPECT_EQ(client.received[0], Bytes(1100, 's'));
}

TEST_F(DtlsSession, SurvivesTheLossOfEveryFirstDatagram) {
  const auto lose_once = [] {
    return
        [seen = std::set<std::size_t>()](BytesView datagram) mutable { return !seen.insert(datagram.size()).second; };
  };
  client.carry = lose_once();
  server.carry = lose_once();
  begin();
  EXPECT_TRUE(both_up());
}

TEST_F(DtlsSession, IgnoresGarbageBeforeDuringAndAfter) {
  const auto pelt = [&] {
    for (End* end : {&client, &server}) {
      end->session->receive("");
      end->session->receive(Bytes(1, '\x16'));
      end->session->receive(Bytes(2000, '\x16'));
      end->session->receive(Bytes(100, '\x17'));
      end->session->receive(Bytes("\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00", 17));
      end->session->receive(Bytes("\x00\x01\x00\x00", 4));  // STUN
      end->session->receive(Bytes(200, '\x80'));            // RTP
    }
  };
  begin();
  loop.run(pelt);
  ASSERT_TRUE(both_up());
  loop.run([&] {
    pelt();
    client.session->send("still here");
  });
  ASSERT_TRUE(until([&] { return !server.received.empty(); }));
  EXPECT_EQ(server.received.size(), 1u);
  EXPECT_FALSE(client.ended);
  EXPECT_FALSE(server.ended);
}

TEST_F(DtlsSession, NoFlippedBitComesThrough) {
  begin();
  ASSERT_TRUE(both_up());
  Bytes record;
  loop.run([&] {
    const auto carry = std::exchange(client.carry, [&](BytesView datagram) {
      record = datagram;
      return false;
    });
    client.session->send("ten octets");
    client.carry = carry;
    for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
      Bytes flipped = record;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      server.session->receive(flipped);
    }
    EXPECT_TRUE(server.received.empty());
    server.session->receive(record);
    server.session->receive(record);  // replayed
    EXPECT_EQ(server.received.size(), 1u);
  });
}

TEST_F(DtlsSession, TellsTheOtherSideThatItEnds) {
  begin();
  ASSERT_TRUE(both_up());
  loop.run([&] { client.session.reset(); });
  ASSERT_TRUE(until([&] { return server.ended.has_value(); }));
  EXPECT_EQ(server.ended, Fault::closed_by_peer);
}

/// Not an octet may pass, and neither side may believe that it is up for good.
class Stranger : public DtlsSession {
 protected:
  void expect_refused(End& wary, End& stranger) {
    ASSERT_TRUE(until([&] { return wary.ended.has_value() && stranger.ended.has_value(); }));
    EXPECT_EQ(wary.ended, Fault::wrong_identity);
    EXPECT_FALSE(wary.up);
    loop.run([&] {
      wary.session->send("secret");
      stranger.session->send("forged");
    });
    loop.run([] {});
    EXPECT_TRUE(client.received.empty());
    EXPECT_TRUE(server.received.empty());
  }
};

TEST_F(Stranger, AsServerIsRefused) {
  begin({Certificate().fingerprint()}, {client.certificate.fingerprint()});
  expect_refused(client, server);
}

TEST_F(Stranger, AsClientIsRefused) {
  begin({server.certificate.fingerprint()}, {Certificate().fingerprint()});
  expect_refused(server, client);
}

TEST_F(Stranger, SwappedFingerprintsAreRefused) {
  begin({client.certificate.fingerprint()}, {server.certificate.fingerprint()});
  expect_refused(client, server);
}

TEST_F(Stranger, NothingPromisedIsNothingAccepted) {
  begin({}, {client.certificate.fingerprint()});
  expect_refused(client, server);
}

TEST(Certificate, CountsOnlyTheStrongestHashPromised) {
  const Certificate certificate;
  const Fingerprint right = certificate.fingerprint();
  const Fingerprint wrong = Certificate().fingerprint();
  const Fingerprint strong_wrong{Fingerprint::Hash::sha512, Bytes(64, 'x')};
  EXPECT_TRUE(matches(certificate.x509(), std::vector{right}));
  EXPECT_TRUE(matches(certificate.x509(), std::vector{wrong, right}));
  EXPECT_FALSE(matches(certificate.x509(), std::vector{wrong}));
  EXPECT_FALSE(matches(certificate.x509(), std::vector{right, strong_wrong}));
  EXPECT_FALSE(matches(certificate.x509(), {}));
  EXPECT_FALSE(matches(nullptr, std::vector{right}));
}

TEST(Certificate, IsAnotherEachTime) {
  EXPECT_NE(Certificate().fingerprint().digest, Certificate().fingerprint().digest);
}

TEST_F(DtlsSession, LaterPromisesMustMatchToo) {
  begin();
  ASSERT_TRUE(both_up());
  loop.run([&] {
    EXPECT_TRUE(client.session->promise({server.certificate.fingerprint()}));
    EXPECT_FALSE(client.session->promise({Certificate().fingerprint()}));
  });
}

}  // namespace
}  // namespace skypod::rtc::dtls
