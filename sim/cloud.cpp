#include "sim/cloud.hpp"

#include <vector>

#include "base/base64url.hpp"

namespace skypod::sim {

Cloud::Cloud(World& world) : world_(world), server_(std::make_unique<signal::Server>(verifier_)) {}

std::uint64_t Cloud::connect(LinkListener listener) {
  const std::uint64_t id = ++last_link_;
  links_.emplace(id, world_).first->second.listener = std::move(listener);
  world_.after(world_.between(1, 200), [this, id] { accept(id); });
  return id;
}

void Cloud::accept(std::uint64_t id) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.broken || !found->second.client_here) {
    return;
  }
  found->second.server_here = true;
  to_client(id, [](Link& link) { link.listener.opened(); });
  handle(signal::Opened{id, "192.0.2.1", base64url_encode(world_.random().bytes(16))});
}

/// Delivers to the client's end, in order, unless the link breaks or the client hangs up before.
void Cloud::to_client(std::uint64_t id, std::function<void(Link&)> what) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  found->second.down.push(1, 150, [this, id, what = std::move(what)] {
    const auto link = links_.find(id);
    if (link != links_.end() && !link->second.broken && link->second.client_here) what(link->second);
  });
}

void Cloud::send(std::uint64_t id, std::string text) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  found->second.up.push(1, 150, [this, id, text = std::move(text)] {
    const auto link = links_.find(id);
    if (link != links_.end() && !link->second.broken && link->second.server_here) handle(signal::Frame{id, text});
  });
}

void Cloud::hang_up(std::uint64_t id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  found->second.client_here = false;
  found->second.up.push(1, 3'000, [this, id] {
    const auto link = links_.find(id);
    if (link == links_.end()) return;
    const bool told = std::exchange(link->second.server_here, false);
    links_.erase(link);
    if (told) handle(signal::Closed{id});
  });
}

void Cloud::break_link(std::uint64_t id) {
  Link& link = links_.at(id);
  link.broken = true;
  world_.after(world_.between(1, 4'000), [this, id] {
    const auto found = links_.find(id);
    if (found != links_.end() && std::exchange(found->second.client_here, false)) found->second.listener.closed();
  });
  world_.after(world_.between(1, 8'000), [this, id] {
    const auto found = links_.find(id);
    if (found != links_.end() && std::exchange(found->second.server_here, false)) handle(signal::Closed{id});
  });
}

void Cloud::break_one() {
  std::vector<std::uint64_t> whole;
  for (const auto& [id, link] : links_) {
    if (!link.broken && link.client_here) whole.push_back(id);
  }
  if (whole.empty()) return;
  world_.note("link breaks");
  break_link(whole[world_.random().below(whole.size())]);
}

void Cloud::restart() {
  world_.note("server restarts");
  ++generation_;
  server_ = std::make_unique<signal::Server>(verifier_);
  for (auto& [id, link] : links_) {
    link.server_here = false;
    if (!link.broken) break_link(id);
  }
}

void Cloud::wipe() {
  world_.note("server is wiped");
  registry_ = {};
  restart();
}

void Cloud::handle(const signal::Input& input) {
  server_->handle(input, world_.now());
  for (signal::Output& output : server_->drain()) carry_out(output);
  schedule_tick();
}

void Cloud::carry_out(signal::Output& output) {
  if (const auto* send = std::get_if<signal::Send>(&output)) {
    world_.note("server sends", *send->frame);
    to_client(send->socket, [frame = send->frame](Link& link) { link.listener.frame(*frame); });
  } else if (const auto* close = std::get_if<signal::Close>(&output)) {
    const auto found = links_.find(close->socket);
    if (found != links_.end()) found->second.server_here = false;
    to_client(close->socket, [](Link& link) {
      link.client_here = false;
      link.listener.closed();
    });
  } else if (auto* store = std::get_if<signal::Store>(&output)) {
    world_.after(world_.between(1, 30),
                 [this, generation = generation_, store = std::move(*store)] { commit(generation, store); });
  }
}

void Cloud::commit(std::uint64_t generation, const signal::Store& store) {
  if (generation != generation_ && world_.random().chance(50)) {
    return;  // the old process did not get round to it
  }
  const signal::StoreResult result = registry_.apply(store.op);
  if (generation == generation_) handle(signal::Stored{store.request, result});
}

void Cloud::schedule_tick() {
  const auto deadline = server_->next_deadline();
  if (!deadline) return;
  world_.after(std::max<TimeMs>(0, *deadline - world_.now()), [this, generation = generation_, at = *deadline] {
    const bool due = generation == generation_ && server_->next_deadline() == at;
    if (due) handle(signal::Tick{});
  });
}

}  // namespace skypod::sim
