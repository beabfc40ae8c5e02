// What the core asks of its host: signatures, encryption, randomness, the database, the feed proxy, a link to the
// signalling server and WebRTC connections.
//
// The core never calls out. It leaves Outputs for the host to carry out, and the host brings back what came of them. A
// question that wants an answer (an Ask) suspends the coroutine that asked until the host calls `answer`. Hosts differ
// (a browser's WebCrypto is asynchronous, a simulation answers from a script), the core does not notice.
#pragma once

#include <coroutine>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/redacted.hpp"
#include "base/result.hpp"
#include "core/wire/error.hpp"
#include "core/wire/token.hpp"

namespace skypod::core {

using wire::Error;
using wire::ErrorCode;
using wire::Json;
using wire::TimeMs;

/// A 256-bit key. Redacted, so that nothing prints it.
using SecretKey = Redacted<Bytes>;

namespace ask {

/// Sign the payload with this device's key as a compact JWS with header {"alg":"ES256"}. Answer: the token, a text.
struct Sign {
  Json payload;
};

/// Answer true if the token's ES256 signature is `jwk`'s AND the RFC 7638 SHA-256 thumbprint of `jwk` is `identity`.
/// The algorithm is always ES256, whatever the token's header says. Any other answer is a refusal.
struct Verify {
  std::string token;
  Json jwk;
  std::string identity;
};

/// Answer the RFC 7638 SHA-256 thumbprint of `jwk`, a text: the identity whose key it is.
struct Thumbprint {
  Json jwk;
};

/// Encrypt for the holder of `jwk`'s private key: compact JWE, ECDH-ES+A256KW, A256GCM. Answer: the JWE, a text.
struct Seal {
  Json jwk;
  Redacted<Bytes> plaintext;
};

/// The same for several holders at once (at most 64): one JWE in the general JSON serialization (RFC 7516 section
/// 7.2.1), each recipient's `kid` being its identity. Answer: the JWE, a text.
struct SealAll {
  struct Recipient {
    std::string identity;
    Json jwk;
  };
  std::vector<Recipient> recipients;
  Redacted<Bytes> plaintext;
};

/// The reverse of both, with this device's key. Answer: the plaintext, a byte string.
struct Unseal {
  std::string jwe;
};

/// Encrypt under a shared key: compact JWE, dir, A256GCM, with `kid` in the protected header. Answer: the JWE, a text.
struct Encrypt {
  SecretKey key;
  std::string kid;
  Bytes plaintext;
};

/// The reverse. Answer: the plaintext, a byte string.
struct Decrypt {
  SecretKey key;
  std::string jwe;
};

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), so that guessing `secret` is slow. Answer: 32 octets.
struct Stretch {
  Redacted<Bytes> secret;
  Bytes salt;
  std::uint32_t rounds = 0;
};

/// A new P-256 key pair that is not this device's own. Answer: the private JWK, an object with d.
struct MakeKey {};

/// As Sign, with the private JWK of a MakeKey.
struct SignAs {
  Redacted<Json> jwk;
  Json payload;
};

/// `count` octets from a cryptographic source. Answer: a byte string.
struct Entropy {
  std::size_t count = 0;
};

/// One SQL statement; parameters are null, whole numbers, floats, texts or byte strings. With `many`, `params` is a
/// list of lists: it is run with each, and its rows follow each other. Packed (wire/packed_rows.hpp) it gets packed
/// rows.
struct Statement {
  std::string sql;
  Json params = Json::array();
  bool many = false;
};

/// Run all statements in one transaction, durably, or none of them. Answer: a list with one list of rows per statement,
/// each row a list of columns. A lone "VACUUM", which no transaction may hold, runs by itself, and gives no rows.
struct Database {
  std::vector<Statement> statements;
};

/// GET a path of the server, e.g. "/api/feed?url=…", with "Authorization: Bearer <token>" unless the token is "".
/// Answer: {status, body}, the body parsed as JSON or null.
struct Fetch {
  std::string path;
  std::string token{};
};

/// GET a feed at its own address, without the server and with nothing that says who asks but `authorization`: unless it
/// is "", the value of an Authorization field for the origin of `url`, wherever redirects lead. Whether a host may
/// depends on what it is: a browser's pages read only what the feed's host allows them to (CORS). Redirects are
/// followed; at most 20 MiB and 30 s. Answer: {status, body}, the body being the JSON Feed that it is; or, where the
/// host leaves reading to the core, {status, url, json} or {status, url, events}: `url` after all redirects; an event
/// is [namespace, name, [[namespace, name, value], …]] for the begin of an element, a text, or null for an end. Of
/// another status than 200, {status} will do.
struct Direct {
  std::string url;
  Redacted<std::string> authorization{};
};

/// GET a piece of a file at its own address, as ask::Direct gets a feed: `count` octets beginning at `from`, not
/// compressed (RFC 9110 section 14). Answer: {status} of the host; with 200 or 206 also {type, range, total, octets}:
/// the Content-Type and the Content-Range, "" where they are not told or may not be read; how many octets the whole
/// file has where the host knows it from elsewhere, or null; and, of what came, the first `count` octets.
struct File {
  std::string url;
  Redacted<std::string> authorization{};
  std::int64_t from = 0;
  std::int64_t count = 0;
};

}  // namespace ask

/// Everything that the core can ask.
using Ask = std::variant<ask::Sign, ask::Verify, ask::Thumbprint, ask::Seal, ask::SealAll, ask::Unseal, ask::Encrypt,
                         ask::Decrypt, ask::Stretch, ask::MakeKey, ask::SignAs, ask::Entropy, ask::Database, ask::Fetch,
                         ask::Direct, ask::File>;

/// What a host brings back for an Ask.
using Answer = Result<Json, Error>;

/// A handle for one WebRTC connection, unique within a Host; never 0.
using RtcId = std::uint32_t;

namespace out {

/// Carry out the ask and call Host::answer with this id, once.
struct Asked {
  std::uint64_t id = 0;
  Ask ask;
};

/// Open the link to the signalling server; a link that is open is closed first.
struct LinkOpen {};
/// Send one text frame on the link; dropped if it is not open.
struct LinkSend {
  std::string text;
};
/// Close the link. No LinkClosed needs to follow.
struct LinkClose {};

/// Create a connection with one ordered, reliable data channel, negotiated by both ends as stream 0.
struct RtcOpen {
  RtcId rtc = 0;
  Json ice_servers;
};
/// Make an offer and set it as the local description; then report it with rtc_local. `restart`: with new ICE
/// credentials (RTCOfferOptions.iceRestart); the open channel moves over to the new path.
struct RtcOffer {
  RtcId rtc = 0;
  bool restart = false;
};
/// Set the remote description (rolling back an own offer if this is one). For an offer: answer it, report with
/// rtc_local.
struct RtcRemote {
  RtcId rtc = 0;
  bool is_offer = false;
  std::string sdp;
};
/// Add a remote candidate; one that cannot be used is ignored.
struct RtcCandidate {
  RtcId rtc = 0;
  std::string candidate;
  std::string mid;
  std::int64_t line = 0;
};
/// Send one message on the data channel. `report_drained`: report it once with RtcDrained when what still waits to be
/// sent has fallen to 64 KiB, at once if it is not more now.
struct RtcSend {
  RtcId rtc = 0;
  Bytes octets;
  bool report_drained = false;
};
/// Close and forget the connection. Nothing about it needs to be reported any more.
struct RtcClose {
  RtcId rtc = 0;
};

/// Tell the people who watch this device, e.g. the page.
struct Told {
  std::string name;
  Json dat;
};

/// The answer to a command of theirs.
struct Replied {
  std::uint64_t id = 0;
  Answer answer;
};

}  // namespace out

/// Everything that the core can want of its host.
using Output = std::variant<out::Asked, out::LinkOpen, out::LinkSend, out::LinkClose, out::RtcOpen, out::RtcOffer,
                            out::RtcRemote, out::RtcCandidate, out::RtcSend, out::RtcClose, out::Told, out::Replied>;

/// The core's side of its host: a clock that only the host moves, an outbox, and the questions still open. One per
/// device; outlives every task that asks through it.
class Host {
 public:
  /// `entropy`: 32 octets of the host's, for ids and jitter (never for keys: those are asked for).
  explicit Host(BytesView entropy) : random_(Random::from_entropy(entropy)) {}
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// The time of the input that is being handled.
  TimeMs now() const { return now_; }
  /// Called by the host with every input. Time may go backwards: clocks do.
  void set_now(TimeMs now) { now_ = now; }

  /// Repeatable numbers for ids and jitter.
  Random& random() { return random_; }

  /// An id of 128 random bits in base64url.
  std::string fresh_id();

  /// Leaves an output for the host.
  void tell(Output output) { outputs_.push_back(std::move(output)); }

  /// The outputs since the last call, in order.
  std::vector<Output> drain() { return std::exchange(outputs_, {}); }

  /// Wait for an answer: `co_await host.ask(ask::Sign{...})` gives an Answer. A task that is destroyed meanwhile takes
  /// its question back.
  class Pending {
   public:
    Pending(Host& host, Ask what) : host_(host), ask_(std::move(what)) {}
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending() {
      if (id_ != 0) host_.pending_.erase(id_);
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
      id_ = ++host_.last_id_;
      waiting_ = waiting;
      host_.pending_.emplace(id_, this);
      host_.tell(out::Asked{id_, std::move(ask_)});
    }
    Answer await_resume() { return std::move(answer_); }

   private:
    friend Host;
    Host& host_;
    Ask ask_;
    std::uint64_t id_ = 0;
    std::coroutine_handle<> waiting_;
    Answer answer_;
  };
  Pending ask(Ask what) { return Pending(*this, std::move(what)); }

  /// Brings an answer back; the task that asked runs on before this returns. False if nobody waits for it.
  bool answer(std::uint64_t id, Answer answer);

 private:
  TimeMs now_ = 0;
  Random random_;
  std::vector<Output> outputs_;
  std::map<std::uint64_t, Pending*> pending_;
  std::uint64_t last_id_ = 0;
};

}  // namespace skypod::core
