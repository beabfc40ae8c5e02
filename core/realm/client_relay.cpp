// What members say to each other by way of the server, which may alter, repeat, hold back or make up any of it: signed
// tokens for one or for all, and broadcasts under the realm's key.
#include <algorithm>

#include "base/base64url.hpp"
#include "core/realm/client.hpp"
#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

constexpr std::string_view stream_msg = "relay.stream";
constexpr std::size_t frames_max = 128 * 1024;  // in base64url; the token around them is bounded closer
constexpr TimeMs late_max_ms = 5 * 60'000;      // no link lives that long without passing anything on

}  // namespace

/// What a token says that a member sent by way of the server; nothing, and the server is suspected, if it is not the
/// member's, not for us, or not the first of its kind.
Task<std::optional<wire::Claims>> Client::open_token(std::string sender, std::string token) {
  const ledger::Member* member = ledger_->find(sender);
  if (member == nullptr) {
    suspect_stranger(sender);
    co_return std::nullopt;
  }
  const auto claims = wire::peek_token(token);
  const bool fits = claims && claims->iss == sender && (claims->sub.empty() || claims->sub == self_.id) &&
                    claims->aud == membership_->realm;
  if (!fits) {
    suspect(Lie::forged_message);
    co_return std::nullopt;
  }
  const core::Answer genuine = co_await host_.ask(core::ask::Verify{std::move(token), member->pubkey, sender});
  if (!genuine || !membership_) {
    co_return std::nullopt;
  }
  if (*genuine != true) {
    suspect(Lie::forged_message);
    co_return std::nullopt;
  }
  const bool late = !wire::is_current(*claims, network_now());
  if (late || !remember(*claims)) {
    const bool long_over = claims->expires_ms + late_max_ms < network_now();
    if (!late || long_over) suspect(Lie::repeated_message);
    co_return std::nullopt;
  }
  co_return *claims;
}

Task<void> Client::signalled(std::uint64_t generation, wire::Signal signal) {
  const auto claims = co_await open_token(signal.localid, signal.token);
  if (claims && generation == generation_) {
    co_await dispatch(signal.localid, claims->message, true);
  }
}

/// What a member said, by the server or directly, about the realm or the connection.
Task<void> Client::dispatch(std::string peer, wire::Envelope message, bool by_server) {
  if (message.msg == wire::msg::epoch) {
    co_await on_epoch(peer, message.dat);
  } else if (message.msg == wire::msg::epoch_have) {
    co_await on_have(peer, message.dat);
  } else if (message.msg == wire::msg::statement) {
    co_await on_statements(peer, message.dat);
  } else if (by_server) {
    mesh_.signal(peer, message);
  }
}

void Client::suspect(Lie lie) {
  if (lies_.insert(lie).second) events_.emplace_back(event::Lied{lie});
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

/// A token of this device for the realm, by the server's time; "" if the host cannot sign.
Task<std::string> Client::sign(std::string sub, std::string nonce, wire::Envelope message, TimeMs lifetime_ms) {
  const core::Answer token =
      co_await host_.ask(core::ask::Sign{wire::claims_to_payload({.iss = self_.id,
                                                                  .aud = membership_->realm,
                                                                  .sub = std::move(sub),
                                                                  .nonce = std::move(nonce),
                                                                  .jti = host_.fresh_id(),
                                                                  .issued_ms = network_now(),
                                                                  .expires_ms = network_now() + lifetime_ms,
                                                                  .message = std::move(message)})});
  co_return text_of(token);
}

/// What a request to the feed proxy carries.
Task<std::string> Client::proxy_token(std::string document) {
  if (membership_ && membership_->entry != Entry::none && link_ == LinkState::connecting) {
    const auto waiting = awaiting_entry_.emplace_back(std::make_shared<OneShot<bool>>());
    co_await *waiting;
  }
  if (!membership_) {
    co_return "";
  }
  const TimeMs lifetime_ms = document.empty() ? token_lifetime_ms : wire::limit::proxy_url_life_ms;
  co_return co_await sign(std::move(document), "", wire::event(wire::msg::proxy_use), lifetime_ms);
}

Task<void> Client::send_signal(std::uint64_t generation, OutgoingSignal signal) {
  if (generation != generation_ || !membership_) {
    co_return;
  }
  const std::string token = co_await sign(signal.peer, "", signal.message);
  if (generation == generation_ && !token.empty()) {
    const wire::Signal message{token, self_.id, signal.peer};
    send({wire::Typ::req, std::string(wire::msg::signal), std::nullopt, message.write()});
  }
}

Task<Result<std::size_t, Error>> Client::broadcast(wire::Envelope message, std::vector<std::string> recipients) {
  const auto reply = std::make_shared<OneShot<Reply>>();
  {
    const auto turn = co_await relay_mutex_.lock();
    if (!membership_) co_return unexpected(Error{ErrorCode::not_a_member, ""});
    if (key() == nullptr) co_return unexpected(Error{ErrorCode::no_realm_key, ""});
    const RealmKey encrypt_with = *key();
    const Result<std::string, Error> payload = co_await wrap(host_, encrypt_with,
                                                             {.realm = membership_->realm,
                                                              .sender = self_.id,
                                                              .session = relay_session_,
                                                              .number = ++relay_number_,
                                                              .sent_ms = network_now(),
                                                              .message = std::move(message)});
    if (!payload) co_return unexpected(payload.error());
    const bool still_clean = membership_ && encrypt_with.excludes_all(ledger_->removed());
    if (!still_clean) co_return unexpected(Error{ErrorCode::no_realm_key, ""});
    const wire::Broadcast request{*payload, std::move(recipients), true};
    call(wire::msg::broadcast, request.write(), reply);
  }
  const Reply answer = co_await *reply;
  if (!answer) {
    co_return unexpected(answer.error());
  }
  wire::Fields fields(*answer);
  co_return static_cast<std::size_t>(fields.integer("delivered", 0, wire::limit::members_max));
}

/// A broadcast. One that was held for want of its key may have been overtaken by others, and is no repetition for that.
Task<void> Client::delivered(std::uint64_t generation, wire::Delivered message, bool was_held) {
  if (wire::looks_like_token(message.payload)) {
    const auto claims = co_await open_token(message.sender, message.payload);
    if (claims && generation == generation_) co_await dispatch(message.sender, claims->message, false);
    co_return;
  }
  const ledger::Member* sender = ledger_->find(message.sender);
  if (sender == nullptr) {
    suspect_stranger(message.sender);
    co_return;
  }
  Result<Relayed, RelayFault> what =
      co_await unwrap(host_, membership_->keys, *sender, membership_->realm, network_now(), message.payload);
  if (generation != generation_ || !membership_) {
    co_return;
  }
  if (!what && what.error() == RelayFault::unknown_key) {
    if (held_.size() >= held_max) held_.pop_front();
    held_.push_back(std::move(message));
    tell_by_server(held_.back().sender, have());
    co_return;
  }
  if (!what) {
    suspect(what.error() == RelayFault::forged ? Lie::forged_message : Lie::repeated_message);
    co_return;
  }
  RelayLog& heard = membership_->heard;
  const bool fresh = was_held ? heard.note_overtaken(what->sender, what->session, what->number, what->sent_ms)
                              : heard.note(what->sender, what->session, what->number, what->sent_ms);
  if (!fresh) {
    if (!was_held) suspect(Lie::repeated_message);
    co_return;
  }
  if (what->message.msg == stream_msg) {
    take_stream(*what);
    co_return;
  }
  events_.emplace_back(event::MembershipChanged{});
  events_.emplace_back(event::Received{what->sender, std::move(what->message), true});
}

/// Lets the streams that have no better rung take the relay, in turns and no faster than the server likes it.
void Client::relay_streams() {
  while (next_relay_ms() && *next_relay_ms() <= host_.now()) {
    auto batch = mesh_.take_relay();
    if (!batch) return;
    ++relays_under_way_;
    next_relay_ms_ = host_.now() + relay_gap_ms;
    relays_.spawn(relay(std::move(*batch)));
  }
}

/// Nothing while no key is there to encrypt with, or enough is under way.
std::optional<TimeMs> Client::next_relay_ms() const {
  const bool may = link_ == LinkState::online && relays_under_way_ < relays_max && key() != nullptr;
  const auto due = may ? mesh_.relay_due_ms() : std::nullopt;
  return due ? std::optional(std::max(*due, next_relay_ms_)) : std::nullopt;
}

Task<void> Client::relay(RelayBatch batch) {
  const Json dat = {{"for", batch.session}, {"frames", base64url_encode(batch.frames)}};
  const std::string peer = batch.peer;
  const Result<std::size_t, Error> reached = co_await broadcast(wire::event(stream_msg, dat), {peer});
  --relays_under_way_;
  mesh_.relay_left(peer, reached && *reached > 0);
}

/// A part of a member's stream. Repetitions of what an earlier life of this device heard are the mesh's to know.
void Client::take_stream(const Relayed& what) {
  wire::Fields fields(what.message.dat);
  const std::string session = fields.optional_text("for", 64);
  const auto frames = base64url_decode(fields.text("frames", frames_max));
  if (fields.ok() && frames) mesh_.relay_received(what.sender, session, *frames);
}

/// What is about the realm itself is ours; the rest is the owner's.
void Client::received_on_stream(const std::string& peer, wire::Envelope message) {
  const bool ours =
      message.msg == wire::msg::epoch || message.msg == wire::msg::epoch_have || message.msg == wire::msg::statement;
  if (!ours) {
    events_.emplace_back(event::Received{peer, std::move(message), false});
    return;
  }
  mesh_talk_.post([this, peer, message = std::move(message)]() -> Task<void> {
    if (membership_ && ledger_->find(peer) != nullptr) co_await dispatch(peer, message, false);
  });
}

}  // namespace skypod::realm
