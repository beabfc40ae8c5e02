// The realm's keys among its members: who has which, who needs one, and when a new one must begin.
#include <tuple>

#include "core/realm/client.hpp"
#include "core/realm/key_exchange.hpp"

namespace skypod::realm {
namespace {

bool is_older(const wire::EpochHave& theirs, const RealmKey& ours) {
  return std::tie(theirs.number, theirs.by, theirs.key_id) < std::tie(ours.epoch, ours.by, ours.id);
}

}  // namespace

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

/// On the channel to a peer, or by way of the server, signed only: what is about keys must not need one.
void Client::tell_in_clear(const std::string& peer, wire::Envelope message) {
  if (mesh_.has_channel(peer)) {
    mesh_.send(peer, message);
  } else {
    tell_by_server(peer, std::move(message));
  }
}

/// On every channel, and by way of the server in one message, signed but not encrypted.
void Client::tell_everyone(const wire::Envelope& message) {
  for (const std::string& peer : mesh_.connected_peers()) {
    if (mesh_.has_channel(peer)) mesh_.send(peer, message);
  }
  outbound_.post([this, generation = generation_, message]() { return send_token(generation, message); });
}

Task<void> Client::send_token(std::uint64_t generation, wire::Envelope message) {
  if (generation != generation_ || link_ != LinkState::online) {
    co_return;
  }
  const std::string token = co_await sign("", "", std::move(message));
  if (generation == generation_ && link_ == LinkState::online && !token.empty()) {
    const wire::Broadcast request{token, {}, true};
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
      if (generation == generation_ && membership_) co_await delivered(generation, message, true);
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
    for (const std::string& connected : mesh_.connected_peers()) {
      if (connected != peer) tell_in_clear(connected, have());
    }
    tell_in_clear(peer, have());
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
    tell_in_clear(peer, have());
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
    tell_in_clear(peer, wire::event(wire::msg::epoch, message.write()));
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
