#include "rtc/dtls/session.hpp"

#include <openssl/err.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace skypod::rtc::dtls {

/// What OpenSSL calls, which finds its way back to the session.
struct SessionHooks {
  static Session* session_of(BIO* bio) { return static_cast<Session*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* octets, int size) {
    session_of(bio)->owner_.dtls_send(BytesView(octets, static_cast<std::size_t>(size)));
    return size;  // a datagram that is lost is sent again by the layer that misses it
  }

  /// One datagram a call, as long as there is one.
  static int read(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    const BytesView datagram = std::exchange(session_of(bio)->incoming_, {});
    if (datagram.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t count = std::min(datagram.size(), static_cast<std::size_t>(size));
    std::memcpy(to, datagram.data(), count);
    return static_cast<int>(count);
  }

  static long control(BIO* bio, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_FLUSH:
        return 1;
      case BIO_CTRL_DGRAM_QUERY_MTU:
      case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return static_cast<long>(session_of(bio)->datagram_max_);
      default:
        return 0;
    }
  }

  static int verify(X509_STORE_CTX* store, void*) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* session = static_cast<Session*>(SSL_get_app_data(ssl));
    const bool accepted = session->accept_peer(X509_STORE_CTX_get0_cert(store));
    X509_STORE_CTX_set_error(store, accepted ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return accepted ? 1 : 0;
  }
};

namespace {

// Forward secret, authenticated ciphers; certificates are ECDSA, or RSA with older peers (RFC 8827 section 6.5).
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::size_t record_max = 16 * 1024 + 256;

// Lost flights are sent again after 100 ms, then twice as late each time. RFC 6347 section 4.2.4.1 says 1 s; ICE has
// shown that the path works, and the people wait.
constexpr unsigned flight_first_us = 100'000;
constexpr unsigned flight_last_us = 3'000'000;

BIO_METHOD* make_bio_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "skypod datagrams");
  BIO_meth_set_write(method, SessionHooks::write);
  BIO_meth_set_read(method, SessionHooks::read);
  BIO_meth_set_ctrl(method, SessionHooks::control);
  return method;
}

ContextPtr make_context() {
  ContextPtr context(SSL_CTX_new(DTLS_method()));
  const bool made = context && SSL_CTX_set_min_proto_version(context.get(), DTLS1_2_VERSION) == 1 &&
                    SSL_CTX_set_cipher_list(context.get(), ciphers) == 1 &&
                    SSL_CTX_set1_groups_list(context.get(), "X25519:P-256:P-384") == 1;
  if (!made) {
    std::abort();
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), SessionHooks::verify, nullptr);
  return context;
}

SSL* make_ssl(const Certificate& certificate, Role role, std::size_t datagram_max, Session* session) {
  static BIO_METHOD* const method = make_bio_method();
  static const ContextPtr context = make_context();
  SSL* ssl = SSL_new(context.get());
  BIO* bio = BIO_new(method);
  if (ssl == nullptr || bio == nullptr || SSL_use_certificate(ssl, certificate.x509()) != 1 ||
      SSL_use_PrivateKey(ssl, certificate.key()) != 1) {
    std::abort();
  }
  BIO_set_data(bio, session);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, session);
  DTLS_set_link_mtu(ssl, static_cast<long>(datagram_max));
  DTLS_set_timer_cb(ssl, [](SSL*, unsigned last_us) {
    return last_us == 0 ? flight_first_us : std::min(last_us * 2, flight_last_us);
  });
  if (role == Role::client) {
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
  return ssl;
}

}  // namespace

Session::Session(Loop& loop, const Certificate& certificate, Role role, std::vector<sdp::Fingerprint> promised,
                 std::size_t datagram_max, SessionOwner& owner)
    : owner_(owner),
      promised_(std::move(promised)),
      datagram_max_(datagram_max),
      ssl_(make_ssl(certificate, role, datagram_max, this)),
      timer_(loop, [this] { timed_out(); }) {}

Session::~Session() {
  if (state_ == State::up) {
    SSL_shutdown(ssl_.get());
  }
}

void Session::start() {
  shake();
}

void Session::receive(BytesView datagram) {
  if (state_ == State::ended || !are_records(datagram, encrypted_least_)) {
    return;
  }
  incoming_ = datagram;
  if (state_ == State::shaking) {
    shake();
  }
  if (state_ == State::up) {
    read_records();
  }
  incoming_ = {};
}

void Session::send(BytesView octets) {
  if (state_ == State::up && !octets.empty()) {
    ERR_clear_error();
    SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
  }
}

bool Session::promise(std::vector<sdp::Fingerprint> promised) {
  promised_ = std::move(promised);
  return state_ != State::up || matches(peer(), promised_);
}

void Session::shake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    timer_.stop();
    if (!matches(peer(), promised_)) {
      return end(Fault::wrong_identity);  // OpenSSL has been told so already; this does not rest on it
    }
    state_ = State::up;
    const int cipher = SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(ssl_.get()));
    encrypted_least_ = cipher == NID_chacha20_poly1305 ? chacha_overhead : gcm_overhead;
    return owner_.dtls_up();
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    return end(stranger_ ? Fault::wrong_identity : Fault::dtls_failed);
  }
  arm_timer();
}

void Session::read_records() {
  std::array<char, record_max> record;
  while (state_ == State::up) {
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), record.data(), static_cast<int>(record.size()));
    if (size <= 0) {
      const int error = SSL_get_error(ssl_.get(), size);
      const bool over = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
      if (over || error != SSL_ERROR_WANT_READ) {
        end(over ? Fault::closed_by_peer : Fault::dtls_failed);
      }
      return;
    }
    owner_.dtls_received(BytesView(record.data(), static_cast<std::size_t>(size)));
  }
}

void Session::arm_timer() {
  timeval left = {};
  if (DTLSv1_get_timeout(ssl_.get(), &left) == 1) {
    timer_.start(left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
  }
}

void Session::timed_out() {
  if (state_ != State::shaking) {
    return;
  }
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) {
    return end(Fault::dtls_failed);
  }
  arm_timer();
}

void Session::end(Fault why) {
  state_ = State::ended;
  timer_.stop();
  owner_.dtls_ended(why);
}

bool Session::accept_peer(X509* certificate) {
  stranger_ = !matches(certificate, promised_);
  return !stranger_;
}

}  // namespace skypod::rtc::dtls
