#include "core/sync/exchange.hpp"

#include <algorithm>

#include "core/wire/fields.hpp"

namespace skypod::sync {
namespace {

constexpr std::size_t pair_octets = Author::octets_size + Stamp::octets_size;
constexpr std::size_t digest_octets = 4;
constexpr std::size_t stand_octets = digest_octets + 8;
constexpr std::size_t message_octets_max = 190 * 1024;

constexpr std::string_view have_msg = "sync.have";
constexpr std::string_view news_msg = "sync.news";
constexpr std::string_view changes_msg = "sync.changes";
constexpr std::string_view ranges_msg = "sync.ranges";

Bytes packed_versions(const Versions& versions) {
  Bytes out;
  for (const auto& [author, stamp] : versions) out += author.octets() + stamp.octets();
  return out;
}

std::uint64_t count_of(const std::vector<Section>& sections) {
  std::uint64_t count = 0;
  for (const Section& section : sections) count += section.changes.size();
  return count;
}

wire::Envelope changes_message(const std::vector<Section>& sections) {
  return wire::event(changes_msg, {{"p", wire::binary(pack(sections))}});
}

}  // namespace

wire::Envelope Exchange::claim(std::string_view msg) const {
  return wire::event(msg, {{"v", wire::binary(packed_versions(replica_.versions()))},
                           {"s", wire::binary(Stamp{replica_.summary().sum}.octets())}});
}

std::optional<Exchange::Claim> Exchange::read_claim(const Json& dat) {
  wire::Fields fields(dat);
  const Bytes octets = fields.octets("v", authors_max * pair_octets);
  Claim claim;
  for (std::size_t at = 0; at + pair_octets <= octets.size(); at += pair_octets) {
    const auto author = Author::from_octets(BytesView(octets).substr(at, Author::octets_size));
    const auto stamp = Stamp::from_octets(BytesView(octets).substr(at + Author::octets_size, Stamp::octets_size));
    claim.versions[*author] = *stamp;
  }
  if (dat.is_object() && dat.contains("s")) {
    const auto sum = Stamp::from_octets(fields.octets("s", 8));
    if (sum) claim.sum = sum->value;
  }
  return fields.ok() && octets.size() % pair_octets == 0 ? std::optional(std::move(claim)) : std::nullopt;
}

wire::Envelope Exchange::ask(Peer& peer) {
  peer.asked = true;
  peer.progressed = false;
  peer.told = stand();
  return claim(have_msg);
}

/// Says where this replica stands.
wire::Envelope Exchange::say(Peer& peer) {
  peer.told = stand();
  return claim(news_msg);
}

bool Exchange::may_ask(Peer& peer) {
  return peer.requests.take(limits_.requests, replica_.host_time());
}

bool Exchange::may_say(Peer& peer, std::string_view msg) {
  return msg == changes_msg ? peer.changes.take(limits_.changes, replica_.host_time()) : may_ask(peer);
}

bool Exchange::may_send(Peer& peer, const wire::Envelope& message) {
  const std::size_t octets = message.dat["p"].get_binary().size();
  const bool may =
      peer.answers.take(limits_.answers, replica_.host_time(), static_cast<wire::TimeMs>(1 + octets / 1024));
  peer.passed_over = peer.passed_over || !may;
  return may;
}

/// Does nothing for a message beyond the limits, but ends the answer that one of the two may wait for. That changes are
/// lost by it the peer is told once until resume().
void Exchange::pass_over(Peer& peer, std::string_view msg, const Json& dat, Outcome& outcome) {
  const bool known = std::exchange(peer.passed_over, true);
  if (msg == changes_msg) {
    if (dat.is_object() && dat.contains("e")) peer.asked = false;
    if (!known) outcome.replies.push_back(wire::refusal(changes_msg, {}, {ErrorCode::rate_limited, ""}));
  }
  if (msg != have_msg) return;
  wire::Envelope end = changes_message({});
  end.dat["e"] = wire::binary(stand());
  outcome.replies.push_back(std::move(end));
}

bool Exchange::has_passed_over() const {
  return std::ranges::any_of(peers_, [](const auto& entry) { return entry.second.passed_over; });
}

std::vector<std::pair<std::string, wire::Envelope>> Exchange::resume(const std::vector<std::string>& connected) {
  std::vector<std::pair<std::string, wire::Envelope>> messages;
  for (auto& [name, peer] : peers_) {
    const bool present = std::ranges::find(connected, name) != connected.end();
    if (!peer.passed_over || (present && !may_ask(peer))) continue;
    peer.passed_over = false;
    if (!present) continue;
    messages.emplace_back(name, say(peer));  // what it lacks it asks for
    if (!peer.asked) messages.emplace_back(name, ask(peer));
  }
  return messages;
}

Task<wire::Envelope> Exchange::connected(std::string peer) {
  co_await replica_.mend_clock();  // a claim must not name what is about to be given up
  Peer& state = peers_[peer];
  state.begin();
  co_return ask(state);
}

wire::Envelope Exchange::tell(const Section& section) {
  Meter meter;
  for (const Change& change : section.changes) {
    if (!meter.take(change)) return news();  // too much for one message: who wants it asks
  }
  wire::Envelope message = changes_message({section});
  message.dat["s"] = wire::binary(stand());
  for (auto& [name, peer] : peers_) peer.told = stand();
  return message;
}

wire::Envelope Exchange::news() {
  for (auto& [name, peer] : peers_) peer.told = stand();
  return claim(news_msg);
}

Progress Exchange::progress(const std::string& peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? Progress{} : found->second.transfer;
}

/// Equal vectors with unequal sums: one of the claims is wrong.
bool Exchange::suspicious(const Claim& claim) const {
  return claim.sum && claim.versions == replica_.versions() && replica_.summary().sum != *claim.sum;
}

Task<Outcome> Exchange::receive(std::string peer, std::string msg, Json dat) {
  Outcome outcome;
  const auto mended = co_await replica_.mend_clock();
  Peer& state = peers_[peer];  // never removed, so it outlives every wait
  if (mended && *mended) outcome.news.push_back(claim(news_msg)), outcome.replies.push_back(say(state));
  if (!may_say(state, msg)) {
    pass_over(state, msg, dat, outcome);
  } else if (msg == have_msg) {
    co_await on_have(state, dat, outcome);
  } else if (msg == news_msg) {
    co_await on_news(state, dat, outcome);
  } else if (msg == changes_msg) {
    co_await on_changes(state, dat, outcome);
  } else if (msg == ranges_msg) {
    co_await on_ranges(state, dat, outcome);
  }
  co_return outcome;
}

Task<void> Exchange::on_have(Peer& peer, const Json& dat, Outcome& outcome) {
  auto claim = read_claim(dat);
  if (!claim) {
    co_return;
  }
  // Both sides say what they have when a channel opens, so one of the two begins to compare.
  if (suspicious(*claim) && replica_.summary().sum < *claim->sum) co_await compare(outcome);
  Versions theirs = claim->versions;
  std::optional<std::uint64_t> left;  // counted once, if it does not fit into one message
  for (std::size_t sent = 0; sent < answer_max; ++sent) {
    const auto batch = co_await replica_.next_batch(theirs);
    if (!batch) co_return;
    wire::Envelope message = changes_message(batch->sections);
    const bool may = may_send(peer, message);
    if (!may) message = changes_message({});
    if (left) {
      *left -= std::min(*left, count_of(batch->sections));
    } else if (!batch->complete) {
      const auto lacking = co_await replica_.count_lacking(theirs);
      left = lacking ? *lacking : 0;
    }
    const bool over = batch->complete && may;
    if (!over || left) message.dat["left"] = over ? 0 : std::max<std::uint64_t>(left.value_or(0), 1);
    const bool end = over || !may || sent + 1 == answer_max;
    if (end) message.dat["e"] = wire::binary(peer.told = stand());
    outcome.replies.push_back(std::move(message));
    if (end) co_return;
  }
}

Task<void> Exchange::on_news(Peer& peer, const Json& dat, Outcome& outcome) {
  const auto claim = read_claim(dat);
  if (!claim) {
    co_return;
  }
  if (replica_.lacks(claim->versions)) {
    if (!peer.asked) outcome.replies.push_back(ask(peer));
  } else if (suspicious(*claim)) {
    co_await compare(outcome);  // whoever sent it knows nothing of our sum, so it falls to us, whichever is smaller
  }
}

Task<void> Exchange::on_changes(Peer& peer, const Json& dat, Outcome& outcome) {
  wire::Fields fields(dat);
  auto sections = unpack(fields.octets("p", message_octets_max));
  const auto left = static_cast<std::uint64_t>(fields.optional_integer("left", 0, INT64_MAX).value_or(0));
  const Bytes end_stand = dat.is_object() && dat.contains("e") ? fields.octets("e", stand_octets) : "";
  const bool end = !end_stand.empty();
  const Bytes live_stand = dat.is_object() && dat.contains("s") ? fields.octets("s", stand_octets) : "";
  if (!fields.ok() || !sections) {
    co_return;
  }
  const std::uint64_t count = count_of(*sections);
  const auto applied = co_await replica_.apply(std::move(*sections));
  if (!applied) {
    outcome.problem = applied.error();
    peer.asked = peer.asked && !end;
    co_return;
  }
  peer.progressed = peer.progressed || !applied->advanced.empty();
  if (left > 0 || peer.transfer.left > 0) {
    outcome.progress = true;
    peer.transfer = {peer.transfer.done + count, left};
  }
  if (end) peer.asked = false;
  // Without progress since the last time, asking again would bring the same again.
  const bool again = (end && left > 0 && peer.progressed) || (applied->gap && !peer.asked);
  if (again) outcome.replies.push_back(ask(peer));
  const bool settled = !again && left == 0 && !peer.asked;
  if (settled && (end || !live_stand.empty())) co_await check_stand(peer, end ? end_stand : live_stand, outcome);
  spread(peer, *applied, outcome);
}

Bytes Exchange::stand() const {
  const std::uint64_t digest = digest_of(packed_versions(replica_.versions()));
  return Stamp{digest}.octets().substr(0, digest_octets) + Stamp{replica_.summary().sum}.octets();
}

/// An answer has ended or a live change has come, so this replica should now be where the other one stood. If it has
/// more, the other one gets that at the same time, and is asked to look at the outcome; if it differs all the same, one
/// of the claims was wrong.
Task<void> Exchange::check_stand(Peer& peer, const Bytes& theirs, Outcome& outcome) {
  const Bytes ours = stand();
  if (ours == theirs) {
    co_return;
  }
  if (ours.substr(0, digest_octets) == theirs.substr(0, digest_octets)) {
    co_await compare(outcome);
  } else if (ours != peer.told) {
    outcome.replies.push_back(say(peer));
  }
}

/// What was new here may be new to others. They hear the sum too: two that come to the same by different ways have
/// nobody else to compare them.
void Exchange::spread(const Peer& from, const Applied& applied, Outcome& outcome) {
  outcome.collections.insert(applied.collections.begin(), applied.collections.end());
  if (applied.advanced.empty() && applied.won == 0) {
    return;
  }
  outcome.news.push_back(claim(news_msg));
  for (auto& [name, peer] : peers_) {
    if (&peer != &from) peer.told = stand();
  }
}

Task<void> Exchange::compare(Outcome& outcome) {
  const auto index = co_await replica_.index();
  if (index) outcome.replies.push_back(wire::event(ranges_msg, {{"r", wire::binary(open_ranges(**index))}}));
}

Task<void> Exchange::on_ranges(Peer& peer, const Json& dat, Outcome& outcome) {
  wire::Fields fields(dat);
  const Bytes message = fields.octets("r", message_octets_max);
  const auto index = co_await replica_.index();
  auto answer = fields.ok() && index ? answer_ranges(**index, message) : std::nullopt;
  if (!answer) {
    co_return;
  }
  for (std::size_t sent = 0; sent < answer_max && !answer->lacks.empty(); ++sent) {
    const auto batch = co_await replica_.fetch(answer->lacks);
    if (!batch) co_return;
    if (batch->sections.empty()) continue;
    wire::Envelope changes = changes_message(batch->sections);
    if (!may_send(peer, changes)) break;
    outcome.replies.push_back(std::move(changes));
  }
  // Beyond that, what is missing shows when the two compare again.
  if (!answer->lacks.empty()) outcome.replies.push_back(say(peer));
  if (!answer->reply.empty()) outcome.replies.push_back(wire::event(ranges_msg, {{"r", wire::binary(answer->reply)}}));
}

}  // namespace skypod::sync
