#include "core/realm/client.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

constexpr TimeMs backoff_first_ms = 500;
constexpr TimeMs backoff_max_ms = 30'000;
constexpr TimeMs silence_max_ms = 45'000;  // a ping every 30 s is answered by then

/// Whether trying again soon can help: the server's trouble or the network's, not a judgement on this device.
bool is_passing(ErrorCode code) {
  const int status = wire::status_of(code);
  return status >= 500 || status == 408 || status == 429 || code == ErrorCode::stale_nonce ||
         code == ErrorCode::token_expired;
}

}  // namespace

Client::Client(Host& host, Identity self)
    : host_(host), self_(std::move(self)), mesh_(host, self_.id), relay_session_(host.fresh_id()) {}

void Client::enter(Membership membership) {
  membership_ = std::move(membership);
  ledger_ = std::make_shared<ledger::Ledger>(membership_->realm, membership_->founder);
  if (membership_->entry != Entry::none) {
    entry_ = std::make_shared<OneShot<Result<void, Error>>>();
  }
  inbound_.post([this]() -> Task<void> { co_await learn(membership_->statements); });
  connect();
}

Task<Result<void, Error>> Client::entered() {
  const auto outcome = entry_;
  if (!outcome) {
    co_return Result<void, Error>{};
  }
  co_return co_await *outcome;
}

void Client::forget() {
  membership_.reset();
  lose_link(std::nullopt, false);
  entry_.reset();
  ledger_.reset();
  events_.emplace_back(event::PeersChanged{});
  host_.tell(core::out::LinkClose{});
  set_link(LinkState::idle);
}

std::vector<ledger::Member> Client::members() const {
  std::vector<ledger::Member> members;
  if (ledger_) {
    for (const auto& [id, member] : ledger_->members()) members.push_back(member);
  }
  return members;
}

void Client::connect() {
  retry_ms_.reset();
  authentication_deadline_ms_ = host_.now() + authentication_max_ms;
  set_link(LinkState::connecting);
  host_.tell(core::out::LinkOpen{});
}

void Client::set_link(LinkState state) {
  link_ = state;
  events_.emplace_back(event::LinkChanged{});
}

void Client::nudge() {
  if (membership_ && link_ == LinkState::offline) {
    failures_ = 0;
    connect();
  }
}

void Client::link_opened() {
  heard_ms_ = host_.now();
}

void Client::link_closed() {
  if (link_ == LinkState::connecting || link_ == LinkState::online) {
    lose_link(std::nullopt, true);
  }
}

void Client::lose_link(std::optional<Error> why, bool retry) {
  ++generation_;
  inbound_.clear();
  outbound_.clear();
  authentication_deadline_ms_.reset();
  retry_ms_.reset();
  mesh_.link_lost();
  awaiting_status_.clear();
  fail_calls(INT64_MAX);
  if (!membership_) {
    return;
  }
  // An invitee may arrive before its inviter has registered the realm: that passes.
  const bool early = why && why->code == ErrorCode::unknown_realm && membership_->entry == Entry::invitation;
  const bool judged = why && !is_passing(why->code) && !early;
  const auto entry = judged ? entry_ : nullptr;  // otherwise it is tried again: it may have succeeded unheard
  refusal_ = std::move(why);
  if (retry) {
    const TimeMs ceiling = std::min(backoff_max_ms, backoff_first_ms << std::min(failures_++, 10U));
    const auto jitter = static_cast<TimeMs>(host_.random().below(static_cast<std::uint64_t>(ceiling)));
    retry_ms_ = host_.now() + (judged ? refused_retry_ms : jitter);
  }
  set_link(judged ? LinkState::refused : LinkState::offline);
  if (entry) {
    entry->set(unexpected(*refusal_));
  }
}

void Client::link_frame(std::string text) {
  heard_ms_ = host_.now();
  inbound_.post([this, generation = generation_, text = std::move(text)]() { return handle(generation, text); });
}

void Client::send(const wire::Envelope& message) {
  host_.tell(core::out::LinkSend{wire::to_text(message)});
}

Task<void> Client::handle(std::uint64_t generation, std::string text) {
  const auto message = wire::parse_text(text);
  if (!message || generation != generation_ || !membership_) {
    co_return;
  }
  const Json& dat = message->dat;
  if (message->typ == wire::Typ::err) {
    refused(*message);
  } else if (message->msg == wire::msg::challenge) {
    const auto challenge = wire::Challenge::read(dat);
    if (challenge) co_await authenticate(generation, *challenge);
  } else if (message->typ == wire::Typ::res && message->msg == wire::msg::authn) {
    const auto read = wire::Welcome::read(dat);
    if (read) co_await welcome(generation, *read);
  } else if (message->msg == wire::msg::status) {
    const auto status = wire::Status::read(dat);
    if (status) on_status(*status);
  } else if (message->msg == wire::msg::peer_joined) {
    const auto joined = wire::PeerJoined::read(dat);
    if (joined) co_await peer_joined(generation, *joined);
  } else if (message->msg == wire::msg::peer_left) {
    const auto left = wire::PeerLeft::read(dat);
    if (left) mesh_.peer_offline(left->identity);
  } else if (message->msg == wire::msg::signal && message->typ == wire::Typ::evt) {
    const auto signal = wire::Signal::read(dat);
    if (signal) co_await signalled(generation, *signal);
  } else if (message->msg == wire::msg::broadcast && message->typ == wire::Typ::evt) {
    const auto received = wire::Delivered::read(dat);
    if (received) co_await delivered(generation, *received);
  } else if (message->typ == wire::Typ::res) {
    replied(*message);
  }
}

wire::Envelope Client::entry_request() const {
  const std::int64_t seq = 1;
  switch (membership_->entry) {
    case Entry::genesis:
      return wire::request(wire::msg::register_realm, seq, wire::Register{self_.pubkey, membership_->token}.write());
    case Entry::invitation:
      return wire::request(wire::msg::exchange, seq, wire::Exchange{self_.pubkey, membership_->token}.write());
    case Entry::none:
      break;
  }
  return wire::request(wire::msg::authn, seq);
}

Task<void> Client::authenticate(std::uint64_t generation, wire::Challenge challenge) {
  // The server's clock, not ours: a device whose clock is wrong must still get in, and the nonce keeps the token fresh.
  server_offset_ms_ = challenge.time_ms - host_.now();
  const core::Answer token =
      co_await host_.ask(core::ask::Sign{wire::claims_to_payload({.iss = self_.id,
                                                                  .aud = membership_->realm,
                                                                  .sub = "",
                                                                  .nonce = challenge.nonce,
                                                                  .jti = host_.fresh_id(),
                                                                  .issued_ms = network_now(),
                                                                  .expires_ms = network_now() + token_lifetime_ms,
                                                                  .message = entry_request()})});
  if (generation == generation_ && token && token->is_string()) {
    host_.tell(core::out::LinkSend{token->get<std::string>()});
  }
}

Task<void> Client::learn(std::vector<std::string> statements) {
  const auto ledger = ledger_;
  const std::size_t learned = co_await learn_statements(host_, *ledger, std::move(statements));
  if (ledger != ledger_ || !membership_ || learned == 0) {
    co_return;
  }
  for (const std::string& peer : mesh_.peers()) {
    if (ledger->find(peer) == nullptr) mesh_.drop(peer);
  }
  membership_->statements = ledger->statements();
  events_.emplace_back(event::PeersChanged{});
  events_.emplace_back(event::MembershipChanged{});
}

Task<void> Client::welcome(std::uint64_t generation, wire::Welcome message) {
  std::vector<std::string> statements = membership_->statements;
  statements.insert(statements.end(), message.ledger.begin(), message.ledger.end());
  co_await learn(std::move(statements));
  if (generation != generation_ || !membership_) {
    co_return;
  }
  failures_ = 0;
  refusal_.reset();
  authentication_deadline_ms_.reset();
  next_ping_ms_ = host_.now() + wire::limit::ping_interval_ms;
  if (membership_->entry != Entry::none) {
    membership_->entry = Entry::none;
    membership_->token.clear();
    events_.emplace_back(event::MembershipChanged{});
  }
  set_link(LinkState::online);
  awaiting_status_ = std::move(message.peers);
  if (entry_) {
    entry_->set({});
  }
}

/// The status follows the welcome. Only now are the ICE servers known that connections need.
void Client::on_status(const wire::Status& status) {
  mesh_.set_ice_servers(status.ice_servers);
  for (const std::string& peer : std::exchange(awaiting_status_, {})) {
    if (peer != self_.id && ledger_->find(peer) != nullptr) mesh_.peer_online(peer, true);
  }
}

Task<void> Client::peer_joined(std::uint64_t generation, wire::PeerJoined message) {
  if (ledger_->find(message.identity) == nullptr) {
    co_await learn({message.statement});
  }
  const bool proven = generation == generation_ && ledger_->find(message.identity) != nullptr;
  if (proven && message.identity != self_.id) {
    mesh_.peer_online(message.identity, false);
  }
}

Task<void> Client::signalled(std::uint64_t generation, wire::Signal signal) {
  const ledger::Member* sender = ledger_->find(signal.localid);
  const auto claims = wire::peek_token(signal.token);
  if (sender == nullptr || !claims || claims->iss != signal.localid || claims->sub != self_.id ||
      claims->aud != membership_->realm || !wire::is_current(*claims, network_now())) {
    co_return;
  }
  const core::Answer genuine = co_await host_.ask(core::ask::Verify{signal.token, sender->pubkey, signal.localid});
  if (generation == generation_ && genuine && *genuine == true && remember(*claims)) {
    mesh_.signal(signal.localid, claims->message);
  }
}

bool Client::remember(const wire::Claims& claims) {
  const std::string key = claims.iss + claims.jti;
  if (!remembered_.insert(key).second) {
    return false;
  }
  remembered_order_.push_back(key);
  if (remembered_order_.size() > remembered_tokens_max) {
    remembered_.erase(remembered_order_.front());
    remembered_order_.pop_front();
  }
  return true;
}

Task<void> Client::send_signal(std::uint64_t generation, OutgoingSignal signal) {
  if (generation != generation_ || !membership_) {
    co_return;
  }
  const core::Answer token =
      co_await host_.ask(core::ask::Sign{wire::claims_to_payload({.iss = self_.id,
                                                                  .aud = membership_->realm,
                                                                  .sub = signal.peer,
                                                                  .nonce = "",
                                                                  .jti = host_.fresh_id(),
                                                                  .issued_ms = network_now(),
                                                                  .expires_ms = network_now() + token_lifetime_ms,
                                                                  .message = signal.message})});
  if (generation == generation_ && token && token->is_string()) {
    const wire::Signal message{token->get<std::string>(), self_.id, signal.peer};
    send({wire::Typ::req, std::string(wire::msg::signal), std::nullopt, message.write()});
  }
}

void Client::refused(const wire::Envelope& message) {
  const Error error = wire::error_from_json(message.dat);
  if (link_ == LinkState::connecting || error.code == ErrorCode::superseded) {
    // A newer connection of this very identity is in use; taking it back would only evict that one in turn.
    lose_link(error, error.code != ErrorCode::superseded);
    host_.tell(core::out::LinkClose{});
    return;
  }
  replied(message);
}

void Client::replied(const wire::Envelope& message) {
  const auto found = calls_.find(message.seq.value_or(0));
  if (found == calls_.end()) {
    return;
  }
  const auto call = found->second.reply;
  calls_.erase(found);
  if (message.typ == wire::Typ::err) {
    call->set(unexpected(wire::error_from_json(message.dat)));
  } else {
    call->set(message.dat);
  }
}

void Client::call(std::string_view msg, Json dat, const std::shared_ptr<OneShot<Reply>>& reply) {
  if (link_ != LinkState::online) {
    reply->set(unexpected(Error{ErrorCode::offline, ""}));
    return;
  }
  const std::int64_t seq = ++last_seq_ + 1;  // 1 is the entry's
  calls_.emplace(seq, Call{reply, host_.now() + call_max_ms});
  send(wire::request(msg, seq, std::move(dat)));
}

void Client::fail_calls(TimeMs due_by_ms) {
  std::vector<std::shared_ptr<OneShot<Reply>>> failed;
  std::erase_if(calls_, [&](const auto& entry) {
    const bool due = entry.second.deadline_ms <= due_by_ms;
    if (due) failed.push_back(entry.second.reply);
    return due;
  });
  for (const auto& reply : failed) reply->set(unexpected(Error{ErrorCode::offline, ""}));
}

Task<Result<std::size_t, Error>> Client::broadcast(wire::Envelope message, std::vector<std::string> recipients) {
  if (!membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  const auto reply = std::make_shared<OneShot<Reply>>();
  {
    const auto turn = co_await relay_mutex_.lock();
    if (!membership_) co_return unexpected(Error{ErrorCode::not_a_member, ""});  // forgotten while it waited
    const Json content = {{"realm", membership_->realm}, {"sender", self_.id},
                          {"session", relay_session_},   {"n", ++relay_number_},
                          {"at", network_now()},         {"message", wire::envelope_to_object(message)}};
    const core::Answer jwe =
        co_await host_.ask(core::ask::Encrypt{membership_->key, membership_->key_id, wire::to_json(content)});
    if (!jwe || !jwe->is_string()) {
      co_return unexpected(jwe ? Error{ErrorCode::internal, ""} : jwe.error());
    }
    const wire::Broadcast request{jwe->get<std::string>(), std::move(recipients), true};
    call(wire::msg::broadcast, request.write(), reply);
  }
  const Reply answer = co_await *reply;
  if (!answer) {
    co_return unexpected(answer.error());
  }
  wire::Fields fields(*answer);
  co_return static_cast<std::size_t>(fields.integer("delivered", 0, wire::limit::members_max));
}

Task<void> Client::delivered(std::uint64_t generation, wire::Delivered message) {
  if (ledger_->find(message.sender) == nullptr) {
    co_return;
  }
  const core::Answer opened = co_await host_.ask(core::ask::Decrypt{membership_->key, message.payload});
  const auto content = opened ? wire::parse_json(wire::binary_bytes(*opened)) : std::nullopt;
  if (generation != generation_ || !content || !accept_relayed(message.sender, *content)) {
    co_return;
  }
  auto inner = wire::read_envelope((*content)["message"]);
  if (inner) {
    events_.emplace_back(event::Received{message.sender, std::move(*inner), true});
  }
}

bool Client::accept_relayed(const std::string& sender, const Json& content) {
  wire::Fields fields(content);
  const std::string realm = fields.text("realm", 64);
  const std::string claimed_sender = fields.text("sender", 43);
  const std::string session = fields.text("session", 64);
  const std::int64_t number = fields.integer("n", 1, INT64_MAX);
  const TimeMs at = fields.integer("at", 0, INT64_MAX);
  fields.object("message");
  const TimeMs age = network_now() - at;
  if (!fields.ok() || realm != membership_->realm || claimed_sender != sender || age > relay_age_max_ms ||
      age < -relay_age_max_ms) {
    return false;
  }
  std::deque<RelaySession>& sessions = relay_heard_[sender];
  const auto known = std::ranges::find(sessions, session, &RelaySession::session);
  if (known == sessions.end()) {
    sessions.push_back({session, number});
    if (sessions.size() > relay_sessions_max) sessions.pop_front();
    return true;
  }
  const bool newer = number > known->last;
  known->last = std::max(known->last, number);
  return newer;
}

void Client::tick() {
  if (authentication_deadline_ms_ && host_.now() >= *authentication_deadline_ms_) {
    lose_link(Error{ErrorCode::offline, ""}, true);
    host_.tell(core::out::LinkClose{});
  }
  if (retry_ms_ && host_.now() >= *retry_ms_) {
    connect();
  }
  if (link_ == LinkState::online) {
    if (host_.now() >= heard_ms_ + silence_max_ms) {
      lose_link(std::nullopt, true);
      host_.tell(core::out::LinkClose{});
    } else if (host_.now() >= next_ping_ms_) {
      next_ping_ms_ = host_.now() + wire::limit::ping_interval_ms;
      send(wire::request(wire::msg::ping, 0));
    }
  }
  fail_calls(host_.now());
  mesh_.tick();
}

std::optional<TimeMs> Client::next_deadline() const {
  std::optional<TimeMs> next = mesh_.next_deadline();
  const auto consider = [&next](std::optional<TimeMs> at) {
    if (at) next = next ? std::min(*next, *at) : *at;
  };
  consider(authentication_deadline_ms_);
  consider(retry_ms_);
  for (const auto& [seq, call] : calls_) consider(call.deadline_ms);
  if (link_ == LinkState::online) {
    consider(next_ping_ms_);
    consider(heard_ms_ + silence_max_ms);
  }
  return next;
}

void Client::settle() {
  for (OutgoingSignal& signal : mesh_.drain_signals()) {
    outbound_.post(
        [this, generation = generation_, signal = std::move(signal)]() { return send_signal(generation, signal); });
  }
  for (MeshEvent& happened : mesh_.drain_events()) {
    if (auto* received = std::get_if<mesh::Received>(&happened)) {
      events_.emplace_back(event::Received{received->peer, std::move(received->message), false});
    } else if (const auto* connected = std::get_if<mesh::Connected>(&happened)) {
      events_.emplace_back(event::PeerConnected{connected->peer});
    } else if (const auto* disconnected = std::get_if<mesh::Disconnected>(&happened)) {
      events_.emplace_back(event::PeerDisconnected{disconnected->peer});
    } else {
      events_.emplace_back(event::PeersChanged{});
    }
  }
}

}  // namespace skypod::realm
