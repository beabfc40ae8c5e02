// The realm client: keeps a link to the signalling server, proves who this device is, checks who the others are, and
// runs the mesh with them. What it learns it leaves as events for its owner.
//
// Everything that arrives on the link is handled strictly in order, also where a step has to wait for the host to
// verify or decrypt; everything that leaves by way of the server is signed strictly in order too. So signalling is
// first in, first out, as perfect negotiation needs it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/ledger/ledger.hpp"
#include "core/realm/manager.hpp"
#include "core/realm/membership.hpp"
#include "core/realm/relay.hpp"
#include "core/realm/statements.hpp"

namespace skypod::realm {

/// The link to the signalling server.
enum class LinkState { idle, connecting, online, offline, refused };

/// What a server was caught at. None of it has any effect but that people are told.
enum class Lie {
  unproven_member,    // named a device that no member has admitted
  swapped_key,        // gave a member another key
  foreign_statement,  // passed on statements that do not follow from the ledger
  forged_message,     // altered a message between members, or made one up
  repeated_message,   // passed on a message that is over
  withheld,           // does not keep, or does not pass on, what it was told about members
  false_removal,      // said that this device was removed, which no member has signed
};

/// What the client reports.
namespace event {
/// link() or refusal() changed, or the server has told its status.
struct LinkChanged {};
/// membership() changed and should be stored again.
struct MembershipChanged {};
/// Members, or what is shown of them, changed.
struct PeersChanged {};
/// A device is a member since we last looked.
struct MemberAdded {
  std::string id;
  std::string inviter;
};
/// A device is a member no longer.
struct MemberRemoved {
  std::string id;
  std::string remover;
};
/// This device was removed; it has forgotten the realm.
struct Removed {
  std::string remover;
  TimeMs at_ms = 0;
};
/// A device is online and has not confirmed the new key: it may not know of a removal.
struct Unconfirmed {
  std::string id;
};
/// The server lied.
struct Lied {
  Lie lie = Lie::unproven_member;
};
/// The peer is heard by whatever rung carries its stream, or by none any more.
struct PeerConnected {
  std::string peer;
};
struct PeerDisconnected {
  std::string peer;
};
/// A message from a member: the next of its stream, or a broadcast by way of the server.
struct Received {
  std::string peer;
  wire::Envelope message;
  bool relayed = false;  // a broadcast
};
/// The peer has every message of ours whose number is not greater.
struct Acknowledged {
  std::string peer;
  std::int64_t number = 0;
};
}  // namespace event

using Event = std::variant<event::LinkChanged, event::MembershipChanged, event::PeersChanged, event::MemberAdded,
                           event::MemberRemoved, event::Removed, event::Unconfirmed, event::Lied, event::PeerConnected,
                           event::PeerDisconnected, event::Received, event::Acknowledged>;

/// A device's part in one realm. Inputs are method calls made after Host::set_now; afterwards the owner calls settle().
class Client {
 public:
  static constexpr TimeMs authentication_max_ms = 10'000;
  static constexpr TimeMs refused_retry_ms = 60'000;
  static constexpr TimeMs token_lifetime_ms = 60'000;
  /// A request to the server that is not answered within this time has failed.
  static constexpr TimeMs call_max_ms = 15'000;
  /// Messages of streams that are on their way to the server at once, and how long one waits for the one before: the
  /// server takes 100 messages a second, of which signals and answers need some.
  static constexpr std::size_t relays_max = 4;
  static constexpr TimeMs relay_gap_ms = 20;
  /// Relayed messages that wait for the key that they are encrypted under.
  static constexpr std::size_t held_max = 32;
  /// How long a member waits for the remover's new key before it makes one itself; up to as long again by chance.
  static constexpr TimeMs rotation_patience_ms = 2'000;
  /// How often a server may lose what it has confirmed before it is called a liar.
  static constexpr int losses_max = 1;
  /// How long an online device may take to confirm a new key before people are told.
  static constexpr TimeMs confirmation_max_ms = 30'000;
  /// Tokens remembered so that none is accepted twice while it is valid.
  static constexpr std::size_t remembered_tokens_max = 8192;

  Client(Host& host, Identity self);

  /// Takes part in this realm from now on; connects. The membership must have been stored before: if it enters with an
  /// invitation, that can be used only once.
  void enter(Membership membership);
  /// Waits for the server's judgement on the entry of enter(): nothing if this device is in. A lost link is no
  /// judgement. One task at a time may wait.
  Task<Result<void, Error>> entered();
  /// Leaves the realm on this device, quietly.
  void forget();

  const std::optional<Membership>& membership() const { return membership_; }
  const Identity& identity() const { return self_; }
  void rename(std::string name) { self_.name = std::move(name); }
  LinkState link() const { return link_; }
  /// Why the link is refused or was lost, if it was said.
  const std::optional<Error>& refusal() const { return refusal_; }
  std::vector<ledger::Member> members() const;
  /// Who was removed, by identity.
  std::map<std::string, ledger::Removal> removed() const;
  /// The key to encrypt with: the newest that no removed device was given. Nothing while there is none.
  const RealmKey* key() const;
  /// Whether a member has confirmed that key, and so every removal; nothing while it has not said.
  std::optional<bool> current(const std::string& id) const;
  Manager& mesh() { return mesh_; }
  const Manager& mesh() const { return mesh_; }

  /// The server's time as far as it is known, else this device's.
  TimeMs network_now() const { return host_.now() + server_offset_ms_; }
  /// How far this device's clock is ahead of the server's; 0 while unknown.
  TimeMs clock_error_ms() const { return -server_offset_ms_; }

  /// The network may be back, or have changed, or the device has slept: tries again at once instead of waiting, and
  /// looks whether what is open still answers.
  void nudge();

  void link_opened();
  void link_frame(std::string text);
  void link_closed();

  /// Sends a message by way of the server, encrypted for the realm. Empty `recipients`: everybody. Answers how many
  /// devices were connected to receive it.
  Task<Result<std::size_t, Error>> broadcast(wire::Envelope message, std::vector<std::string> recipients);

  /// Removes a member: the server shuts it out, every member is told, and a new key begins.
  Task<Result<void, Error>> remove(std::string id);
  /// Takes a statement of our own into the ledger, and tells everyone.
  void lodge(std::string statement);
  /// What the members have signed; nothing without a realm.
  const ledger::Ledger* ledger() const { return ledger_.get(); }
  /// A fresh token for the server's feed proxy, which serves members only; "" outside a realm. `document`: the
  /// base64url SHA-256 of the one address that it is good for, for a day; "" for any document, as a header carries it.
  /// Waits while the server is just being told of a new realm, whose tokens it would refuse.
  Task<std::string> proxy_token(std::string document);

  /// Removes this device itself, then forgets the realm. Answers whether anybody could be told.
  Task<Result<bool, Error>> leave();
  /// Begins a new epoch; answers its number.
  Task<Result<std::int64_t, Error>> rotate();
  /// Has the server refuse an invitation of ours from now on.
  Task<Result<void, Error>> cancel_invitation(std::string jti, TimeMs expires_ms);

  void tick();
  std::optional<TimeMs> next_deadline() const;
  /// Moves what the mesh left to the link and to the events. Call after every input.
  void settle();
  std::vector<Event> drain_events() { return std::exchange(events_, {}); }

 private:
  using Reply = Result<Json, Error>;
  struct Call {
    std::shared_ptr<OneShot<Reply>> reply;
    TimeMs deadline_ms = 0;
  };
  void connect();
  void lose_link(std::optional<Error> why, bool retry);
  void set_link(LinkState state);
  void send(const wire::Envelope& message);
  Task<void> handle(std::uint64_t generation, std::string text);
  Task<void> authenticate(std::uint64_t generation, wire::Challenge challenge);
  wire::Envelope entry_request() const;
  Task<void> welcome(std::uint64_t generation, wire::Welcome message);
  Task<void> peer_joined(std::uint64_t generation, wire::PeerJoined message);
  Task<void> signalled(std::uint64_t generation, wire::Signal signal);
  Task<void> delivered(std::uint64_t generation, wire::Delivered message, bool was_held);
  Task<std::optional<wire::Claims>> open_token(std::string sender, std::string token);
  void received_on_stream(const std::string& peer, wire::Envelope message);
  void take_stream(const Relayed& what);
  void relay_streams();
  Task<void> relay(RelayBatch batch);
  std::optional<TimeMs> next_relay_ms() const;
  Task<void> dispatch(std::string peer, wire::Envelope message, bool by_server);
  Task<std::string> sign(std::string sub, std::string nonce, wire::Envelope message,
                         TimeMs lifetime_ms = token_lifetime_ms);
  Task<void> send_signal(std::uint64_t generation, OutgoingSignal signal);
  void refused(const wire::Envelope& message);
  void replied(const wire::Envelope& message);
  /// Sends a request; the reply gets the answer, or why there is none.
  void call(std::string_view msg, Json dat, const std::shared_ptr<OneShot<Reply>>& reply);
  void fail_calls(TimeMs due_by_ms);
  void on_status(const wire::Status& status);
  bool remember(const wire::Claims& claims);
  void suspect(Lie lie);
  void suspect_stranger(const std::string& id);

  // The ledger and the keys (client_ledger.cpp, client_keys.cpp).
  Task<Learned> learn(std::vector<std::string> statements);
  void ledger_changed();
  void tell_members();
  bool ever_admitted(const std::string& id) const;
  void check_welcome(const wire::Welcome& message);
  void publish_missing(const std::vector<std::string>& known);
  void note_shown(const std::vector<std::string>& statements);
  Task<void> publish(std::uint64_t generation, std::vector<std::string> statements);
  void pass_on(const std::vector<std::string>& statements, const std::string& except);
  Task<void> on_statements(std::string peer, Json dat);
  Task<void> on_epoch(std::string peer, Json dat);
  Task<void> on_have(std::string peer, Json dat);
  Task<void> share_key(std::string peer, RealmKey key);
  Task<Result<std::int64_t, Error>> rotate_once();
  Task<Result<std::string, Error>> sign_removal(std::string id);
  Task<void> send_token(std::uint64_t generation, wire::Envelope message);
  void tell_by_server(const std::string& peer, wire::Envelope message);
  void tell_in_clear(const std::string& peer, wire::Envelope message);
  void tell_everyone(const wire::Envelope& message);
  void introduce(const std::string& peer);
  void key_added();
  void seek_clean_key();
  wire::Envelope have() const;
  void check_confirmations();

  Host& host_;
  Identity self_;
  std::optional<Membership> membership_;
  std::shared_ptr<ledger::Ledger> ledger_;  // shared with the task that is adding to it
  Manager mesh_;

  LinkState link_ = LinkState::idle;
  std::optional<Error> refusal_;
  std::uint64_t generation_ = 0;  // of the link; what belongs to an earlier one is dropped
  unsigned failures_ = 0;
  std::optional<TimeMs> retry_ms_;
  std::optional<TimeMs> authentication_deadline_ms_;
  std::optional<TimeMs> answer_due_ms_;  // the link is lost if nothing has come by then
  TimeMs next_ping_ms_ = 0;
  TimeMs heard_ms_ = 0;
  TimeMs server_offset_ms_ = 0;
  std::int64_t last_seq_ = 0;
  std::vector<std::string> awaiting_status_;  // peers of the welcome, to connect to once the ICE servers are known
  std::map<std::int64_t, Call> calls_;
  std::shared_ptr<OneShot<Result<void, Error>>> entry_;
  std::vector<std::shared_ptr<OneShot<bool>>> awaiting_entry_;  // go on once the link has come to something

  std::string relay_session_;
  std::int64_t relay_number_ = 0;
  std::size_t relays_under_way_ = 0;  // of streams
  TimeMs next_relay_ms_ = 0;
  Mutex relay_mutex_;                 // numbers leave in the order in which they were given
  std::deque<wire::Delivered> held_;  // encrypted under keys that are still to come, oldest first

  bool bring_back_ = false;                            // the server has lost the realm: the next entry brings it back
  bool introduced_ = false;                            // the members known so far are no news
  std::map<std::string, std::string> known_members_;   // to their inviters, as last told
  std::set<std::string> lodged_;                       // signed parts of what the server has confirmed or shown
  int losses_ = 0;                                     // how often the server has lost some of them
  std::map<std::string, std::string> confirmed_keys_;  // by member: the key that it said it uses
  Mutex key_mutex_;
  std::optional<TimeMs> rotate_ms_;   // when to begin a new epoch, unless a clean key has come by then
  std::optional<TimeMs> confirm_ms_;  // when to look who has not confirmed
  std::set<Lie> lies_;                // each is told once in a process's life
  std::set<std::string> remembered_;
  std::deque<std::string> remembered_order_;

  std::vector<Event> events_;
  SerialQueue inbound_;
  SerialQueue outbound_;
  SerialQueue lodging_;    // to the server, each waiting for its answer
  SerialQueue mesh_talk_;  // what peers say about the realm on their streams
  SerialQueue rotation_;
  TaskScope relays_;
};

}  // namespace skypod::realm
