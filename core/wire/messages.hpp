// Every message's payload, as a type that reads and writes itself. docs/PROTOCOL.md says in prose when each is sent.
// read() answers bad_message, with the member that is wrong, for anything that does not fit.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/wire/envelope.hpp"
#include "core/wire/token.hpp"

namespace skypod::wire {

/// Message names, as in the `msg` member.
namespace msg {
inline constexpr std::string_view challenge = "preauth.challenge";
inline constexpr std::string_view register_realm = "preauth.register";
inline constexpr std::string_view authn = "preauth.authn";
inline constexpr std::string_view exchange = "preauth.exchange";
inline constexpr std::string_view status = "realm.status";
inline constexpr std::string_view peer_joined = "realm.rtc.peer-joined";
inline constexpr std::string_view peer_left = "realm.rtc.peer-left";
inline constexpr std::string_view signal = "realm.rtc.signal";
inline constexpr std::string_view broadcast = "realm.broadcast";
inline constexpr std::string_view statement = "realm.statement";
inline constexpr std::string_view cancel_invitation = "realm.cancel-invitation";
inline constexpr std::string_view epoch = "realm.epoch";
inline constexpr std::string_view epoch_have = "realm.epoch-have";
inline constexpr std::string_view ping = "realm.rtc.ping";
inline constexpr std::string_view pong = "realm.rtc.pong";
inline constexpr std::string_view genesis = "ledger.genesis";
inline constexpr std::string_view admission = "ledger.admission";
inline constexpr std::string_view removal = "ledger.removal";
inline constexpr std::string_view registration = "pairing.registration";
inline constexpr std::string_view invitation = "pairing.invitation";
inline constexpr std::string_view offer = "rtc.offer";
inline constexpr std::string_view answer = "rtc.answer";
inline constexpr std::string_view candidate = "rtc.ice-candidate";
inline constexpr std::string_view peer_state = "rtc.peer-state";
inline constexpr std::string_view request_connection = "rtc.request-connection";
inline constexpr std::string_view proxy_use = "proxy.use";
inline constexpr std::string_view error = "error";
}  // namespace msg

/// Limits that both ends know. Octets unless the name says otherwise.
namespace limit {
inline constexpr std::size_t frame_max = 256 * 1024;         // one WebSocket message
inline constexpr std::size_t frame_max_preauth = 32 * 1024;  // before authentication
inline constexpr std::size_t members_max = 64;               // identities in a realm
inline constexpr std::size_t statements_max = 512;           // statements in a ledger
inline constexpr std::size_t statements_at_once = 64;        // statements in one realm.statement
inline constexpr std::size_t statement_max = 4 * 1024;       // one signed statement
inline constexpr std::size_t removal_max = 16 * 1024;        // one that says which of 256 others stand
inline constexpr std::size_t name_max = 160;                 // a device name: 40 characters of any script
inline constexpr std::size_t sdp_max = 32 * 1024;
inline constexpr std::size_t connection_id_max = 32;
inline constexpr TimeMs preauth_deadline_ms = 3'000;         // from the socket's opening to the end of authentication
inline constexpr TimeMs proxy_token_life_ms = 15 * 60'000;   // a token for the feed proxy, in a header
inline constexpr TimeMs proxy_url_life_ms = 24 * 3'600'000;  // the same for one document, in its address
inline constexpr TimeMs ping_interval_ms = 30'000;
}  // namespace limit

/// S→C on open: what the first token must carry, and the server's clock.
struct Challenge {
  std::string nonce;
  TimeMs time_ms = 0;

  static Result<Challenge, Error> read(const Json& dat);
  Json write() const;
};

/// C→S: founds a realm, or brings back one that the server has lost. `genesis` is the founder's signed ledger
/// statement; `chain`, empty for the founder, are the admissions that lead from it to the sender.
struct Register {
  Json pubkey;
  std::string genesis;
  std::vector<std::string> chain = {};

  static Result<Register, Error> read(const Json& dat);
  Json write() const;
};

/// C→S: joins with an invitation, which is a member's signed admission of exactly this key.
struct Exchange {
  Json pubkey;
  std::string invitation;

  static Result<Exchange, Error> read(const Json& dat);
  Json write() const;
};

/// S→C: the answer to register, authn and exchange. Nothing in it is to be believed without the ledger's signatures.
struct Welcome {
  std::vector<std::string> peers;          // identities that are connected now, without the receiver
  std::map<std::string, Json> identities;  // every member's public key
  std::vector<std::string> ledger;         // signed statements, oldest first

  static Result<Welcome, Error> read(const Json& dat);
  Json write() const;
};

/// S→C: the room as the server sees it, and what it allows.
struct Status {
  std::vector<std::string> members;
  std::vector<std::string> peers;
  std::size_t frame_max = 0;  // octets
  Json ice_servers;           // as RTCConfiguration.iceServers has it

  static Result<Status, Error> read(const Json& dat);
  Json write() const;
};

/// C→S and between members: ledger statements for whoever lacks them. S→C: statements that are new to the server, or
/// that prove to a device that it was removed.
struct Statements {
  std::vector<std::string> statements;

  static Result<Statements, Error> read(const Json& dat);
  Json write() const;
};

/// C→S: nobody shall be admitted by the admission of this id any more.
struct CancelInvitation {
  std::string jti;
  TimeMs expires_ms = 0;

  static Result<CancelInvitation, Error> read(const Json& dat);
  Json write() const;
};

/// Between members: a key of the realm. `sealed` is a JWE that every recipient can open; it repeats epoch, `by` and
/// `key_id` beside the key.
struct Epoch {
  std::int64_t number = 0;
  std::string by;  // who made the key
  std::string key_id;
  std::string sealed;

  static Result<Epoch, Error> read(const Json& dat);
  Json write() const;
};

/// Between members: which key the sender uses; whoever knows a later one answers with it.
struct EpochHave {
  std::int64_t number = 0;
  std::string by;
  std::string key_id;

  static Result<EpochHave, Error> read(const Json& dat);
  Json write() const;
};

/// S→all, the newcomer too. `statement` is what made it a member; `peers` are all that are connected now.
struct PeerJoined {
  std::string identity;
  Json pubkey;
  std::string statement;
  std::vector<std::string> peers;

  static Result<PeerJoined, Error> read(const Json& dat);
  Json write() const;
};

/// S→all that remain.
struct PeerLeft {
  std::string identity;

  static Result<PeerLeft, Error> read(const Json& dat);
  Json write() const;
};

/// C→S→C: a token for one peer, which carries one of the rtc messages below. The server reads only the two ids.
struct Signal {
  std::string token;  // `signed` on the wire
  std::string localid;
  std::string remoteid;

  static Result<Signal, Error> read(const Json& dat);
  Json write() const;
};

/// C→S: octets for all or some members. `payload` is a JWE that the server cannot open.
struct Broadcast {
  std::string payload;
  std::vector<std::string> recipients;  // empty: everyone
  bool skip_self = true;

  static Result<Broadcast, Error> read(const Json& dat);
  Json write() const;
};

/// S→C: a broadcast as it arrives, with the identity whose socket sent it.
struct Delivered {
  std::string payload;
  std::string sender;

  static Result<Delivered, Error> read(const Json& dat);
  Json write() const;
};

/// The payload of ledger.genesis, ledger.admission and pairing.registration: the key that the statement is about.
struct KeyStatement {
  Json pubkey;
  std::string name;       // pairing.registration only: what the device calls itself
  bool recovery = false;  // ledger.admission only: no device, but a key kept for the day when all are lost

  static Result<KeyStatement, Error> read(const Json& dat);
  Json write() const;
};

/// The payload of pairing.invitation: all that the invitee needs, signed as one by the inviter.
struct InvitationStatement {
  Json pubkey;            // the inviter's
  std::string name;       // what the inviter calls itself
  std::string founder;    // whose genesis the realm is traced to
  std::string admission;  // the statement that admits the invitee
  std::string sealed;     // a JWE for the invitee: the realm's key

  static Result<InvitationStatement, Error> read(const Json& dat);
  Json write() const;
};

/// rtc.offer and rtc.answer.
struct Description {
  std::string connection_id;
  std::string sdp;

  static Result<Description, Error> read(const Json& dat);
  Json write() const;
};

/// rtc.ice-candidate, in the members of RTCIceCandidateInit. An empty candidate says that there are no more.
struct Candidate {
  std::string connection_id;
  std::string candidate;
  std::string mid;
  std::int64_t line = 0;

  static Result<Candidate, Error> read(const Json& dat);
  Json write() const;
};

/// rtc.peer-state: the sender's view of the connection, so that a dead one is given up on both ends.
struct PeerState {
  std::string connection_id;
  std::string state;

  static Result<PeerState, Error> read(const Json& dat);
  Json write() const;
};

/// rtc.request-connection: asks the receiver to begin a connection, the receiver being polite or not.
struct RequestConnection {
  bool polite = true;

  static Result<RequestConnection, Error> read(const Json& dat);
  Json write() const;
};

}  // namespace skypod::wire
