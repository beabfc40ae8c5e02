// Connections: what opens, falls silent, is refused and ends.
#include "core/signal/server.hpp"

namespace skypod::signal {
namespace {

using wire::Error;
using wire::ErrorCode;

constexpr std::uint16_t close_too_large = 1009;  // RFC 6455 section 7.4.1
constexpr int expired_at_once = 2;
constexpr std::uint16_t close_private = 4000;  // the range that section 7.4.2 leaves to applications

std::uint16_t close_code(ErrorCode code) {
  return code == ErrorCode::frame_too_large ? close_too_large
                                            : static_cast<std::uint16_t>(close_private + wire::status_of(code));
}

}  // namespace

void Server::handle(const Input& input, Moment now) {
  now_ = now.steady_ms;
  day_ = now.day_ms;
  std::visit([this](const auto& one) { on(one); }, input);
}

bool Server::is_member(SocketId socket) const {
  const auto session = sessions_.find(socket);
  return session != sessions_.end() && session->second.is_member();
}

std::optional<wire::TimeMs> Server::next_deadline() const {
  return alarms_.empty() ? std::nullopt : std::optional(alarms_.begin()->first);
}

void Server::on(const Opened& input) {
  const auto household = households_.try_emplace(input.address).first;
  ++household->second.sockets;
  if (const auto full = make_room(*household)) {
    leave(household);
    return refuse(input.socket, {std::string(wire::msg::challenge), std::nullopt, *full});
  }
  household->second.strangers.insert(input.socket);
  strangers_.insert(input.socket);
  Session& session = sessions_[input.socket];
  session.household = household;
  session.nonce = input.nonce;
  session.deadline_ms = now_ + wire::limit::preauth_deadline_ms;
  ring(input.socket, session);
  send(input.socket, wire::event(wire::msg::challenge, wire::Challenge{input.nonce, day_}.write()));
}

/// Makes room for a newcomer, whom the household counts already, by pushing out older strangers. Says why there is no
/// room where that does not help.
std::optional<Error> Server::make_room(const Households::value_type& household) {
  const auto& [address, connections] = household;
  if (!address.empty()) {
    push_out(connections.strangers, options_.strangers_per_address_max);
    if (connections.sockets > options_.sockets_per_address_max) {
      return Error{ErrorCode::rate_limited, "This address has " + std::to_string(options_.sockets_per_address_max) +
                                                " connections, as many as one may have. Close some."};
    }
  }
  push_out(strangers_, options_.strangers_max);
  if (sessions_.size() >= options_.sockets_max) {
    push_out(strangers_, strangers_.size());
  }
  if (sessions_.size() >= options_.sockets_max) {
    return Error{ErrorCode::rate_limited, "The server carries as many connections as it can. Try again later."};
  }
  return std::nullopt;
}

/// Refuses the oldest of these until they are fewer than `most`.
void Server::push_out(const std::set<SocketId>& strangers, std::size_t most) {
  while (!strangers.empty() && strangers.size() >= most) {
    const Error error{ErrorCode::rate_limited, "Too many connections wait to authenticate; this one was the oldest."};
    refuse(*strangers.begin(), {std::string(wire::msg::challenge), std::nullopt, error});
  }
}

/// Counts one connection less.
void Server::leave(Households::iterator household) {
  if (--household->second.sockets == 0) households_.erase(household);
}

void Server::on(const Frame& input) {
  const auto found = sessions_.find(input.socket);
  if (found == sessions_.end()) {
    return;
  }
  Session& session = found->second;
  const std::size_t longest = session.is_member() ? wire::limit::frame_max : wire::limit::frame_max_preauth;
  if (input.text.size() > longest) {
    on(TooLarge{input.socket});
  } else if (session.is_member()) {
    route(input.socket, session, input.text);
  } else {
    authenticate(input.socket, session, input.text);
  }
}

void Server::on(const TooLarge& input) {
  if (sessions_.contains(input.socket)) {
    refuse(input.socket, {std::string(wire::msg::error), std::nullopt, Error{ErrorCode::frame_too_large, ""}});
  }
}

void Server::on(const Closed& input) {
  end(input.socket);
}

void Server::on(const Tick&) {
  expire();
}

void Server::on(const Stored& input) {
  const auto node = operations_.extract(input.request);
  if (node.empty()) {
    return;
  }
  const Operation& operation = node.mapped();
  std::visit([&](const auto& op) { answered(op, operation, input.result); }, operation.op);
  --operation.room->operations;
  release(*operation.room);
}

/// Sets the alarm to the session's deadline.
void Server::ring(SocketId socket, Session& session) {
  alarms_.erase({session.alarm_ms, socket});
  session.alarm_ms = session.deadline_ms;
  alarms_.emplace(session.alarm_ms, socket);
}

/// Ends some who are past their deadline. Thousands may be at once: the others' turn comes with the next Tick, which is
/// due at once, so that whoever else waits for the server does not wait for all of them.
void Server::expire() {
  for (int i = 0; i < expired_at_once && !alarms_.empty() && alarms_.begin()->first <= now_; ++i) {
    const SocketId socket = alarms_.begin()->second;
    Session& session = sessions_.at(socket);
    if (session.deadline_ms > now_) {
      ring(socket, session);
    } else if (session.is_member()) {
      outputs_.emplace_back(Close{socket, close_code(ErrorCode::authentication_timeout), "nothing heard for too long"});
      end(socket);
    } else {
      refuse_late(socket);
    }
  }
}

/// Refuses a stranger that has not authenticated in time.
void Server::refuse_late(SocketId socket) {
  refuse(socket, {std::string(wire::msg::challenge), std::nullopt, Error{ErrorCode::authentication_timeout, ""}});
}

void Server::send(SocketId socket, const wire::Envelope& message) {
  outputs_.emplace_back(Send{socket, std::make_shared<const std::string>(wire::to_text(message))});
}

/// Sends to everyone who is connected, from one buffer.
void Server::announce(const Room& room, const wire::Envelope& message) {
  if (room.connected.empty()) {
    return;
  }
  const auto frame = std::make_shared<const std::string>(wire::to_text(message));
  for (const auto& [identity, socket] : room.connected) {
    outputs_.emplace_back(Send{socket, frame});
  }
}

/// Says why, and closes. Nothing of the refused request has had an effect.
void Server::refuse(SocketId socket, const Refusal& refusal) {
  send(socket, wire::refusal(refusal.msg, refusal.seq, refusal.error));
  outputs_.emplace_back(Close{socket, close_code(refusal.error.code), std::string(wire::name_of(refusal.error.code))});
  end(socket);
}

/// Forgets a connection. The others hear of it, unless a newer one of the same identity has taken its place.
void Server::end(SocketId socket) {
  const auto node = sessions_.extract(socket);
  if (node.empty()) {
    return;
  }
  const Session& session = node.mapped();
  alarms_.erase({session.alarm_ms, socket});
  strangers_.erase(socket);
  session.household->second.strangers.erase(socket);
  leave(session.household);
  if (session.room == nullptr) {
    return;
  }
  Room& room = *session.room;
  const auto place = room.connected.find(session.identity);
  if (place != room.connected.end() && place->second == socket) {
    room.connected.erase(place);
    announce(room, wire::event(wire::msg::peer_left, wire::PeerLeft{session.identity}.write()));
  }
  release(room);
}

/// Drops a realm from memory once nobody needs it there. Who waits, waits for an operation.
void Server::release(Room& room) {
  if (room.connected.empty() && room.operations == 0) {
    rooms_.erase(rooms_.find(room.realm));
  }
}

}  // namespace skypod::signal
