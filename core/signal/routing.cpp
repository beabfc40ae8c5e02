// What members may say once they are in, and to whom it goes. The payloads are theirs: nothing in them is read.
#include <algorithm>

#include "core/signal/server.hpp"

namespace skypod::signal {
namespace {

using wire::Error;
using wire::ErrorCode;

Refusal refusal_of(const wire::Envelope& message, Error error) {
  return {message.msg, message.seq, std::move(error)};
}

bool is_mistake(ErrorCode code) {
  return code != ErrorCode::peer_offline;  // that one is nobody's fault
}

}  // namespace

void Server::route(SocketId socket, Session& session, std::string_view frame) {
  session.deadline_ms = now_ + options_.silence_max_ms;
  if (!session.messages.take(options_.messages, now_)) {
    return mistake(socket, session, {std::string(wire::msg::error), std::nullopt, Error{ErrorCode::rate_limited, ""}});
  }
  const auto message = wire::parse_text(frame);
  if (!message) {
    return mistake(socket, session, {std::string(wire::msg::error), std::nullopt, message.error()});
  }
  dispatch(socket, session, *message);
}

void Server::dispatch(SocketId socket, Session& session, const wire::Envelope& message) {
  if (message.typ != wire::Typ::req && message.typ != wire::Typ::evt) {
    const Error error{ErrorCode::bad_message, "The server takes only req and evt."};
    mistake(socket, session, refusal_of(message, error));
  } else if (message.msg == wire::msg::signal) {
    on_signal(socket, session, message);
  } else if (message.msg == wire::msg::broadcast) {
    on_broadcast(socket, session, message);
  } else if (message.msg == wire::msg::ping) {
    on_ping(socket, session, message);
  } else if (message.msg == wire::msg::statement) {
    on_statements(socket, session, message);
  } else if (message.msg == wire::msg::cancel_invitation) {
    on_cancel(socket, session, message);
  } else {
    mistake(socket, session, refusal_of(message, {ErrorCode::unknown_message, ""}));
  }
}

void Server::on_signal(SocketId socket, Session& session, const wire::Envelope& message) {
  const auto refuse_it = [&](Error error) { mistake(socket, session, refusal_of(message, std::move(error))); };
  const auto signal = wire::Signal::read(message.dat);
  if (!signal) {
    return refuse_it(signal.error());
  }
  if (signal->localid != session.identity) {
    return refuse_it({ErrorCode::bad_message, "\"localid\" must be the sender."});
  }
  const Room& room = *session.room;
  if (room.ledger.find(signal->remoteid) == nullptr) {
    return refuse_it({ErrorCode::not_a_member, "\"remoteid\" does not belong to this realm."});
  }
  const auto receiver = room.connected.find(signal->remoteid);
  if (receiver == room.connected.end()) {
    return refuse_it({ErrorCode::peer_offline, ""});
  }
  send(receiver->second, wire::event(wire::msg::signal, signal->write()));
  if (message.seq) send(socket, wire::response(message.msg, message.seq));
}

void Server::on_broadcast(SocketId socket, Session& session, const wire::Envelope& message) {
  auto broadcast = wire::Broadcast::read(message.dat);
  if (!broadcast) {
    return mistake(socket, session, refusal_of(message, broadcast.error()));
  }
  const auto receivers = receivers_of(*session.room, broadcast->recipients);
  if (!receivers) {
    return mistake(socket, session, refusal_of(message, receivers.error()));
  }
  const wire::Delivered delivered{std::move(broadcast->payload), session.identity};
  const auto frame =
      std::make_shared<const std::string>(wire::to_text(wire::event(wire::msg::broadcast, delivered.write())));
  std::size_t count = 0;
  for (const SocketId receiver : *receivers) {
    if (receiver == socket && broadcast->skip_self) continue;
    outputs_.emplace_back(Send{receiver, frame});
    ++count;
  }
  if (message.seq) send(socket, wire::response(message.msg, message.seq, {{"delivered", count}}));
}

/// The sockets of those recipients that are connected, or of everyone; an error if one is not a member.
Result<std::vector<SocketId>, Error> Server::receivers_of(const Room& room, std::vector<std::string>& recipients) {
  std::vector<SocketId> receivers;
  if (recipients.empty()) {
    for (const auto& [identity, socket] : room.connected) receivers.push_back(socket);
    return receivers;
  }
  std::ranges::sort(recipients);
  recipients.erase(std::ranges::unique(recipients).begin(), recipients.end());
  for (const std::string& recipient : recipients) {
    if (room.ledger.find(recipient) == nullptr) {
      return unexpected(Error{ErrorCode::not_a_member, "A recipient does not belong to this realm."});
    }
    const auto place = room.connected.find(recipient);
    if (place != room.connected.end()) receivers.push_back(place->second);
  }
  return receivers;
}

/// Members ping far more often than credentials run out, so here is where they are renewed.
void Server::on_ping(SocketId socket, Session& session, const wire::Envelope& message) {
  send(socket, wire::response(wire::msg::pong, message.seq, {{"time", day_}}));
  if (session.renew_ms != 0 && now_ >= session.renew_ms) send_status(socket, session);
}

/// Answers a member's mistake. One too many in a short time, and the connection ends.
void Server::mistake(SocketId socket, Session& session, const Refusal& refusal) {
  if (is_mistake(refusal.error.code) && !session.mistakes.take(options_.mistakes, now_)) {
    return refuse(socket, refusal);
  }
  send(socket, wire::refusal(refusal.msg, refusal.seq, refusal.error));
}

}  // namespace skypod::signal
