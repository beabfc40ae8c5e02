// What members tell the server and each other about the realm itself: statements of the ledger, and keys. The server
// may lose, hold back or make up any of it. So every member brings what it knows to the server and to each peer that it
// meets, believes signatures only, and tells people where the server's story does not fit.
#include <algorithm>

#include "core/realm/client.hpp"
#include "core/realm/key_exchange.hpp"

namespace skypod::realm {
namespace {

/// The signed part: the same statement under whichever of its possible signatures.
std::string signed_part(const std::string& token) {
  return token.substr(0, token.rfind('.'));
}

std::vector<std::vector<std::string>> in_messages(const std::vector<std::string>& statements) {
  std::vector<std::vector<std::string>> parts;
  for (std::size_t at = 0; at < statements.size(); at += wire::limit::statements_at_once) {
    const std::size_t end = std::min(statements.size(), at + wire::limit::statements_at_once);
    parts.emplace_back(statements.begin() + static_cast<std::ptrdiff_t>(at),
                       statements.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return parts;
}

bool is_older(const wire::EpochHave& theirs, const RealmKey& ours) {
  return std::tie(theirs.number, theirs.by, theirs.key_id) < std::tie(ours.epoch, ours.by, ours.id);
}

}  // namespace

// ---- the ledger -----------------------------------------------------------------------------------------------------

Task<Learned> Client::learn(std::vector<std::string> statements) {
  const auto ledger = ledger_;
  const Learned learned = co_await learn_statements(host_, *ledger, std::move(statements));
  if (ledger == ledger_ && membership_ && learned.added > 0) {
    ledger_changed();
  }
  co_return learned;
}

void Client::ledger_changed() {
  if (const ledger::Removal* own = ledger_->removal_of(self_.id)) {
    const event::Removed removed{own->remover, own->at_ms};
    forget();
    events_.emplace_back(removed);
    return;
  }
  for (const std::string& peer : mesh_.peers()) {
    if (ledger_->find(peer) == nullptr) mesh_.drop(peer);
  }
  membership_->statements = ledger_->statements();
  events_.emplace_back(event::PeersChanged{});
  events_.emplace_back(event::MembershipChanged{});
  if (introduced_) tell_members();
  seek_clean_key();
}

/// Reports who came and went since the last time; nobody while the members are still being learnt for the first time.
void Client::tell_members() {
  if (!membership_) {
    return;
  }
  std::map<std::string, std::string> now;
  for (const auto& [id, member] : ledger_->members()) now.emplace(id, member.inviter);
  for (const auto& [id, inviter] : known_members_.empty() ? decltype(now){} : now) {
    if (!known_members_.contains(id) && id != self_.id) events_.emplace_back(event::MemberAdded{id, inviter});
  }
  for (const auto& [id, inviter] : known_members_) {
    const ledger::Removal* removal = ledger_->removal_of(id);
    if (!now.contains(id) && removal != nullptr) events_.emplace_back(event::MemberRemoved{id, removal->remover});
  }
  known_members_ = std::move(now);
}

/// Whether a member has signed for it, be that void by now: an honest server may not know yet why.
bool Client::ever_admitted(const std::string& id) const {
  return ledger_->key_of(id) != nullptr;
}

/// Compares what the server says with what the signatures prove.
void Client::check_welcome(const wire::Welcome& message) {
  for (const auto& [id, pubkey] : message.identities) {
    const ledger::Member* member = ledger_->find(id);
    if (!ever_admitted(id)) suspect(Lie::unproven_member);
    if (member != nullptr && member->pubkey != pubkey) suspect(Lie::swapped_key);
  }
  for (const std::string& id : message.peers) {
    if (!ever_admitted(id)) suspect(Lie::unproven_member);
  }
}

/// Lodges what the server lacks. That it had confirmed it before may mean that its disk has died, once; not twice.
void Client::publish_missing(const std::vector<std::string>& known) {
  std::set<std::string> theirs;
  for (const std::string& statement : known) theirs.insert(signed_part(statement));
  std::vector<std::string> missing;
  bool lost = false;
  for (std::string& statement : ledger_->statements()) {
    if (theirs.contains(signed_part(statement))) continue;
    lost = lodged_.erase(signed_part(statement)) > 0 || lost;
    missing.push_back(std::move(statement));
  }
  if (lost && ++losses_ > losses_max) suspect(Lie::withheld);
  for (std::vector<std::string>& part : in_messages(missing)) {
    lodging_.post([this, generation = generation_, part = std::move(part)] { return publish(generation, part); });
  }
}

Task<void> Client::publish(std::uint64_t generation, std::vector<std::string> statements) {
  if (generation != generation_ || link_ != LinkState::online) {
    co_return;
  }
  const auto reply = std::make_shared<OneShot<Reply>>();
  call(wire::msg::statement, wire::Statements{statements}.write(), reply);
  const Reply answer = co_await *reply;
  if (answer) {
    for (const std::string& statement : statements) lodged_.insert(signed_part(statement));
  } else if (generation == generation_ && answer.error().code == ErrorCode::offline) {
    suspect(Lie::withheld);  // the link is there, but no answer came
  }
}

/// Tells the peers that are connected directly, whatever the server does.
void Client::pass_on(const std::vector<std::string>& statements, const std::string& except) {
  for (const std::string& peer : mesh_.connected_peers()) {
    if (peer == except) continue;
    for (std::vector<std::string>& part : in_messages(statements)) {
      mesh_.send(peer, wire::event(wire::msg::statement, wire::Statements{std::move(part)}.write()));
    }
  }
}

/// Statements from a peer, or from the server ("").
Task<void> Client::on_statements(std::string peer, Json dat) {
  const auto read = wire::Statements::read(dat);
  if (!read) {
    co_return;
  }
  const Learned learned = co_await learn(read->statements);
  if (!membership_) {
    co_return;
  }
  if (peer.empty() && learned.refused > 0) suspect(Lie::foreign_statement);
  if (learned.added == 0) {
    co_return;
  }
  pass_on(read->statements, peer);
  if (!peer.empty() && link_ == LinkState::online) {
    lodging_.post(
        [this, generation = generation_, statements = read->statements] { return publish(generation, statements); });
  }
}

/// What two members tell each other first on a direct connection.
void Client::introduce(const std::string& peer) {
  if (!membership_) {
    return;
  }
  for (std::vector<std::string>& part : in_messages(ledger_->statements())) {
    mesh_.send(peer, wire::event(wire::msg::statement, wire::Statements{std::move(part)}.write()));
  }
  mesh_.send(peer, have());
}

Task<Result<std::string, Error>> Client::sign_removal(std::string id) {
  const core::Answer token = co_await host_.ask(core::ask::Sign{
      removal_payload(host_, network_now(), membership_->realm, self_.id, id, ledger_->standing_of(id))});
  if (text_of(token).empty()) {
    co_return unexpected(error_of(token));
  }
  co_return text_of(token);
}

void Client::lodge(std::string statement) {
  ledger_->add(statement);
  pass_on({statement}, "");  // also to whom it removes: so it hears of it even without a server
  ledger_changed();
  lodging_.post(
      [this, generation = generation_, statement = std::move(statement)] { return publish(generation, {statement}); });
}

Task<Result<void, Error>> Client::remove(std::string id) {
  if (!membership_ || ledger_->find(id) == nullptr) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  const Result<std::string, Error> statement = co_await sign_removal(id);
  if (!statement) {
    co_return unexpected(statement.error());
  }
  if (!membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  lodge(*statement);
  if (!membership_ || ledger_->find(id) != nullptr) {
    co_return unexpected(Error{ErrorCode::internal, "The removal has no effect."});
  }
  const Result<std::int64_t, Error> rotated = co_await rotate();
  if (!rotated) {
    co_return unexpected(rotated.error());
  }
  co_return Result<void, Error>{};
}

Task<Result<bool, Error>> Client::leave() {
  if (!membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  const Result<std::string, Error> statement = co_await sign_removal(self_.id);
  if (!statement) {
    co_return unexpected(statement.error());
  }
  bool told = !mesh_.connected_peers().empty();
  pass_on({*statement}, "");
  if (link_ == LinkState::online) {
    const auto reply = std::make_shared<OneShot<Reply>>();
    call(wire::msg::statement, wire::Statements{{*statement}}.write(), reply);
    const Reply answer = co_await *reply;
    told = told || answer;
  }
  if (membership_) forget();  // unless the server's answer has brought it about already
  co_return told;
}

Task<Result<void, Error>> Client::cancel_invitation(std::string jti, TimeMs expires_ms) {
  const auto reply = std::make_shared<OneShot<Reply>>();
  call(wire::msg::cancel_invitation, wire::CancelInvitation{std::move(jti), expires_ms}.write(), reply);
  const Reply answer = co_await *reply;
  if (!answer) {
    co_return unexpected(answer.error());
  }
  co_return Result<void, Error>{};
}

// ---- keys -----------------------------------------------------------------------------------------------------------

wire::Envelope Client::have() const {
  const RealmKey* newest = membership_->keys.newest();
  const wire::EpochHave have =
      newest == nullptr ? wire::EpochHave{} : wire::EpochHave{newest->epoch, newest->by, newest->id};
  return wire::event(wire::msg::epoch_have, have.write());
}

/// By way of the server, signed for one member.
void Client::tell_by_server(const std::string& peer, wire::Envelope message) {
  if (link_ != LinkState::online || !mesh_.online(peer)) {
    return;
  }
  outbound_.post([this, generation = generation_, signal = OutgoingSignal{peer, std::move(message)}]() {
    return send_signal(generation, signal);
  });
}

/// To everyone directly, and by way of the server in one message, signed but not encrypted.
void Client::tell_everyone(const wire::Envelope& message) {
  for (const std::string& peer : mesh_.connected_peers()) mesh_.send(peer, message);
  outbound_.post([this, generation = generation_, message]() { return send_token(generation, message); });
}

Task<void> Client::send_token(std::uint64_t generation, wire::Envelope message) {
  if (generation != generation_ || link_ != LinkState::online) {
    co_return;
  }
  const core::Answer token =
      co_await host_.ask(core::ask::Sign{wire::claims_to_payload({.iss = self_.id,
                                                                  .aud = membership_->realm,
                                                                  .sub = "",
                                                                  .nonce = "",
                                                                  .jti = host_.fresh_id(),
                                                                  .issued_ms = network_now(),
                                                                  .expires_ms = network_now() + token_lifetime_ms,
                                                                  .message = std::move(message)})});
  if (generation == generation_ && link_ == LinkState::online && !text_of(token).empty()) {
    const wire::Broadcast request{text_of(token), {}, true};
    send({wire::Typ::req, std::string(wire::msg::broadcast), std::nullopt, request.write()});
  }
}

/// A member that knows of a removal, but of no key that excludes the removed, waits a while for the remover's.
void Client::seek_clean_key() {
  if (!membership_ || key() != nullptr) {
    rotate_ms_.reset();
  } else if (!rotate_ms_) {
    const auto chance = static_cast<TimeMs>(host_.random().below(static_cast<std::uint64_t>(rotation_patience_ms)));
    rotate_ms_ = host_.now() + rotation_patience_ms + chance;
  }
}

Task<Result<std::int64_t, Error>> Client::rotate() {
  const auto turn = co_await key_mutex_.lock();
  if (!membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  co_return co_await rotate_once();
}

Task<Result<std::int64_t, Error>> Client::rotate_once() {
  const auto ledger = ledger_;
  Result<RealmKey, Error> key = co_await make_key(host_, membership_->keys, *ledger, self_.id);
  if (!key) {
    co_return unexpected(key.error());
  }
  if (ledger != ledger_ || !membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  std::vector<core::ask::SealAll::Recipient> recipients;
  for (const auto& [id, member] : ledger_->members()) recipients.push_back({id, member.pubkey});
  const Result<std::vector<wire::Epoch>, Error> messages =
      co_await seal_key(host_, membership_->realm, *key, std::move(recipients));
  if (!messages) {
    co_return unexpected(messages.error());
  }
  if (ledger != ledger_ || !membership_ || !membership_->keys.add(*key)) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  key_added();
  for (const wire::Epoch& message : *messages) tell_everyone(wire::event(wire::msg::epoch, message.write()));
  confirm_ms_ = host_.now() + confirmation_max_ms;
  co_return key->epoch;
}

/// There is a key more: it may be the one to use, and what waited for it can be read.
void Client::key_added() {
  events_.emplace_back(event::MembershipChanged{});
  events_.emplace_back(event::PeersChanged{});
  seek_clean_key();
  for (wire::Delivered& waiting : std::exchange(held_, {})) {
    inbound_.post([this, generation = generation_, message = std::move(waiting)]() -> Task<void> {
      if (generation == generation_ && membership_) co_await delivered(generation, message);
    });
  }
}

Task<void> Client::on_epoch(std::string peer, Json dat) {
  const auto read = wire::Epoch::read(dat);
  if (!read || ledger_->find(peer) == nullptr || ledger_->key_of(read->by) == nullptr) {
    co_return;
  }
  confirmed_keys_[peer] = read->key_id;
  if (membership_->keys.find(read->key_id) == nullptr) {
    Result<RealmKey, Error> key = co_await open_key(host_, membership_->realm, *read);
    if (!key || !membership_ || !membership_->keys.add(std::move(*key))) {
      co_return;
    }
    key_added();
    for (const std::string& connected : mesh_.connected_peers()) mesh_.send(connected, have());
    if (!mesh_.connected(peer)) tell_by_server(peer, have());
  }
  events_.emplace_back(event::PeersChanged{});
}

Task<void> Client::on_have(std::string peer, Json dat) {
  const auto read = wire::EpochHave::read(dat);
  if (!read || ledger_->find(peer) == nullptr) {
    co_return;
  }
  confirmed_keys_[peer] = read->key_id;
  events_.emplace_back(event::PeersChanged{});
  const RealmKey* newest = membership_->keys.newest();
  if (newest != nullptr && is_older(*read, *newest)) {
    co_await share_key(peer, *newest);
    const RealmKey* clean = membership_ ? key() : nullptr;
    if (clean != nullptr && clean->id != newest->id) co_await share_key(peer, *clean);
  } else if (newest == nullptr || newest->id != read->key_id) {
    mesh_.connected(peer) ? static_cast<void>(mesh_.send(peer, have())) : tell_by_server(peer, have());
  }
}

/// Gives a member a key that it lacks: it was away when the key began, or came in since.
Task<void> Client::share_key(std::string peer, RealmKey key) {
  const ledger::Member* member = ledger_->find(peer);
  if (member == nullptr) {
    co_return;
  }
  std::vector<core::ask::SealAll::Recipient> only{{peer, member->pubkey}};
  const Result<std::vector<wire::Epoch>, Error> messages =
      co_await seal_key(host_, membership_->realm, std::move(key), std::move(only));
  if (!messages || !membership_ || ledger_->find(peer) == nullptr) {
    co_return;
  }
  for (const wire::Epoch& message : *messages) {
    const wire::Envelope envelope = wire::event(wire::msg::epoch, message.write());
    mesh_.connected(peer) ? static_cast<void>(mesh_.send(peer, envelope)) : tell_by_server(peer, envelope);
  }
}

/// Some time after a new key: whoever is online and has not confirmed it may not have been told, or may be asleep.
void Client::check_confirmations() {
  confirm_ms_.reset();
  for (const auto& [id, member] : ledger_->members()) {
    const bool silent = id != self_.id && mesh_.online(id) && !current(id).value_or(false);
    if (silent && key() != nullptr) events_.emplace_back(event::Unconfirmed{id});
  }
}

}  // namespace skypod::realm
