#include "core/device/helpers.hpp"

#include <algorithm>
#include <utility>

#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

using wire::Envelope;
using wire::ErrorCode;

constexpr std::string_view offer_msg = "feed.offer";
constexpr std::size_t kinds_max = 16;  // of requests that an offer names

/// `reason`: the same as `why`, as a code.
Error failed(std::string_view reason, std::string why) {
  return {ErrorCode::feed_failed, std::move(why), std::string(reason)};
}

}  // namespace

void Helpers::offer(std::string_view msg, Allowance allowance, Serve serve) {
  works_.emplace(msg, Work{allowance, std::move(serve), {}});
}

bool Helpers::has(std::string_view msg) const {
  return std::ranges::any_of(helpers_, [msg](const auto& helper) {
    return msg == feed_fetch_msg || helper.second.contains(std::string(msg));
  });
}

bool Helpers::is_for(std::string_view msg) const {
  return msg == offer_msg || works_.contains(msg);
}

std::vector<std::string> Helpers::askable(std::string_view msg) const {
  std::vector<std::string> peers;
  for (const auto& [peer, kinds] : helpers_) {
    const bool takes = msg == feed_fetch_msg || kinds.contains(std::string(msg));
    if (takes && !silent_.contains(peer) && peers.size() < helpers_tried_max) peers.push_back(peer);
  }
  return peers;
}

Task<Helpers::Outcome> Helpers::ask(std::string_view msg, Json dat, IsGood is_good) {
  Outcome outcome = unexpected(failed("helper_silent", "Your device that fetches feeds does not answer."));
  for (std::string& peer : askable(msg)) {
    outcome = co_await ask_one(std::move(peer), msg, dat, is_good);
    if (outcome) break;
  }
  co_return outcome;
}

Task<Helpers::Outcome> Helpers::ask_one(std::string peer, std::string_view msg, Json dat, IsGood is_good) {
  const std::int64_t seq = ++last_seq_;
  const auto wanted = std::make_shared<Wanted>();
  wanted->url = dat["url"].get<std::string>();
  wanted->is_good = std::move(is_good);
  const bool is_sent = client_.mesh().send(peer, wire::request(msg, seq, std::move(dat))).has_value();
  if (!is_sent) {
    co_return unexpected(failed("helper_busy", "Your device that fetches feeds does not take any more requests."));
  }
  wanted->peer = std::move(peer);
  wanted->deadline_ms = host_.now() + helper_patience_ms;
  wanted_[seq] = wanted;
  co_return co_await wanted->outcome;
}

void Helpers::connected(const std::string& peer) {
  if (!serves_) return;
  Json dat = Json::object();
  for (const auto& [msg, work] : works_) {
    if (msg != feed_fetch_msg) dat["also"].push_back(msg);
  }
  client_.mesh().send(peer, wire::event(offer_msg, std::move(dat)));
}

void Helpers::disconnected(const std::string& peer) {
  helpers_.erase(peer);
  silent_.erase(peer);
  std::vector<std::int64_t> lost;
  for (const auto& [seq, wanted] : wanted_) {
    if (wanted->peer == peer) lost.push_back(seq);
  }
  const Error gone = failed("helper_gone", "Your device that fetches feeds is gone.");
  for (const std::int64_t seq : lost) settle(seq, unexpected(gone));
}

Task<void> Helpers::receive(std::string peer, Envelope message) {
  silent_.erase(peer);
  if (message.msg == offer_msg) {
    take_offer(peer, message.dat);
  } else if (message.typ == wire::Typ::req) {
    co_await serve(std::move(peer), std::move(message));
  } else {
    take_answer(peer, message);
  }
}

/// What is no list of names in an offer is none.
void Helpers::take_offer(const std::string& peer, const Json& dat) {
  if (!client_.mesh().connected(peer)) return;
  std::set<std::string> kinds;
  const auto also = dat.find("also");
  if (also != dat.end() && also->is_array() && also->size() <= kinds_max) {
    for (const Json& kind : *also) {
      if (kind.is_string()) kinds.insert(kind.get<std::string>());
    }
  }
  helpers_[peer] = std::move(kinds);
}

/// Answers another device of the realm. What does not go out is given up there.
Task<void> Helpers::serve(std::string peer, Envelope request) {
  wire::Fields fields(request.dat);
  const std::string url = fields.text("url", library::url_max);
  Outcome outcome = co_await work_for(peer, request.msg, std::move(request.dat));
  if (outcome) (*outcome)["url"] = url;
  client_.mesh().send(peer, outcome ? wire::response(request.msg, request.seq, std::move(*outcome))
                                    : wire::refusal(request.msg, request.seq, outcome.error()));
}

Task<Helpers::Outcome> Helpers::work_for(std::string peer, std::string msg, Json dat) {
  if (!serves_) co_return unexpected(failed("helper_refuses", "That device fetches nothing for others."));
  Work& work = works_.find(msg)->second;
  Served& served = work.served[peer];
  if (served.now >= work.allowance.at_once || !served.bucket.take(work.allowance.rate, host_.now())) {
    co_return unexpected(failed("helper_busy", "Your device that fetches feeds is busy. Try again in a minute."));
  }
  ++served.now;
  Outcome outcome = co_await work.serve(std::move(dat));
  --served.now;
  co_return outcome;
}

void Helpers::take_answer(const std::string& peer, const Envelope& message) {
  const auto found = wanted_.find(message.seq.value_or(0));
  if (found == wanted_.end() || found->second->peer != peer) return;
  if (message.typ == wire::Typ::err) return settle(found->first, unexpected(wire::error_from_json(message.dat)));
  wire::Fields fields(message.dat);
  const bool is_asked_for = fields.text("url", library::url_max) == found->second->url;  // not in an earlier life
  settle(found->first, fields.ok() && is_asked_for && found->second->is_good(message.dat)
                           ? Outcome(message.dat)
                           : unexpected(failed("bad_reply", "Your device that fetches feeds did not answer well.")));
}

void Helpers::settle(std::int64_t seq, Outcome outcome) {
  const auto found = wanted_.extract(seq);
  if (found) found.mapped()->outcome.set(std::move(outcome));
}

void Helpers::tick() {
  std::vector<std::int64_t> late;
  for (const auto& [seq, wanted] : wanted_) {
    if (wanted->deadline_ms <= host_.now()) late.push_back(seq);
  }
  for (const std::int64_t seq : late) {
    silent_.insert(wanted_[seq]->peer);
    settle(seq, unexpected(failed("helper_silent", "Your device that fetches feeds took too long.")));
  }
}

std::optional<TimeMs> Helpers::next_deadline() const {
  std::optional<TimeMs> first;
  for (const auto& [seq, wanted] : wanted_) first = std::min(first.value_or(wanted->deadline_ms), wanted->deadline_ms);
  return first;
}

}  // namespace skypod::device
