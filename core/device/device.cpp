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

std::string_view word_for(realm::LinkState state) {
  constexpr std::array<std::string_view, 5> names{"idle", "connecting", "online", "offline", "refused"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view word_for(realm::PeerStatus status) {
  constexpr std::array<std::string_view, 5> names{"new", "connecting", "connected", "reconnecting", "closed"};
  return names[static_cast<std::size_t>(status)];
}

/// What people are told of a lie, and the same as a code.
struct LieRow {
  realm::Lie lie;
  std::string_view code;
  std::string_view sentence;
};

constexpr std::array lie_rows = std::to_array<LieRow>({
    {realm::Lie::unproven_member, "unproven_member",
     "The server named a device that none of yours has admitted. It was not let in. Ask who runs the server, or use "
     "another."},
    {realm::Lie::swapped_key, "swapped_key",
     "The server gave one of your devices a false key. It was not used. Ask who runs the server, or use another."},
    {realm::Lie::foreign_statement, "foreign_statement",
     "The server passed on records of members that none of yours has signed. They were not used. Ask who runs the "
     "server, or use another."},
    {realm::Lie::forged_message, "forged_message",
     "A message between your devices was altered or made up on its way through the server. It was dropped. Ask who "
     "runs the server, or use another."},
    {realm::Lie::repeated_message, "repeated_message",
     "The server passed on an old message of one of your devices again. It was dropped. Ask who runs the server, or "
     "use another."},
    {realm::Lie::withheld, "withheld",
     "The server does not keep what your devices tell it about who belongs to them. They tell each other directly. Ask "
     "who runs the server, or use another."},
    {realm::Lie::false_removal, "false_removal",
     "The server says that this device was removed, but none of your devices has signed that. It stays in its realm. "
     "Ask who runs the server, or use another."},
});

}  // namespace

Device::Device(BytesView entropy, realm::Identity identity, TimeMs now, HostTraits traits)
    : traits_(std::move(traits)),
      host_(entropy),
      client_(host_, identity),
      library_(host_, identity.id),
      exchange_(library_.replica()),
      helpers_(host_, client_, traits_.serves_feeds),
      ladder_(host_, client_, helpers_),
      files_(host_, helpers_) {
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
void Device::on(in::RtcPath& input) {
  client_.mesh().rtc_path(input.rtc, input.by_turn);
}
void Device::on(in::RtcDrained& input) {
  client_.mesh().rtc_drained(input.rtc);
}
void Device::on(in::RtcDoubtful& input) {
  client_.mesh().rtc_doubtful(input.rtc);
}
void Device::on(in::RtcFailed& input) {
  client_.mesh().rtc_failed(input.rtc);
}
void Device::on(in::Tick&) {
  client_.tick();
  helpers_.tick();
  if (exchange_.has_passed_over()) tasks_.spawn(resume_sync());
  if (next_round_ && host_.now() >= *next_round_) {
    next_round_.reset();
    tasks_.spawn(refresh_unfetched());
  }
}

std::optional<TimeMs> Device::next_deadline() const {
  std::optional<TimeMs> first;
  for (const auto& one : {client_.next_deadline(), helpers_.next_deadline(), next_round_}) {
    if (one && (!first || *one < *first)) first = one;
  }
  return first;
}

Device::Command Device::find_command(std::string_view name) {
  struct Row {
    std::string_view name;
    Command command;
  };
  static constexpr std::array<Row, 19> rows{{
      {"realm.create", &Device::create_realm},
      {"realm.members", &Device::list_members},
      {"realm.remove", &Device::remove_member},
      {"realm.leave", &Device::leave_realm},
      {"realm.rotate", &Device::rotate_key},
      {"recovery.create", &Device::create_recovery},
      {"recovery.restore", &Device::restore_recovery},
      {"device.rename", &Device::rename},
      {"pairing.register", &Device::register_self},
      {"pairing.inspect", &Device::inspect},
      {"pairing.invite", &Device::invite},
      {"pairing.cancel", &Device::cancel_invitation},
      {"pairing.preview", &Device::preview},
      {"pairing.join", &Device::join},
      {"message.send", &Device::send_message},
      {"network.servers", &Device::list_ice_servers},
      {"proxy.token", &Device::make_proxy_token},
      {"library.content", &Device::show_content},
      {"file.piece", &Device::fetch_piece},
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
      notify("warning", "storage", wire::sentence_of(*broken_), Json::object());
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
  const Result<Json, Error> removed = co_await library_.load_state("removed");
  for (const Result<Json, Error>* loaded : {&name, &saved, &removed}) {
    if (!*loaded) co_return unexpected(loaded->error());
  }
  removed_ = *removed;
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
      co_return unexpected(broken_.value_or(in_realm()));
    }
    Result<void, Error> saved = co_await library_.save_state("membership", membership.to_json());
    if (!saved) {
      co_return saved;
    }
    removed_ = nullptr;
    co_await library_.save_state("removed", nullptr);
    client_.enter(std::move(membership));
  }
  co_return co_await announce_name();
}

/// Waits until the server has let this device in, or has judged that it may not: then the membership is forgotten.
Task<Result<void, Error>> Device::await_entry() {
  Result<void, Error> entered = co_await client_.entered();
  if (!entered) {
    client_.forget();
    co_await forget_realm(removed_);
  }
  co_return entered;
}

/// Enters, and answers a command once the server has let this device in.
Task<Answer> Device::enter_and_wait(realm::Membership membership) {
  const std::string realm = membership.realm;
  const Result<void, Error> stored = co_await enter(std::move(membership));
  if (!stored) {
    co_return unexpected(stored.error());
  }
  const Result<void, Error> entered = co_await await_entry();
  if (!entered) {
    co_return unexpected(entered.error());
  }
  co_return Json{{"realm", realm}};
}

/// The client is out of the realm: nothing of it shall come back with a restart. `removed`: what people are shown.
Task<void> Device::forget_realm(Json removed) {
  const auto turn = co_await library_mutex_.lock();
  removed_ = std::move(removed);
  if (!client_.membership()) {
    co_await library_.save_state("membership", nullptr);
    co_await library_.save_state("removed", removed_);
  }
  tell_device();
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
  tell_device();  // the key may be another
  tasks_.spawn(store_membership());
}

void Device::on_event(const realm::event::PeersChanged&) {
  peers_changed_ = true;
}

void Device::on_event(const realm::event::MemberAdded& event) {
  const std::vector<ledger::Member> members = client_.members();
  const auto added = std::ranges::find(members, event.id, &ledger::Member::id);
  const std::string by = name_of(event.inviter);
  if (added != members.end() && added->recovery) {
    const bool own = event.inviter == client_.identity().id;  // whoever made it here is just being told its code
    if (!own) notify("info", "recovery_made", "A recovery key was made by " + by + ".", {{"by", by}});
    return;
  }
  notify("info", "device_joined", "A device was added by " + by + ".", {{"by", by}});
}

void Device::on_event(const realm::event::MemberRemoved& event) {
  undelivered_.erase(event.id);
  const auto removed = client_.removed();
  const auto removal = removed.find(event.id);
  const bool recovery = removal != removed.end() && removal->second.recovery;
  const std::string device = recovery ? "" : name_of(event.id);
  const std::string by = event.id == event.remover ? "" : name_of(event.remover);
  const std::string whom = recovery ? "A recovery key" : device;
  const std::string text = by.empty() ? whom + " has left." : whom + " was removed by " + by + ".";
  notify("info", "device_removed", text, {{"device", device}, {"by", by}});
}

void Device::on_event(const realm::event::Removed& event) {
  if (event.remover == client_.identity().id) {
    tasks_.spawn(forget_realm(nullptr));  // it has left
    return;
  }
  const std::string by = name_of(event.remover);
  notify("warning", "removed", "This device was removed by " + by + ". Its library stays on it; nothing new arrives.",
         {{"by", by}});
  removed_ = {{"by", by}, {"atMs", event.at_ms}};
  tasks_.spawn(forget_realm(removed_));
}

void Device::on_event(const realm::event::Unconfirmed& event) {
  const std::string device = name_of(event.id);
  notify("info", "unconfirmed",
         device +
             " has not confirmed the latest change of members yet. Until it does, it may still talk to a "
             "device that was removed.",
         {{"device", device}});
}

void Device::on_event(const realm::event::Lied& event) {
  const LieRow& row = *std::ranges::find(lie_rows, event.lie, &LieRow::lie);
  notify("alarm", "server_lies", std::string(row.sentence), {{"lie", row.code}});
}

void Device::on_event(const realm::event::PeerConnected& event) {
  peers_changed_ = true;
  helpers_.connected(event.peer);
  tasks_.spawn(begin_sync(event.peer));
}

void Device::on_event(const realm::event::PeerDisconnected& event) {
  peers_changed_ = true;
  helpers_.disconnected(event.peer);
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
  } else if (helpers_.is_for(event.message.msg) && !event.relayed) {
    tasks_.spawn(helpers_.receive(event.peer, event.message));
  } else if (sync::Exchange::is_for(event.message.msg) && !event.relayed) {
    tasks_.spawn(receive_sync(event.peer, event.message.msg, event.message.dat));
  }
}

/// Tells of the messages that have arrived.
void Device::on_event(const realm::event::Acknowledged& event) {
  const auto sent = undelivered_.find(event.peer);
  if (sent == undelivered_.end()) {
    return;
  }
  while (!sent->second.empty() && sent->second.front().number <= event.number) {
    host_.tell(core::out::Told{"message.delivered", {{"id", sent->second.front().id}, {"to", event.peer}}});
    sent->second.pop_front();
  }
  if (sent->second.empty()) undelivered_.erase(sent);
}

/// Either clock may be the wrong one. A wrong one of ours makes other devices hold back what this one writes, so people
/// must know.
void Device::warn_of_clock() {
  const TimeMs error_ms = client_.link() == realm::LinkState::online ? client_.clock_error_ms() : 0;
  const TimeMs minutes = (std::abs(error_ms) + 30'000) / 60'000;
  if (minutes < clock_error_max_minutes || std::exchange(clock_warned_, true)) {
    return;
  }
  const std::string text = "This device's clock is " + std::to_string(minutes) + " minutes " +
                           (error_ms > 0 ? "ahead of" : "behind") +
                           " the server's. Set the one that is wrong: until then your other devices may miss what you "
                           "do here.";
  notify("warning", "clock", text, {{"minutes", minutes}, {"ahead", error_ms > 0}});
}

void Device::notify(std::string_view level, std::string_view code, std::string text, Json about) {
  host_.tell(core::out::Told{
      "notice", {{"level", level}, {"code", code}, {"text", std::move(text)}, {"about", std::move(about)}}});
}

/// What people call a device, or the beginning of its id.
std::string Device::name_of(const std::string& id) const {
  const auto known = names_.find(id);
  return known == names_.end() || known->second.empty() ? id.substr(0, 8) : known->second;
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
                              {"link", word_for(client_.link())},
                              {"keyEpoch", client_.key() == nullptr ? 0 : client_.key()->epoch},
                              {"removed", removed_},
                              {"reason", refused ? wire::sentence_of(*client_.refusal()) : ""},
                              {"reasonCode", refused ? wire::name_of(client_.refusal()->code) : ""}}});
}

void Device::tell_peers() {
  host_.tell(core::out::Told{"peers", {{"peers", peers()}}});
}

Json Device::peers() const {
  Json peers = Json::array();
  for (const ledger::Member& member : client_.members()) {
    const bool self = member.id == client_.identity().id;
    const auto name = names_.find(member.id);
    const auto rtt = client_.mesh().rtt_ms(member.id);
    const auto current = client_.current(member.id);
    const bool online = self ? client_.link() == realm::LinkState::online : client_.mesh().online(member.id);
    peers.push_back({{"id", member.id},
                     {"name", name == names_.end() ? "" : name->second},
                     {"self", self},
                     {"online", online},
                     {"state", self ? "closed" : word_for(client_.mesh().status(member.id))},
                     {"rung", realm::name_of(client_.mesh().rung(member.id))},
                     {"rttMs", rtt ? Json(*rtt) : Json()},
                     {"invitedBy", member.inviter.empty() ? Json() : Json(member.inviter)},
                     {"joinedAtMs", member.joined_ms},
                     {"recovery", member.recovery},
                     {"current", current ? Json(*current) : Json()}});
  }
  return peers;
}

}  // namespace skypod::device
