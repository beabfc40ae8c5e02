// Brings the replica's conversation to the peers and back, and shows what came of it.
#include "core/device/device.hpp"

namespace skypod::device {

Task<void> Device::begin_sync(std::string peer) {
  const auto turn = co_await library_mutex_.lock();
  if (broken_) {
    co_return;
  }
  client_.mesh().send(peer, co_await exchange_.connected(peer));
}

Task<void> Device::receive_sync(std::string peer, std::string msg, Json dat) {
  const auto turn = co_await library_mutex_.lock();
  if (broken_) {
    co_return;
  }
  const sync::Outcome outcome = co_await exchange_.receive(peer, std::move(msg), std::move(dat));
  for (const wire::Envelope& reply : outcome.replies) client_.mesh().send(peer, reply);
  for (const std::string& other : client_.mesh().connected_peers()) {
    for (const wire::Envelope& news : outcome.news) {
      if (other != peer) client_.mesh().send(other, news);
    }
  }
  if (outcome.progress) {
    const sync::Progress progress = exchange_.progress(peer);
    host_.tell(core::out::Told{"sync.progress", {{"peer", peer}, {"done", progress.done}, {"left", progress.left}}});
  }
  if (outcome.problem && !std::exchange(storage_warned_, true)) {
    const std::string text = "What other devices did cannot be stored here. " + wire::sentence_of(*outcome.problem);
    notify("warning", "not_stored", text, Json::object());
  }
  if (!outcome.collections.empty()) co_await reflect(outcome.collections);
}

/// Makes up for what was passed over.
Task<void> Device::resume_sync() {
  const auto turn = co_await library_mutex_.lock();
  for (const auto& [peer, message] : exchange_.resume(client_.mesh().connected_peers())) {
    client_.mesh().send(peer, message);
  }
}

/// Shows what changed from elsewhere.
Task<void> Device::reflect(std::set<std::string> collections) {
  storage_warned_ = false;
  if (collections.contains(library::collection::device)) co_await load_names();
  if (collections.contains(library::collection::subscription)) tasks_.spawn(refresh_unfetched());
  library_changed(std::move(collections));
}

void Device::push(const sync::Section& section) {
  if (section.changes.empty()) {
    return;
  }
  const wire::Envelope message = exchange_.tell(section);
  for (const std::string& peer : client_.mesh().connected_peers()) client_.mesh().send(peer, message);
}

}  // namespace skypod::device
