// What members lodge with the server: statements for the realm's ledger, and invitations that they take back. Nothing
// is acted upon or passed on before it is durable.
#include <algorithm>

#include "core/signal/server.hpp"
#include "core/signal/statements.hpp"

namespace skypod::signal {
namespace {

using wire::Error;
using wire::ErrorCode;

}  // namespace

void Server::on_statements(SocketId socket, Session& session, const wire::Envelope& message) {
  const auto refuse_it = [&](Error error) { mistake(socket, session, {message.msg, message.seq, std::move(error)}); };
  const auto lodged = wire::Statements::read(message.dat);
  if (!lodged) {
    return refuse_it(lodged.error());
  }
  Room& room = *session.room;
  ledger::Ledger after = room.ledger;
  Learned learned = learn(after, lodged->statements, verifier_);
  if (after.members().size() > std::max(options_.members_max, room.ledger.members().size())) {
    return refuse_it({ErrorCode::realm_full, ""});
  }
  if (learned.refused > 0) {
    return refuse_it({ErrorCode::bad_token, "A statement does not follow from the realm's ledger."});
  }
  if (learned.added.empty()) {
    return confirm(socket, message);
  }
  store(socket, room, Append{room.realm, std::move(learned.added), std::nullopt, 0}, message);
}

void Server::on_cancel(SocketId socket, Session& session, const wire::Envelope& message) {
  const auto cancel = wire::CancelInvitation::read(message.dat);
  if (!cancel) {
    return mistake(socket, session, {message.msg, message.seq, cancel.error()});
  }
  const wire::TimeMs kept_until_ms = std::min(cancel->expires_ms, day_ + options_.invitation_life_max_ms);
  store(socket, *session.room, Append{session.room->realm, {}, UsedInvitation{cancel->jti, kept_until_ms}, 0}, message);
}

void Server::confirm(SocketId socket, const wire::Envelope& asked) {
  if (asked.seq) send(socket, wire::response(asked.msg, asked.seq));
}

/// Takes durable statements into the room's ledger, tells everyone, and shows those out whom they remove.
void Server::take_in(Room& room, const std::vector<std::string>& statements) {
  std::vector<std::string> fresh = statements;
  std::erase_if(fresh, [&](const std::string& statement) { return room.ledger.knows(statement); });
  if (fresh.empty()) {
    return;
  }
  room.ledger.add_all(fresh);
  announce(room, wire::event(wire::msg::statement, wire::Statements{std::move(fresh)}.write()));
  std::vector<std::pair<std::string, SocketId>> removed;
  for (const auto& [identity, socket] : room.connected) {
    if (room.ledger.find(identity) == nullptr) removed.emplace_back(identity, socket);
  }
  for (const auto& [identity, socket] : removed) {
    Refusal refusal{std::string(wire::msg::error), std::nullopt, {ErrorCode::removed, ""}};
    if (room.ledger.removal_of(identity) != nullptr) {
      refuse_removed(socket, room, identity, refusal);
    } else {  // nobody removed it: with its inviter's removal its admission became void
      refusal.error.code = ErrorCode::not_a_member;
      refuse(socket, refusal);
    }
  }
}

/// Shows a removed device the proof, and out.
void Server::refuse_removed(SocketId socket, const Room& room, const std::string& identity, const Refusal& refusal) {
  const wire::Statements proof{room.ledger.proof_of_removal(identity)};
  send(socket, wire::event(wire::msg::statement, proof.write()));
  refuse(socket, refusal);
}

void Server::answer_lodged(const Append& op, const Operation& operation, const StoreResult& result) {
  if (result) {
    take_in(*operation.room, op.statements);
  }
  const auto session = sessions_.find(operation.socket);
  if (session == sessions_.end() || !session->second.is_member()) {
    return;
  }
  const bool taken_back_before = !result && result.error() == ErrorCode::invitation_used && op.statements.empty();
  if (result || taken_back_before) {
    confirm(operation.socket, *operation.lodged);
  } else {
    send(operation.socket, wire::refusal(operation.lodged->msg, operation.lodged->seq, {result.error(), ""}));
  }
}

}  // namespace skypod::signal
