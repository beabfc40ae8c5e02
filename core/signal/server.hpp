// The realm server's decisions: who may enter a realm, who hears of it, and where a message goes.
//
// A smart router and nothing more: it never sees what members say to each other, and what it stores are signed
// statements that the members check for themselves. Who is a member follows from these by the rules that the members
// go by as well (core/ledger). Sans-I/O: the host reports what happened and when, then
// drains what is to be done. The registry answers later, so an authentication is a small conversation:
//
//   Opened → challenge → token → (LoadRealm) → checks → (CreateRealm or Append) → welcome
//
// At most one LoadRealm or CreateRealm is under way per realm; whoever arrives meanwhile waits in the room. A realm
// stays in memory while somebody of it is connected.
//
// Strangers are kept few: whoever has not authenticated may be pushed out by a newer stranger, the oldest first. So a
// flood of connections costs a fixed amount of memory, and a device that answers its challenge at once still gets in.
//
// Every refusal before authentication ends the connection with WebSocket close code 4000 + the error's status (4401 for
// bad_token, 4408 for authentication_timeout …), except frame_too_large, which has RFC 6455's own 1009.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "core/ledger/ledger.hpp"
#include "core/signal/preauth.hpp"
#include "core/signal/registry.hpp"
#include "core/signal/verifier.hpp"
#include "core/wire/messages.hpp"
#include "core/wire/token_bucket.hpp"

namespace skypod::signal {

using wire::Rate;
using wire::TokenBucket;

/// Names a connection; later ones have larger numbers.
using SocketId = std::uint64_t;

/// When something happens. Deadlines and rates follow the steady clock, which only ever goes on; tokens are judged by,
/// and people are told, the time of day, which may be set to anything.
struct Moment {
  wire::TimeMs steady_ms = 0;
  wire::TimeMs day_ms = 0;  // since 1970

  /// For a world with one clock that is never set.
  Moment(wire::TimeMs both) : steady_ms(both), day_ms(both) {}  // NOLINT(google-explicit-constructor): a time is one
  Moment(wire::TimeMs steady, wire::TimeMs day) : steady_ms(steady), day_ms(day) {}
};

/// A connection is open. `nonce`: at least 128 random bits as base64url, at most 64 characters, never repeated.
struct Opened {
  SocketId socket = 0;
  std::string address;  // what limits count by: one household. "": shared by many, where only new realms are counted
  std::string nonce;
};

/// A text frame arrived. The text is borrowed for the call. A binary frame is reported as an empty text.
struct Frame {
  SocketId socket = 0;
  std::string_view text;
};

/// A frame is arriving that is longer than limit::frame_max; its text was not kept.
struct TooLarge {
  SocketId socket = 0;
};

/// The connection is gone. Not needed, but harmless, after a Close.
struct Closed {
  SocketId socket = 0;
};

/// The registry's answer; on success the change is durable.
struct Stored {
  RequestId request = 0;
  StoreResult result;
};

/// A deadline passed. Each Tick ends a few connections only; next_deadline() tells whether there are more.
struct Tick {};

using Input = std::variant<Opened, Frame, TooLarge, Closed, Stored, Tick>;

/// Send this text. One buffer serves all receivers of a fan-out.
struct Send {
  SocketId socket = 0;
  std::shared_ptr<const std::string> frame;
};

/// Close after sending what was given before. The server has forgotten the socket.
struct Close {
  SocketId socket = 0;
  std::uint16_t code = 1000;
  std::string reason;  // at most 123 octets (RFC 6455 section 5.5)
};

/// Ask the registry; the answer is Stored.
struct Store {
  RequestId request = 0;
  RegistryOp op;
};

using Output = std::variant<Send, Close, Store>;

/// 24 hours.
inline constexpr wire::TimeMs day_ms = 24 * 60 * 60 * 1000;

/// The STUN and TURN servers of one member, as RTCConfiguration.iceServers has them.
struct IceServers {
  wire::Json list = wire::Json::array();
  wire::TimeMs life_ms = 0;  // how long the credentials in it are good; 0: for ever
};

/// What the operator sets.
struct Options {
  /// The servers for a member (by identity) at a time of day; nothing: none for anybody.
  std::function<IceServers(std::string_view, wire::TimeMs)> ice_servers = {};
  std::size_t members_max = wire::limit::members_max;
  std::size_t sockets_max = 16'384;              // connections in all
  std::size_t sockets_per_address_max = 256;     // connections of one address; a further one is refused
  std::size_t strangers_max = 2'000;             // not authenticated; a further one pushes out the oldest
  std::size_t strangers_per_address_max = 64;    // the same, of one address
  wire::TimeMs invitation_life_max_ms = day_ms;  // from being signed to expiry
  wire::TimeMs silence_max_ms = 3 * wire::limit::ping_interval_ms;  // a member that says nothing for so long is gone
  Rate messages{.refill_ms = 10, .burst = 300};                     // per connection: 100 a second
  Rate mistakes{.refill_ms = 60'000, .burst = 20};                  // per connection; one more closes it
  Rate new_realms{.refill_ms = 10'000, .burst = 300};               // per remote address
};

/// The server.
class Server {
 public:
  /// The verifier must outlive the server.
  explicit Server(const Verifier& verifier, Options options = {}) : verifier_(verifier), options_(std::move(options)) {}

  /// Takes one input in; what follows from it waits in drain().
  void handle(const Input& input, Moment now);

  /// What is to be done, in order; empties the list.
  std::vector<Output> drain() { return std::exchange(outputs_, {}); }

  /// When to call with Tick at the latest, by the steady clock; nothing while no connection is open.
  std::optional<wire::TimeMs> next_deadline() const;

  /// Open connections, authenticated or not.
  std::size_t sockets() const { return sessions_.size(); }

  /// Whether this connection is open and authenticated.
  bool is_member(SocketId socket) const;

  /// Realms in memory: those with a connected member or an operation under way.
  std::size_t realms() const { return rooms_.size(); }

 private:
  /// A realm in memory. `asking`: a LoadRealm or CreateRealm is under way.
  struct Room {
    enum class State { asking, absent, present };

    explicit Room(const std::string& id) : realm(id), ledger(id, "") {}

    std::string realm;
    State state = State::asking;
    ledger::Ledger ledger;
    std::deque<SocketId> waiting;               // requests that wait for the end of `asking`
    std::map<std::string, SocketId> connected;  // by identity; one socket each
    std::size_t operations = 0;                 // registry operations under way
    std::size_t admitting = 0;                  // of these, admissions
  };

  /// The connections of one address.
  struct Household {
    std::size_t sockets = 0;
    std::set<SocketId> strangers;  // oldest first
  };
  using Households = std::map<std::string, Household>;

  /// A connection: with `request` while it is being authenticated, with `identity` afterwards.
  struct Session {
    Households::iterator household;
    std::string nonce;
    wire::TimeMs deadline_ms = 0;  // of authentication, later of silence; only ever moves later
    wire::TimeMs renew_ms = 0;     // when a member's ICE servers are half through their life; 0: never
    wire::TimeMs alarm_ms = 0;     // its place in alarms_, at or before the deadline: frames need not touch alarms_
    std::unique_ptr<Preauth> request;
    Room* room = nullptr;
    std::string identity;
    TokenBucket messages;
    TokenBucket mistakes;

    bool is_member() const { return !identity.empty(); }
  };

  /// A registry operation under way, and whom its answer is for.
  struct Operation {
    SocketId socket = 0;
    Room* room = nullptr;
    RegistryOp op;
    std::optional<wire::Envelope> lodged;  // the member's message that it carries out; none for an entry
  };

  void on(const Opened& input);
  void on(const Frame& input);
  void on(const TooLarge& input);
  void on(const Closed& input);
  void on(const Stored& input);
  void on(const Tick& input);

  // Authentication (authentication.cpp).
  void authenticate(SocketId socket, Session& session, std::string_view frame);
  void decide(SocketId socket, Session& session);
  void decide_founding(SocketId socket, Session& session);
  void decide_returning(SocketId socket, Session& session);
  void decide_joining(SocketId socket, Session& session);
  void welcome(SocketId socket, Session& session);
  void send_status(SocketId socket, Session& session);
  void answered(const LoadRealm& op, const Operation& operation, const StoreResult& result);
  void answered(const CreateRealm& op, const Operation& operation, const StoreResult& result);
  void answered(const Append& op, const Operation& operation, const StoreResult& result);
  void answer_entry(const Append& op, const Operation& operation, const StoreResult& result);
  void refuse_request(SocketId socket, const Session& session, wire::Error error);
  void settle(Room& room);
  void refuse_former(SocketId socket, Session& session);
  void store(SocketId socket, Room& room, RegistryOp op, std::optional<wire::Envelope> lodged = std::nullopt);
  Room& enter(const std::string& realm);
  bool may_found(const std::string& address);

  // A member's messages (routing.cpp).
  void route(SocketId socket, Session& session, std::string_view frame);
  void dispatch(SocketId socket, Session& session, const wire::Envelope& message);
  void on_signal(SocketId socket, Session& session, const wire::Envelope& message);
  void on_broadcast(SocketId socket, Session& session, const wire::Envelope& message);
  void on_ping(SocketId socket, Session& session, const wire::Envelope& message);
  static Result<std::vector<SocketId>, wire::Error> receivers_of(const Room& room,
                                                                 std::vector<std::string>& recipients);
  void mistake(SocketId socket, Session& session, const Refusal& refusal);

  // What members lodge (lodging.cpp).
  void on_statements(SocketId socket, Session& session, const wire::Envelope& message);
  void on_cancel(SocketId socket, Session& session, const wire::Envelope& message);
  void confirm(SocketId socket, const wire::Envelope& asked);
  void take_in(Room& room, const std::vector<std::string>& statements);
  void refuse_removed(SocketId socket, const Room& room, const std::string& identity, const Refusal& refusal);
  void answer_lodged(const Append& op, const Operation& operation, const StoreResult& result);

  // Connections (server.cpp).
  std::optional<wire::Error> make_room(const Households::value_type& household);
  void push_out(const std::set<SocketId>& strangers, std::size_t most);
  void leave(Households::iterator household);
  void send(SocketId socket, const wire::Envelope& message);
  void announce(const Room& room, const wire::Envelope& message);
  void refuse(SocketId socket, const Refusal& refusal);
  void refuse_late(SocketId socket);
  void end(SocketId socket);
  void release(Room& room);
  void expire();
  void ring(SocketId socket, Session& session);

  const Verifier& verifier_;
  Options options_;
  wire::TimeMs now_ = 0;  // by the steady clock
  wire::TimeMs day_ = 0;  // by the time of day
  std::vector<Output> outputs_;
  Households households_;         // by address; only those with a connection
  std::set<SocketId> strangers_;  // not authenticated, oldest first
  std::unordered_map<SocketId, Session> sessions_;
  std::map<std::string, Room> rooms_;  // by realm; a Room stays where it is
  std::unordered_map<RequestId, Operation> operations_;
  std::map<std::string, TokenBucket> founders_;  // by remote address; only buckets that are not full
  std::set<std::pair<wire::TimeMs, SocketId>> alarms_;
  RequestId next_request_ = 1;
};

}  // namespace skypod::signal
