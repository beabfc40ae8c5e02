// From a token to a seat in the room. Every step ends in a refusal, in a question to the registry, or in a welcome; an
// answer of the registry leads back to decide(), which then finds the realm as the registry made it.
#include <utility>

#include "core/signal/server.hpp"
#include "core/signal/statements.hpp"

namespace skypod::signal {
namespace {

using wire::ErrorCode;

constexpr std::size_t founders_kept = 1024;
constexpr wire::TimeMs invitation_kept_ms = 7 * day_ms;  // after its expiry: so far a clock may be set back

std::vector<std::string> keys_of(const auto& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

wire::Json welcome_of(const ledger::Ledger& realm, std::vector<std::string> peers) {
  wire::Welcome welcome{.peers = std::move(peers), .identities = {}, .ledger = realm.statements()};
  for (const auto& [identity, member] : realm.members()) welcome.identities.emplace(identity, member.pubkey);
  return welcome.write();
}

}  // namespace

void Server::authenticate(SocketId socket, Session& session, std::string_view frame) {
  if (session.deadline_ms <= now_) {
    return refuse_late(socket);
  }
  if (session.request) {
    const wire::Error error{ErrorCode::not_authenticated, "Another request of this connection is under way."};
    return refuse(socket, {std::string(wire::msg::error), std::nullopt, error});
  }
  auto request = read_preauth(frame, std::exchange(session.nonce, {}), day_, verifier_);
  if (!request) {
    return refuse(socket, request.error());
  }
  session.request = std::make_unique<Preauth>(std::move(*request));
  session.room = &enter(session.request->claims.aud);
  decide(socket, session);
}

/// The realm's room; a new one asks the registry first.
Server::Room& Server::enter(const std::string& realm) {
  const auto [place, is_new] = rooms_.try_emplace(realm, realm);
  if (is_new) {
    store(0, place->second, LoadRealm{realm});
  }
  return place->second;
}

void Server::store(SocketId socket, Room& room, RegistryOp op, std::optional<wire::Envelope> lodged) {
  const RequestId request = next_request_++;
  ++room.operations;
  operations_.emplace(request, Operation{socket, &room, op, std::move(lodged)});
  outputs_.emplace_back(Store{request, std::move(op)});
}

/// Takes a request as far as it goes now. The session may be gone afterwards.
void Server::decide(SocketId socket, Session& session) {
  Room& room = *session.room;
  const Preauth& request = *session.request;
  if (room.state == Room::State::asking) {
    room.waiting.push_back(socket);
  } else if (request.kind == Kind::found) {
    decide_founding(socket, session);
  } else if (room.state == Room::State::absent) {
    refuse_request(socket, session, {ErrorCode::unknown_realm, ""});
  } else if (room.ledger.removal_of(request.claims.iss) != nullptr) {
    refuse_former(socket, session);
  } else if (request.kind == Kind::join) {
    decide_joining(socket, session);
  } else if (auto wrong = check_authentication(request, room.ledger, verifier_)) {
    refuse_request(socket, session, std::move(*wrong));
  } else {
    welcome(socket, session);
  }
}

/// Refuses who was removed, and says so to nobody who cannot sign for it.
void Server::refuse_former(SocketId socket, Session& session) {
  const Preauth& request = *session.request;
  const std::string& identity = request.claims.iss;
  const wire::Json* key = session.room->ledger.key_of(identity);
  if (key == nullptr || !verifier_.verify(request.token, *key, identity)) {
    return refuse_request(socket, session, {ErrorCode::bad_token, ""});
  }
  const wire::Envelope& message = request.claims.message;
  refuse_removed(socket, *session.room, identity, {message.msg, message.seq, wire::Error{ErrorCode::removed, ""}});
}

void Server::decide_founding(SocketId socket, Session& session) {
  Room& room = *session.room;
  const Preauth& request = *session.request;
  if (room.state == Room::State::present) {
    return decide_returning(socket, session);
  }
  if (!may_found(session.household->first)) {
    return refuse_request(socket, session, {ErrorCode::rate_limited, ""});
  }
  room.state = Room::State::asking;
  std::vector<std::string> statements = request.chain;
  statements.insert(statements.begin(), request.statement);
  store(socket, room, CreateRealm{room.realm, std::move(statements)});
}

/// The realm is here. Its member may have asked before without hearing the answer; or the server has lost the realm,
/// and whoever brought it back did not know of all members: then this one's chain shows where it belongs.
void Server::decide_returning(SocketId socket, Session& session) {
  Room& room = *session.room;
  const Preauth& request = *session.request;
  if (!room.ledger.knows(request.statement)) {
    return refuse_request(socket, session, {ErrorCode::realm_exists, ""});
  }
  if (room.ledger.find(request.claims.iss) != nullptr) {
    return welcome(socket, session);
  }
  if (room.ledger.removal_of(request.claims.iss) != nullptr) {
    return refuse_former(socket, session);
  }
  ledger::Ledger after = room.ledger;
  Learned learned = learn(after, request.chain, verifier_);
  if (after.find(request.claims.iss) == nullptr) {
    return refuse_request(socket, session, {ErrorCode::not_a_member, ""});
  }
  if (after.members().size() + room.admitting > options_.members_max) {
    return refuse_request(socket, session, {ErrorCode::realm_full, ""});
  }
  ++room.admitting;
  store(socket, room, Append{room.realm, std::move(learned.added), std::nullopt, 0});
}

void Server::decide_joining(SocketId socket, Session& session) {
  Room& room = *session.room;
  const Preauth& request = *session.request;
  const bool member = room.ledger.find(request.claims.iss) != nullptr;
  if (member && room.ledger.knows(request.statement)) {
    return welcome(socket, session);  // the first answer was lost
  }
  if (auto wrong = check_invitation(request, room.ledger, {day_, options_.invitation_life_max_ms}, verifier_)) {
    return refuse_request(socket, session, std::move(*wrong));
  }
  if (member) {
    return welcome(socket, session);  // it has forgotten that it is one
  }
  if (room.ledger.members().size() + room.admitting >= options_.members_max) {
    return refuse_request(socket, session, {ErrorCode::realm_full, ""});
  }
  ++room.admitting;
  store(socket, room,
        Append{.realm = room.realm,
               .statements = {request.statement},
               .invitation = UsedInvitation{request.said.jti, request.said.expires_ms},
               .forget_before_ms = day_ - invitation_kept_ms});
}

/// Counts a new realm against its founder's address.
bool Server::may_found(const std::string& address) {
  if (founders_.size() >= founders_kept) {
    std::erase_if(founders_, [this](auto& entry) { return entry.second.full(now_); });
  }
  return founders_[address].take(options_.new_realms, now_);
}

void Server::answered(const LoadRealm&, const Operation& operation, const StoreResult& result) {
  Room& room = *operation.room;
  if (!result && result.error() != ErrorCode::unknown_realm) {
    for (const SocketId socket : std::exchange(room.waiting, {})) {
      const auto session = sessions_.find(socket);
      if (session != sessions_.end()) refuse_request(socket, session->second, {result.error(), ""});
    }
    return;
  }
  room.state = result ? Room::State::present : Room::State::absent;
  if (result) room.ledger.add_all(result->statements);
  settle(room);
}

void Server::answered(const CreateRealm& op, const Operation& operation, const StoreResult& result) {
  Room& room = *operation.room;
  if (result) {
    room.state = Room::State::present;
    room.ledger.add_all(op.statements);
    room.waiting.push_front(operation.socket);
    return settle(room);
  }
  if (result.error() == ErrorCode::realm_exists) {  // another process was faster: see what it made
    room.waiting.push_front(operation.socket);
    return store(0, room, LoadRealm{room.realm});
  }
  room.state = Room::State::absent;
  const auto session = sessions_.find(operation.socket);
  if (session != sessions_.end()) refuse_request(operation.socket, session->second, {result.error(), ""});
  settle(room);
}

void Server::answered(const Append& op, const Operation& operation, const StoreResult& result) {
  operation.lodged ? answer_lodged(op, operation, result) : answer_entry(op, operation, result);
}

void Server::answer_entry(const Append& op, const Operation& operation, const StoreResult& result) {
  Room& room = *operation.room;
  --room.admitting;
  if (result && op.invitation) room.ledger.add_all(op.statements);  // peer-joined tells the others
  if (result && !op.invitation) take_in(room, op.statements);
  const auto session = sessions_.find(operation.socket);
  if (session == sessions_.end()) {
    return;
  }
  const bool member = room.ledger.find(session->second.request->claims.iss) != nullptr;
  if (member && (result || room.ledger.knows(op.statements.front()))) {
    welcome(operation.socket, session->second);
  } else {
    refuse_request(operation.socket, session->second, {result ? ErrorCode::invitation_invalid : result.error(), ""});
  }
}

/// Goes on with those that waited, until the registry is asked again.
void Server::settle(Room& room) {
  while (!room.waiting.empty() && room.state != Room::State::asking) {
    const SocketId socket = room.waiting.front();
    room.waiting.pop_front();
    const auto session = sessions_.find(socket);
    if (session != sessions_.end()) decide(socket, session->second);
  }
}

/// Refuses what the session asked for.
void Server::refuse_request(SocketId socket, const Session& session, wire::Error error) {
  const wire::Envelope& message = session.request->claims.message;
  refuse(socket, Refusal{message.msg, message.seq, std::move(error)});
}

/// Seats a member: answers it, shows it the room, tells everyone. An older connection of the same identity goes first.
void Server::welcome(SocketId socket, Session& session) {
  Room& room = *session.room;
  const std::unique_ptr<Preauth> request = std::move(session.request);
  const std::string& identity = request->claims.iss;
  const auto older = room.connected.find(identity);
  if (older != room.connected.end()) {
    const SocketId evicted = std::exchange(older->second, socket);
    refuse(evicted, {std::string(wire::msg::error), std::nullopt, wire::Error{ErrorCode::superseded, ""}});
  }
  std::vector<std::string> peers = keys_of(room.connected);
  std::erase(peers, identity);
  room.connected[identity] = socket;
  session.identity = identity;
  strangers_.erase(socket);
  session.household->second.strangers.erase(socket);
  session.deadline_ms = now_ + options_.silence_max_ms;

  const wire::Envelope& asked = request->claims.message;
  send(socket, wire::response(wire::msg::authn, asked.seq, welcome_of(room.ledger, std::move(peers))));
  send_status(socket, session);
  const ledger::Member& member = *room.ledger.find(identity);
  const wire::PeerJoined joined{identity, member.pubkey, member.statement, keys_of(room.connected)};
  announce(room, wire::event(wire::msg::peer_joined, joined.write()));
}

void Server::send_status(SocketId socket, Session& session) {
  const Room& room = *session.room;
  IceServers ice = options_.ice_servers ? options_.ice_servers(session.identity, day_) : IceServers{};
  session.renew_ms = ice.life_ms == 0 ? 0 : now_ + ice.life_ms / 2;
  const wire::Status status{.members = keys_of(room.ledger.members()),
                            .peers = keys_of(room.connected),
                            .frame_max = wire::limit::frame_max,
                            .ice_servers = std::move(ice.list)};
  send(socket, wire::event(wire::msg::status, status.write()));
}

}  // namespace skypod::signal
