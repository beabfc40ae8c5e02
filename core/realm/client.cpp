#include "core/realm/client.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

constexpr TimeMs backoff_first_ms = 500;
constexpr TimeMs backoff_max_ms = 30'000;
constexpr TimeMs silence_max_ms = 45'000;       // a ping every 30 s is answered by then
constexpr TimeMs nudged_answer_max_ms = 5'000;  // for one that is sent because the network may have changed

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
  bring_back_ = false;
  introduced_ = false;
  known_members_.clear();
  inbound_.post([this]() -> Task<void> {
    co_await learn(membership_->statements);
    introduced_ = membership_ && membership_->entry == Entry::none;
    tell_members();
  });
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
  for (const std::string& peer : mesh_.peers()) mesh_.drop(peer);
  const auto entry = std::exchange(entry_, nullptr);
  ledger_.reset();
  held_.clear();
  lodged_.clear();
  confirmed_keys_.clear();
  rotate_ms_.reset();
  confirm_ms_.reset();
  events_.emplace_back(event::PeersChanged{});
  host_.tell(core::out::LinkClose{});
  set_link(LinkState::idle);
  if (entry) entry->set(unexpected(Error{ErrorCode::not_a_member, ""}));
}

std::map<std::string, ledger::Removal> Client::removed() const {
  return ledger_ ? ledger_->removed() : std::map<std::string, ledger::Removal>{};
}

const RealmKey* Client::key() const {
  return membership_ ? membership_->keys.clean(ledger_->removed()) : nullptr;
}

std::optional<bool> Client::current(const std::string& id) const {
  const auto said = confirmed_keys_.find(id);
  const RealmKey* ours = key();
  if (said == confirmed_keys_.end() || ours == nullptr) {
    return std::nullopt;
  }
  return said->second == ours->id;
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
  } else if (link_ == LinkState::online) {
    send(wire::request(wire::msg::ping, 0));
    answer_due_ms_ = host_.now() + nudged_answer_max_ms;
  }
  mesh_.nudge();
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
  lodging_.clear();
  authentication_deadline_ms_.reset();
  answer_due_ms_.reset();
  retry_ms_.reset();
  mesh_.link_lost();
  awaiting_status_.clear();
  fail_calls(INT64_MAX);
  if (!membership_) {
    return;
  }
  // A server that has lost the realm, or knows only a part of it, gets our chain. An invitee, who cannot prove itself
  // yet, waits for a member that can.
  const bool lost = why && why->code == ErrorCode::unknown_realm;
  const bool misjudged =
      why && why->code == ErrorCode::not_a_member && membership_->entry == Entry::none && !bring_back_;
  bring_back_ = (lost || misjudged) && !ledger_->chain_of(self_.id).empty();
  const bool passes = bring_back_ || (lost && membership_->entry == Entry::invitation);
  const bool judged = why && !is_passing(why->code) && !passes;
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
  answer_due_ms_.reset();
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
  } else if (message->msg == wire::msg::statement && message->typ == wire::Typ::evt) {
    co_await on_statements("", dat);
  } else if (message->msg == wire::msg::broadcast && message->typ == wire::Typ::evt) {
    const auto received = wire::Delivered::read(dat);
    if (received) co_await delivered(generation, *received, false);
  } else if (message->typ == wire::Typ::res) {
    replied(*message);
  }
}

wire::Envelope Client::entry_request() const {
  const std::int64_t seq = 1;
  if (bring_back_) {
    std::vector<std::string> chain = ledger_->chain_of(self_.id);
    const std::string genesis = std::move(chain.front());
    chain.erase(chain.begin());
    const wire::Register message{self_.pubkey, genesis, std::move(chain)};
    return wire::request(wire::msg::register_realm, seq, message.write());
  }
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
  const std::string token = co_await sign("", challenge.nonce, entry_request());
  if (generation == generation_ && !token.empty()) {
    host_.tell(core::out::LinkSend{token});
  }
}

Task<void> Client::welcome(std::uint64_t generation, wire::Welcome message) {
  const Learned learned = co_await learn(message.ledger);
  if (generation != generation_ || !membership_) {
    co_return;
  }
  if (learned.refused > 0) suspect(Lie::foreign_statement);
  check_welcome(message);
  if (std::exchange(bring_back_, false)) lodged_.clear();
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
  introduced_ = true;
  tell_members();
  publish_missing(message.ledger);
  seek_clean_key();
  awaiting_status_ = std::move(message.peers);
  if (entry_) {
    entry_->set({});
  }
}

/// The status follows the welcome. Only now are the ICE servers known that connections need.
void Client::on_status(const wire::Status& status) {
  mesh_.set_ice_servers(status.ice_servers);
  events_.emplace_back(event::LinkChanged{});
  for (const std::string& peer : std::exchange(awaiting_status_, {})) {
    if (peer == self_.id || ledger_->find(peer) == nullptr) continue;
    mesh_.peer_online(peer, true);
    tell_by_server(peer, have());
  }
}

Task<void> Client::peer_joined(std::uint64_t generation, wire::PeerJoined message) {
  if (ledger_->find(message.identity) == nullptr) {
    co_await learn({message.statement});
  }
  if (generation != generation_ || !membership_) {
    co_return;
  }
  const ledger::Member* member = ledger_->find(message.identity);
  if (member == nullptr) {
    suspect_stranger(message.identity);
    co_return;
  }
  if (member->pubkey != message.pubkey) suspect(Lie::swapped_key);
  if (message.identity != self_.id) mesh_.peer_online(message.identity, false);
}

void Client::refused(const wire::Envelope& message) {
  const Error error = wire::error_from_json(message.dat);
  // The proof comes first. If it proves nothing, the server may not know what has made that removal void.
  if (error.code == ErrorCode::removed && !ledger_->is_contested(self_.id)) suspect(Lie::false_removal);
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

void Client::tick() {
  if (authentication_deadline_ms_ && host_.now() >= *authentication_deadline_ms_) {
    lose_link(Error{ErrorCode::offline, ""}, true);
    host_.tell(core::out::LinkClose{});
  }
  if (retry_ms_ && host_.now() >= *retry_ms_) {
    connect();
  }
  if (link_ == LinkState::online) {
    const TimeMs silent_ms = heard_ms_ + silence_max_ms;
    if (host_.now() >= std::min(silent_ms, answer_due_ms_.value_or(silent_ms))) {
      lose_link(std::nullopt, true);
      host_.tell(core::out::LinkClose{});
    } else if (host_.now() >= next_ping_ms_) {
      next_ping_ms_ = host_.now() + wire::limit::ping_interval_ms;
      send(wire::request(wire::msg::ping, 0));
    }
  }
  fail_calls(host_.now());
  if (rotate_ms_ && host_.now() >= *rotate_ms_) {
    rotate_ms_.reset();
    rotation_.post([this]() -> Task<void> {
      if (membership_ && key() == nullptr) co_await rotate();
    });
  }
  if (confirm_ms_ && host_.now() >= *confirm_ms_) check_confirmations();
  mesh_.tick();
}

std::optional<TimeMs> Client::next_deadline() const {
  std::optional<TimeMs> next = mesh_.next_deadline();
  const auto consider = [&next](std::optional<TimeMs> at) {
    if (at) next = next ? std::min(*next, *at) : *at;
  };
  consider(authentication_deadline_ms_);
  consider(retry_ms_);
  consider(answer_due_ms_);
  consider(rotate_ms_);
  consider(confirm_ms_);
  consider(next_relay_ms());
  for (const auto& [seq, call] : calls_) consider(call.deadline_ms);
  if (link_ == LinkState::online) {
    consider(next_ping_ms_);
    consider(heard_ms_ + silence_max_ms);
  }
  return next;
}

void Client::settle() {
  if (link_ != LinkState::connecting) {
    for (const auto& waiting : std::exchange(awaiting_entry_, {})) waiting->set(true);
  }
  relay_streams();
  for (OutgoingSignal& signal : mesh_.drain_signals()) {
    outbound_.post(
        [this, generation = generation_, signal = std::move(signal)]() { return send_signal(generation, signal); });
  }
  for (MeshEvent& happened : mesh_.drain_events()) {
    if (auto* received = std::get_if<mesh::Received>(&happened)) {
      received_on_stream(received->peer, std::move(received->message));
    } else if (const auto* connected = std::get_if<mesh::Connected>(&happened)) {
      introduce(connected->peer);
      events_.emplace_back(event::PeerConnected{connected->peer});
    } else if (const auto* disconnected = std::get_if<mesh::Disconnected>(&happened)) {
      events_.emplace_back(event::PeerDisconnected{disconnected->peer});
    } else if (const auto* acknowledged = std::get_if<mesh::Acknowledged>(&happened)) {
      events_.emplace_back(event::Acknowledged{acknowledged->peer, acknowledged->number});
    } else {
      events_.emplace_back(event::PeersChanged{});
    }
  }
}

}  // namespace skypod::realm
