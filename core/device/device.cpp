#include "core/device/device.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/utf8.hpp"
#include "core/device/bad_input.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

constexpr TimeMs clock_error_max_minutes = 3;  // sync holds back what is 5 minutes ahead

std::string_view name_of(realm::LinkState state) {
  constexpr std::array<std::string_view, 5> names{"idle", "connecting", "online", "offline", "refused"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view name_of(realm::PeerStatus status) {
  constexpr std::array<std::string_view, 5> names{"new", "connecting", "connected", "reconnecting", "closed"};
  return names[static_cast<std::size_t>(status)];
}

}  // namespace

Device::Device(BytesView entropy, realm::Identity identity, TimeMs now)
    : host_(entropy), client_(host_, identity), library_(host_, identity.id), exchange_(library_.replica()) {
  host_.set_now(now);
  tasks_.spawn(start());
  settle();
}

void Device::handle(Input input, TimeMs now) {
  host_.set_now(now);
  tasks_.reap();
  std::visit([this](auto& what) { on(what); }, input);
  settle();
}

void Device::on(in::Answered& input) {
  host_.answer(input.id, std::move(input.answer));
}

void Device::on(in::Command& input) {
  const Command command = find_command(input.name);
  if (command == nullptr) {
    host_.tell(core::out::Replied{input.id, unexpected(Error{ErrorCode::unknown_message, ""})});
    return;
  }
  tasks_.spawn(run_command(input.id, command, std::move(input.args)));
}

void Device::on(in::LinkOpened&) {
  client_.link_opened();
}
void Device::on(in::LinkFrame& input) {
  client_.link_frame(std::move(input.text));
}
void Device::on(in::LinkClosed&) {
  client_.link_closed();
}
void Device::on(in::Nudge&) {
  client_.nudge();
}
void Device::on(in::RtcLocal& input) {
  client_.mesh().rtc_local(input.rtc, input.is_offer, input.sdp);
}
void Device::on(in::RtcCandidate& input) {
  client_.mesh().rtc_candidate(input.rtc, std::move(input.candidate));
}
void Device::on(in::RtcOpened& input) {
  client_.mesh().rtc_opened(input.rtc);
}
void Device::on(in::RtcMessage& input) {
  client_.mesh().rtc_message(input.rtc, input.octets);
}
void Device::on(in::RtcDoubtful& input) {
  client_.mesh().rtc_doubtful(input.rtc);
}
void Device::on(in::RtcFailed& input) {
  client_.mesh().rtc_failed(input.rtc);
}
void Device::on(in::Tick&) {
  client_.tick();
}

Device::Command Device::find_command(std::string_view name) {
  struct Row {
    std::string_view name;
    Command command;
  };
  static constexpr std::array<Row, 7> rows{{
      {"realm.create", &Device::create_realm},
      {"device.rename", &Device::rename},
      {"pairing.register", &Device::register_self},
      {"pairing.inspect", &Device::inspect},
      {"pairing.invite", &Device::invite},
      {"pairing.join", &Device::join},
      {"message.send", &Device::send_message},
  }};
  const auto found = std::ranges::find(rows, name, &Row::name);
  return found == rows.end() ? find_library_command(name) : found->command;
}

Task<void> Device::run_command(std::uint64_t id, Command command, Json args) {
  Answer answer = co_await (this->*command)(std::move(args));
  host_.tell(core::out::Replied{id, std::move(answer)});
}

Task<void> Device::start() {
  bool entering = false;
  {
    const auto turn = co_await library_mutex_.lock();
    const Result<void, Error> opened = co_await open_library();
    if (!opened) {
      broken_ = opened.error();
      host_.tell(core::out::Told{"notice", {{"level", "warning"}, {"text", wire::sentence_of(*broken_)}}});
    }
    entering = client_.membership() && client_.membership()->entry == realm::Entry::invitation;
    tell_device();
  }
  if (entering) {
    co_await await_entry();  // this device was restarted while it joined
  }
}

Task<Result<void, Error>> Device::open_library() {
  Result<void, Error> opened = co_await library_.open();
  if (!opened) {
    co_return opened;
  }
  const Result<Json, Error> name = co_await library_.load_state("name");
  const Result<Json, Error> saved = co_await library_.load_state("membership");
  if (!name || !saved) {
    co_return unexpected(name ? saved.error() : name.error());
  }
  if (name->is_string()) {
    client_.rename(name->get<std::string>());
  }
  co_await load_names();
  auto membership = realm::Membership::from_json(*saved);
  if (membership) {
    client_.enter(std::move(*membership));
  } else if (!saved->is_null()) {
    co_return unexpected(Error{ErrorCode::storage_failed, "What this device knows of its realm cannot be read."});
  }
  co_return Result<void, Error>{};
}

/// Stores a membership, then acts on it. One at a time, so that none can replace another.
Task<Result<void, Error>> Device::enter(realm::Membership membership) {
  {
    const auto turn = co_await library_mutex_.lock();
    if (broken_ || client_.membership()) {
      co_return unexpected(broken_.value_or(bad_input("This device belongs to a realm already.")));
    }
    Result<void, Error> saved = co_await library_.save_state("membership", membership.to_json());
    if (!saved) {
      co_return saved;
    }
    client_.enter(std::move(membership));
  }
  co_return co_await announce_name();
}

/// Waits until the server has let this device in, or has judged that it may not: then the membership is forgotten.
Task<Result<void, Error>> Device::await_entry() {
  Result<void, Error> entered = co_await client_.entered();
  if (!entered) {
    client_.forget();
    const auto turn = co_await library_mutex_.lock();
    co_await library_.save_state("membership", nullptr);
    tell_device();
  }
  co_return entered;
}

Task<Result<void, Error>> Device::announce_name() {
  const auto turn = co_await library_mutex_.lock();
  Result<void, Error> saved = co_await library_.save_state("name", client_.identity().name);
  const Result<sync::Section, Error> written = co_await library_.name_device(client_.identity().name);
  if (!saved || !written) {
    co_return saved ? unexpected(written.error()) : saved;
  }
  push(*written);
  co_await load_names();
  co_return saved;
}

Task<void> Device::load_names() {
  const Result<Json, Error> rows = co_await library_.device_names();
  if (!rows) {
    co_return;
  }
  for (const Json& row : *rows) {
    if (row[1].is_string())
      names_[row[0].get<std::string>()] = utf8_prefix(row[1].get<std::string>(), wire::limit::name_max);
  }
  peers_changed_ = true;
}

Task<void> Device::store_membership() {
  const auto turn = co_await library_mutex_.lock();
  if (client_.membership()) {
    co_await library_.save_state("membership", client_.membership()->to_json());
  }
}

void Device::settle() {
  client_.settle();
  for (const realm::Event& happened : client_.drain_events()) {
    std::visit([this](const auto& what) { on_event(what); }, happened);
  }
  if (std::exchange(peers_changed_, false)) {
    tell_peers();
  }
}

void Device::on_event(const realm::event::LinkChanged&) {
  tell_device();
  warn_of_clock();
  if (client_.link() != realm::LinkState::online) return;
  library_.replica().trust_clock(-client_.clock_error_ms());
  tasks_.spawn(refresh_unfetched());
}

void Device::on_event(const realm::event::MembershipChanged&) {
  tasks_.spawn(store_membership());
}

void Device::on_event(const realm::event::PeersChanged&) {
  peers_changed_ = true;
}

void Device::on_event(const realm::event::PeerConnected& event) {
  peers_changed_ = true;
  tasks_.spawn(begin_sync(event.peer));
}

void Device::on_event(const realm::event::PeerDisconnected& event) {
  peers_changed_ = true;
  exchange_.disconnected(event.peer);
}

void Device::on_event(const realm::event::Received& event) {
  if (event.message.msg == message_msg) {
    wire::Fields fields(event.message.dat);
    const Json told = {{"id", fields.text("id", 64)},
                       {"from", event.peer},
                       {"text", fields.text("text", text_max)},
                       {"mode", event.relayed ? "relay" : "p2p"},
                       {"atMs", fields.integer("at", 0, INT64_MAX)}};
    if (fields.ok()) host_.tell(core::out::Told{"message", told});
  } else if (sync::Exchange::is_for(event.message.msg) && !event.relayed) {
    tasks_.spawn(receive_sync(event.peer, event.message.msg, event.message.dat));
  }
}

/// A wrong clock makes other devices hold back what this one writes, so people must know.
void Device::warn_of_clock() {
  const TimeMs error_ms = client_.link() == realm::LinkState::online ? client_.clock_error_ms() : 0;
  const TimeMs minutes = (std::abs(error_ms) + 30'000) / 60'000;
  if (minutes < clock_error_max_minutes || std::exchange(clock_warned_, true)) {
    return;
  }
  const std::string text = "This device's clock is " + std::to_string(minutes) + " minutes " +
                           (error_ms > 0 ? "fast" : "slow") +
                           ". Set it right: until then your other devices may miss what you do here.";
  host_.tell(core::out::Told{"notice", {{"level", "warning"}, {"text", text}}});
}

void Device::library_changed(std::set<std::string> what) {
  host_.tell(core::out::Told{"library.changed", {{"what", what}}});
}

void Device::tell_device() {
  const auto& membership = client_.membership();
  const bool refused = client_.link() == realm::LinkState::refused && client_.refusal();
  host_.tell(core::out::Told{"device",
                             {{"id", client_.identity().id},
                              {"name", client_.identity().name},
                              {"realm", membership ? Json(membership->realm) : Json()},
                              {"link", name_of(client_.link())},
                              {"reason", refused ? wire::sentence_of(*client_.refusal()) : ""}}});
}

void Device::tell_peers() {
  Json peers = Json::array();
  for (const ledger::Member& member : client_.members()) {
    const bool self = member.id == client_.identity().id;
    const auto name = names_.find(member.id);
    const auto rtt = client_.mesh().rtt_ms(member.id);
    const bool online = self ? client_.link() == realm::LinkState::online : client_.mesh().online(member.id);
    peers.push_back({{"id", member.id},
                     {"name", name == names_.end() ? "" : name->second},
                     {"self", self},
                     {"online", online},
                     {"state", self ? "closed" : name_of(client_.mesh().status(member.id))},
                     {"rttMs", rtt ? Json(*rtt) : Json()},
                     {"invitedBy", member.inviter.empty() ? Json() : Json(member.inviter)},
                     {"joinedAtMs", member.joined_ms}});
  }
  host_.tell(core::out::Told{"peers", {{"peers", std::move(peers)}}});
}

}  // namespace skypod::device
