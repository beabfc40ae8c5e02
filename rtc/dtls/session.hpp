// One DTLS 1.2 session over datagrams that somebody else carries (RFC 6347; RFC 8827 section 6.5 for WebRTC). The other
// side's certificate is compared with its promised fingerprints during the handshake: a stranger gets an alert, and not
// one octet of ours or to us.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "rtc/dtls/certificate.hpp"
#include "rtc/dtls/records.hpp"
#include "rtc/fault.hpp"
#include "rtc/loop/loop.hpp"

namespace skypod::rtc::dtls {

/// Octets that a record adds to what it carries: header 13, explicit nonce 8, tag 16 (AES-GCM; others add fewer).
inline constexpr std::size_t record_overhead = 37;

enum class Role { client, server };

/// Hears from a session, on the loop's thread. It must not destroy the session from within.
class SessionOwner {
 public:
  /// A datagram for the network; valid during the call.
  virtual void dtls_send(BytesView datagram) = 0;
  virtual void dtls_up() = 0;
  /// What the other side sent, decrypted; valid during the call.
  virtual void dtls_received(BytesView octets) = 0;
  /// Once; nothing else is reported afterwards.
  virtual void dtls_ended(Fault why) = 0;

 protected:
  ~SessionOwner() = default;
};

/// Lives on the loop's thread.
class Session {
 public:
  /// `datagram_max`: octets that the network carries in one datagram.
  Session(Loop& loop, const Certificate& certificate, Role role, std::vector<sdp::Fingerprint> promised,
          std::size_t datagram_max, SessionOwner& owner);
  /// Tells the other side that this is the end (close_notify), if the session is up.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Begins the handshake; the server waits for the client.
  void start();
  /// From the network, from anybody.
  void receive(BytesView datagram);
  /// Encrypts and sends one record; dropped unless the session is up.
  void send(BytesView octets);

  /// A newer description's fingerprints. False if the other side is up already and is none of them.
  bool promise(std::vector<sdp::Fingerprint> promised);

  bool up() const { return state_ == State::up; }

 private:
  enum class State { shaking, up, ended };

  friend struct SessionHooks;
  void shake();
  void read_records();
  void arm_timer();
  void timed_out();
  void end(Fault why);
  bool accept_peer(X509* certificate);
  X509* peer() const { return SSL_get0_peer_certificate(ssl_.get()); }

  SessionOwner& owner_;
  std::vector<sdp::Fingerprint> promised_;
  std::size_t datagram_max_;
  SslPtr ssl_;
  Timer timer_;
  BytesView incoming_;  // the datagram that is being received
  State state_ = State::shaking;
  std::size_t encrypted_least_ = gcm_overhead;  // until the cipher is known, only Finished is encrypted, and longer
  bool stranger_ = false;                       // the certificate was not the promised one
};

}  // namespace skypod::rtc::dtls
