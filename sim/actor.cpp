#include "sim/actor.hpp"

namespace skypod::sim {
namespace {

constexpr std::string_view talk_msg = "sim.talk";
constexpr std::size_t long_message_max = 200'000;
constexpr TimeMs slow_feed_ms = 60'000;  // more than a device waits for another
constexpr std::int64_t seqs_guessed = 8;

std::string feed_address(std::int64_t number) {
  return "https://feeds.example/" + std::to_string(number);
}

}  // namespace

Actor::Actor(World& world, Cloud& cloud, RtcFabric& fabric, std::size_t index)
    : world_(world),
      cloud_(cloud),
      fabric_(fabric),
      index_(index),
      key_(make_key(world.random())),
      skew_ms_(world.between(-30'000, 30'000)),
      host_(world.random().bytes(32)),
      client_(host_, {key_.id, key_.pubkey, "actor " + std::to_string(index)}),
      serves_feeds_(index % 2 == 0),
      helpers_(host_, client_, serves_feeds_),
      ladder_(host_, client_, helpers_) {}

/// Every input goes through here: do it, then carry out what follows. Inputs never nest.
void Actor::act(const std::function<void()>& what) {
  if (acting_) {
    world_.violate("an input arrived while another was handled");
    return;
  }
  acting_ = true;
  host_.set_now(clock());
  tasks_.reap();
  what();
  client_.settle();
  for (realm::Event& event : client_.drain_events()) take(event);
  for (core::Output& output : host_.drain()) carry_out(output);
  acting_ = false;
  schedule_tick();
}

void Actor::take(realm::Event& event) {
  if (const auto* received = std::get_if<realm::event::Received>(&event)) {
    receive(*received);
  } else if (const auto* connected = std::get_if<realm::event::PeerConnected>(&event)) {
    helpers_.connected(connected->peer);
  } else if (const auto* lost = std::get_if<realm::event::PeerDisconnected>(&event)) {
    helpers_.disconnected(lost->peer);
  } else if (std::holds_alternative<realm::event::MembershipChanged>(event) && client_.membership()) {
    const realm::Membership& membership = *client_.membership();
    for (const Json& key : membership.keys.to_json()) keys_seen_.insert(key["id"].get<std::string>());
    if (stubborn_ && membership.entry == realm::Entry::none) remembered_ = membership;
  } else if (const auto* removed = std::get_if<realm::event::Removed>(&event)) {
    world_.note("removed", id());
    removed_by_ = removed->remover;
    if (stubborn_) world_.after(world_.between(1'000, 20'000), [this] { come_back(); });
  } else if (const auto* lied = std::get_if<realm::event::Lied>(&event)) {
    world_.note(id() + " accuses the server of lie", std::to_string(static_cast<int>(lied->lie)));
    ++accusations_;
  }
}

void Actor::receive(const realm::event::Received& received) {
  world_.note("received", received.peer);
  if (helpers_.is_for(received.message.msg)) {
    tasks_.spawn(helpers_.receive(received.peer, received.message));
    return;
  }
  const std::int64_t number = received.message.dat.value("n", std::int64_t{-1});
  if (received.relayed) {
    heard_[received.peer].insert(number);
  } else {
    received_[received.peer].push_back(number);
  }
}

void Actor::want_feed(std::int64_t number, bool may_tell_server) {
  act([&] { tasks_.spawn(fetch_task(number, may_tell_server)); });
}

Task<void> Actor::fetch_task(std::int64_t number, bool may_tell_server) {
  const std::string url = feed_address(number);
  const auto fetched = co_await ladder_.fetch({.url = url, .may_tell_server = may_tell_server});
  if (!fetched_.emplace(number, fetched ? fetched->way : device::Way::none).second) {
    world_.violate("a feed was fetched twice");
  }
  if (fetched && fetched->document.value("title", "") != url) world_.violate("a feed came under another's address");
}

/// What a device gets from a feed's host: those that serve feeds get most of them, sooner or later.
core::Answer Actor::answer_direct(const std::string& url) {
  if (!serves_feeds_ || world_.random().chance(20)) return unexpected(core::Error{core::ErrorCode::offline, ""});
  return Json{{"status", 200}, {"body", {{"title", url}, {"items", Json::array()}}}};
}

/// Tries to get in again with its old keys and its old view of the members.
void Actor::come_back() {
  act([this] {
    if (!client_.membership() && remembered_) client_.enter(*remembered_);
  });
}

void Actor::broadcast(std::int64_t number) {
  act([&] { tasks_.spawn(broadcast_task(number)); });
}

Task<void> Actor::broadcast_task(std::int64_t number) {
  if (!client_.membership() || client_.key() == nullptr) {
    co_return;
  }
  const Said said{number, client_.key()->id, client_.removed()};
  const auto sent = co_await client_.broadcast(wire::event(talk_msg, {{"n", number}}), {});
  if (sent) said_.push_back(said);
}

void Actor::remove(const std::string& id) {
  act([&] {
    tasks_.spawn(
        [](realm::Client& client, std::string who) -> Task<void> { co_await client.remove(who); }(client_, id));
  });
}

void Actor::rotate() {
  act([this] { tasks_.spawn([](realm::Client& client) -> Task<void> { co_await client.rotate(); }(client_)); });
}

void Actor::leave() {
  act([this] { tasks_.spawn([](realm::Client& client) -> Task<void> { co_await client.leave(); }(client_)); });
}

void Actor::carry_out(core::Output& output) {
  struct Carrier {
    Actor& actor;
    void operator()(core::out::Asked& it) { actor.ask(it); }
    void operator()(core::out::LinkOpen&) { actor.open_link(); }
    void operator()(core::out::LinkSend& it) {
      if (actor.link_) actor.cloud_.send(*actor.link_, it.text);
    }
    void operator()(core::out::LinkClose&) { actor.close_link(); }
    void operator()(core::out::RtcOpen& it) { actor.fabric_.open(actor.index_, it.rtc, actor.rtc_listener()); }
    void operator()(core::out::RtcOffer& it) { actor.fabric_.offer(actor.index_, it.rtc); }
    void operator()(core::out::RtcRemote& it) { actor.fabric_.remote(actor.index_, it.rtc, it.is_offer, it.sdp); }
    void operator()(core::out::RtcCandidate& it) { actor.fabric_.candidate(actor.index_, it.rtc, it.candidate); }
    void operator()(core::out::RtcSend& it) { actor.fabric_.send(actor.index_, it.rtc, it.octets, it.report_drained); }
    void operator()(core::out::RtcClose& it) { actor.fabric_.close(actor.index_, it.rtc); }
    void operator()(core::out::Told&) {}
    void operator()(core::out::Replied&) {}
  };
  std::visit(Carrier{*this}, output);
}

void Actor::ask(core::out::Asked& asked) {
  const auto answer_after = [this, id = asked.id](TimeMs delay_ms, core::Answer answer) {
    world_.after(delay_ms, [this, id, answer = std::move(answer)] { act([&] { host_.answer(id, answer); }); });
  };
  if (const auto* direct = std::get_if<core::ask::Direct>(&asked.ask)) {
    answer_after(world_.between(0, world_.random().chance(10) ? slow_feed_ms : 2'000), answer_direct(direct->url));
  } else if (const auto* fetch = std::get_if<core::ask::Fetch>(&asked.ask)) {
    told_server_.push_back(fetch->path);
    answer_after(world_.between(0, 2'000), unexpected(core::Error{core::ErrorCode::offline, ""}));
  } else {
    answer_after(world_.between(0, 5), std::move(*answer_jose(asked.ask, key_, world_.random())));
  }
}

void Actor::open_link() {
  close_link();
  link_ = cloud_.connect({.opened = [this] { act([this] { client_.link_opened(); }); },
                          .frame = [this](std::string text) { act([&] { client_.link_frame(text); }); },
                          .closed =
                              [this] {
                                link_.reset();
                                act([this] { client_.link_closed(); });
                              }});
}

void Actor::close_link() {
  if (link_) cloud_.hang_up(*link_);
  link_.reset();
}

RtcListener Actor::rtc_listener() {
  realm::Manager& mesh = client_.mesh();
  return {
      .local = [this, &mesh](core::RtcId rtc, bool is_offer,
                             const std::string& sdp) { act([&] { mesh.rtc_local(rtc, is_offer, sdp); }); },
      .candidate =
          [this, &mesh](core::RtcId rtc, const std::string& candidate) {
            act([&] { mesh.rtc_candidate(rtc, {.connection_id = "", .candidate = candidate, .mid = "0"}); });
          },
      .opened = [this, &mesh](core::RtcId rtc) { act([&] { mesh.rtc_opened(rtc); }); },
      .message = [this, &mesh](core::RtcId rtc, const Bytes& octets) { act([&] { mesh.rtc_message(rtc, octets); }); },
      .drained = [this, &mesh](core::RtcId rtc) { act([&] { mesh.rtc_drained(rtc); }); },
      .failed = [this, &mesh](core::RtcId rtc) { act([&] { mesh.rtc_failed(rtc); }); }};
}

void Actor::schedule_tick() {
  const auto deadline = next_deadline();
  if (!deadline) return;
  world_.after(std::max<TimeMs>(0, *deadline - clock()), [this, at = *deadline] {
    if (next_deadline() != at) return;
    act([this] {
      client_.tick();
      helpers_.tick();
    });
  });
}

std::optional<TimeMs> Actor::next_deadline() const {
  const auto realms = client_.next_deadline();
  const auto feeds = helpers_.next_deadline();
  return realms && feeds ? std::min(*realms, *feeds) : realms ? realms : feeds;
}

void Actor::found() {
  act([this] { tasks_.spawn(found_task()); });
}

Task<void> Actor::found_task() {
  auto membership = co_await realm::found_realm(host_, client_.identity());
  client_.enter(std::move(*membership));
}

void Actor::join(Actor& inviter) {
  act([this, &inviter] { tasks_.spawn(join_task(inviter)); });
}

Task<void> Actor::join_task(Actor& inviter) {
  const auto registration = co_await realm::make_registration(host_, client_.identity());
  // The inviter's host answers the inviter's questions: it makes the invitation within its own inputs.
  auto invitation = std::make_shared<OneShot<std::string>>();
  world_.after(world_.between(1'000, 5'000), [this, &inviter, text = registration->text, invitation] {
    inviter.act([&] {
      inviter.tasks_.spawn([](Actor& from, Actor& to, std::string code,
                              std::shared_ptr<OneShot<std::string>> result) -> Task<void> {
        if (!from.client_.membership() || from.client_.key() == nullptr) co_return;  // it was removed meanwhile
        const auto made =
            co_await realm::make_invitation(from.host_, from.client_.network_now(), from.client_.identity(),
                                            *from.client_.membership(), *from.client_.key(), code);
        from.world_.after(1'000, [&to, result, made = made ? made->text : ""] { to.act([&] { result->set(made); }); });
      }(inviter, *this, text, invitation));
    });
  });
  const std::string text = co_await *invitation;
  auto membership = co_await realm::accept_invitation(host_, client_.identity(), text);
  if (!membership) {
    world_.violate("an honest invitation was refused: " + wire::sentence_of(membership.error()));
    co_return;
  }
  Result<void, wire::Error> entered = unexpected(wire::Error{});
  while (!entered) {
    client_.enter(*membership);
    entered = co_await client_.entered();
    if (entered) co_return;
    client_.forget();
    if (entered.error().code == wire::ErrorCode::invitation_invalid) co_return;  // its inviter was removed
  }
}

/// "" if there is none.
std::string Actor::any_other_member() {
  std::vector<std::string> others;
  for (const ledger::Member& member : client_.members()) {
    if (member.id != key_.id) others.push_back(member.id);
  }
  return others.empty() ? "" : others[world_.random().below(others.size())];
}

void Actor::mislead() {
  if (serves_feeds_) return;  // might have been asked
  act([this] {
    const std::string peer = any_other_member();
    const std::string url = feed_address(world_.between(0, feeds_known - 1));
    for (std::int64_t seq = 1; seq <= seqs_guessed && !peer.empty(); ++seq) {
      const Json lie = {{"url", url}, {"feed", {{"title", "not " + url}, {"items", Json::array()}}}};
      client_.mesh().send(peer, wire::response("feed.fetch", seq, lie));
    }
  });
}

void Actor::talk() {
  act([this] {
    const std::string peer = any_other_member();
    if (peer.empty()) return;
    const auto number = static_cast<std::int64_t>(sent_[peer].size());
    const std::size_t octets = world_.random().chance(5) ? world_.random().below(long_message_max) : 0;
    const wire::Envelope message = wire::event(talk_msg, {{"n", number}, {"ballast", std::string(octets, 'x')}});
    if (client_.mesh().send(peer, message)) sent_[peer].push_back(number);
  });
}

}  // namespace skypod::sim
