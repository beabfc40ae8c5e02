// What devices tell each other about their documents: who has what, and what is new.
#include <algorithm>

#include "core/device/device.hpp"

namespace skypod::device {

Task<void> Device::on_have(std::string peer, Json dat) {
  const Result<sync::Versions, Error> theirs = sync::Replica::read_versions(dat);
  if (!theirs) {
    co_return;
  }
  const auto turn = co_await library_mutex_.lock();
  const Result<std::vector<wire::Envelope>, Error> messages = co_await library_.replica().changes_since(*theirs);
  for (const wire::Envelope& message : messages ? *messages : std::vector<wire::Envelope>{}) {
    client_.mesh().send(peer, message);
  }
}

void Device::on_news(const std::string& peer, const Json& dat) {
  const Result<sync::Versions, Error> theirs = sync::Replica::read_versions(dat);
  if (theirs && library_.replica().lacks(*theirs)) {
    client_.mesh().send(peer, library_.replica().have());
  }
}

Task<void> Device::on_changes(std::string peer, Json dat) {
  const auto turn = co_await library_mutex_.lock();
  const Result<sync::Applied, Error> applied = co_await library_.replica().apply(std::move(dat));
  if (!applied) {
    co_return;
  }
  if (applied->advanced) progressed_.insert(peer);
  // Without progress since the last time, asking again would bring the same again.
  const bool ask_again = applied->gap || (applied->more && progressed_.erase(peer) > 0);
  if (ask_again) client_.mesh().send(peer, library_.replica().have());
  if (applied->touched.empty()) {
    co_return;
  }
  co_await reflect(applied->touched);
  for (const std::string& other : client_.mesh().connected_peers()) {
    if (other != peer) client_.mesh().send(other, library_.replica().news());
  }
}

/// Shows what changed from elsewhere.
Task<void> Device::reflect(std::set<sync::DocumentId> touched) {
  const auto has = [&](std::string_view collection) {
    return std::ranges::any_of(touched, [&](const auto& id) { return id.collection == collection; });
  };
  if (has("device")) co_await load_names();
  library_changed();
  if (has("subscription")) tasks_.spawn(refresh_unfetched());
}

void Device::push(const wire::Envelope& message) {
  for (const std::string& peer : client_.mesh().connected_peers()) {
    client_.mesh().send(peer, message);
  }
}

}  // namespace skypod::device
