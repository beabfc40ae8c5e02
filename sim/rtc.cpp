#include "sim/rtc.hpp"

#include <vector>

namespace skypod::sim {
namespace {

/// A description is "kind serial owner rtc" and, for an answer, the serial of the offer that it answers.
struct Parsed {
  std::string kind;
  std::string serial;
  std::size_t owner = 0;
  core::RtcId rtc = 0;
  std::string answers;
};

Parsed parse(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char letter : text) {
    if (letter == ' ') {
      words.emplace_back();
    } else {
      words.back() += letter;
    }
  }
  words.resize(5);
  return {words[0], words[1], static_cast<std::size_t>(std::stoul("0" + words[2])),
          static_cast<core::RtcId>(std::stoul("0" + words[3])), words[4]};
}

}  // namespace

RtcFabric::Endpoint* RtcFabric::find(Name name) {
  const auto found = endpoints_.find(name);
  return found == endpoints_.end() ? nullptr : found->second.get();
}

std::string RtcFabric::fresh(Name name, const char* kind) {
  return std::string(kind) + " " + std::to_string(++serial_) + " " + std::to_string(name.first) + " " +
         std::to_string(name.second);
}

void RtcFabric::open(std::size_t owner, core::RtcId rtc, RtcListener listener) {
  auto endpoint = std::make_unique<Endpoint>(world_);
  endpoint->listener = std::move(listener);
  endpoints_[{owner, rtc}] = std::move(endpoint);
}

void RtcFabric::describe(Name name, bool is_offer, const std::string& sdp) {
  world_.after(world_.between(1, 30), [this, name, is_offer, sdp] {
    Endpoint* endpoint = find(name);
    if (endpoint == nullptr) return;
    if (is_offer) endpoint->offer = sdp;
    endpoint->listener.local(name.second, is_offer, sdp);
    world_.after(world_.between(0, 20), [this, name] {
      if (Endpoint* still = find(name)) still->listener.candidate(name.second, fresh(name, "candidate"));
    });
  });
}

void RtcFabric::offer(std::size_t owner, core::RtcId rtc) {
  describe({owner, rtc}, true, fresh({owner, rtc}, "offer"));
}

void RtcFabric::remote(std::size_t owner, core::RtcId rtc, bool is_offer, const std::string& sdp) {
  const Name name{owner, rtc};
  Endpoint* endpoint = find(name);
  if (endpoint == nullptr) {
    world_.violate("a description was set on a connection that is closed");
    return;
  }
  if (is_offer) {
    apply_offer(name, *endpoint, sdp);
  } else {
    apply_answer(name, *endpoint, sdp);
  }
}

void RtcFabric::apply_offer(Name name, Endpoint& endpoint, const std::string& sdp) {
  const Parsed offer = parse(sdp);
  endpoint.offer.clear();  // rolled back, if there was one
  endpoint.remote = sdp;
  endpoint.other = {offer.owner, offer.rtc};
  endpoint.bound = true;
  describe(name, false, fresh(name, "answer") + " " + offer.serial);
}

void RtcFabric::apply_answer(Name name, Endpoint& endpoint, const std::string& sdp) {
  const Parsed answer = parse(sdp);
  if (endpoint.offer.empty() || parse(endpoint.offer).serial != answer.answers) {
    world_.violate("an answer was applied to an offer that it does not answer");
    return;
  }
  endpoint.remote = sdp;
  endpoint.other = {answer.owner, answer.rtc};
  endpoint.bound = true;
  try_open(name);
}

void RtcFabric::candidate(std::size_t owner, core::RtcId rtc, const std::string& candidate) {
  const Name name{owner, rtc};
  Endpoint* endpoint = find(name);
  if (endpoint == nullptr) return;
  const Parsed parsed = parse(candidate);
  if (endpoint->bound && endpoint->other != Name{parsed.owner, parsed.rtc}) {
    world_.violate("a candidate of another connection was added");
    return;
  }
  endpoint->has_candidate = true;
  try_open(name);
  if (endpoint->bound) try_open(endpoint->other);
}

void RtcFabric::try_open(Name name) {
  Endpoint* here = find(name);
  Endpoint* there = here != nullptr && here->bound ? find(here->other) : nullptr;
  if (there == nullptr || here->is_open || there->is_open || !there->bound || there->other != name ||
      !here->has_candidate || !there->has_candidate) {
    return;
  }
  if (world_.random().chance(never_open_)) {
    here->bound = false;  // their packets never meet
    return;
  }
  here->is_open = there->is_open = true;
  for (const Name end : {name, here->other}) {
    world_.after(world_.between(1, 80), [this, end] {
      if (Endpoint* endpoint = find(end)) endpoint->listener.opened(end.second);
    });
  }
}

void RtcFabric::send(std::size_t owner, core::RtcId rtc, Bytes octets, bool report_drained) {
  Endpoint* endpoint = find({owner, rtc});
  if (endpoint == nullptr || !endpoint->is_open) {
    world_.violate("a message was sent on a channel that is not open");
    return;
  }
  const Name other = endpoint->other;
  endpoint->outgoing.push(90, 200, [this, other, from = Name{owner, rtc}, octets = std::move(octets)] {
    Endpoint* receiver = find(other);
    const Endpoint* sender = find(from);
    if (receiver == nullptr || receiver->silent || sender == nullptr) return;
    receiver->listener.message(other.second, octets);
  });
  if (report_drained) {
    world_.after(world_.between(0, 300), [this, name = Name{owner, rtc}] {
      if (Endpoint* still = find(name)) still->listener.drained(name.second);
    });
  }
}

void RtcFabric::fail_later(Name name) {
  world_.after(world_.between(1, 5'000), [this, name] {
    if (Endpoint* endpoint = find(name)) endpoint->listener.failed(name.second);
  });
}

void RtcFabric::close(std::size_t owner, core::RtcId rtc) {
  const Endpoint* endpoint = find({owner, rtc});
  if (endpoint == nullptr) return;
  const Name other = endpoint->other;
  const bool told = endpoint->is_open && !endpoint->silent;
  endpoints_.erase({owner, rtc});
  if (told) fail_later(other);
}

void RtcFabric::close_all(std::size_t owner) {
  std::vector<core::RtcId> owned;
  for (const auto& [name, endpoint] : endpoints_) {
    if (name.first == owner) owned.push_back(name.second);
  }
  for (const core::RtcId rtc : owned) close(owner, rtc);
}

void RtcFabric::break_one(bool silently) {
  std::vector<Name> open;
  for (const auto& [name, endpoint] : endpoints_) {
    if (endpoint->is_open) open.push_back(name);
  }
  if (open.empty()) return;
  const Name name = open[world_.random().below(open.size())];
  Endpoint* here = find(name);
  world_.note(silently ? "channel falls silent" : "channel breaks");
  for (const Name end : {name, here->other}) {
    Endpoint* endpoint = find(end);
    if (endpoint == nullptr) continue;
    endpoint->silent = true;
    if (!silently) fail_later(end);
  }
}

}  // namespace skypod::sim
