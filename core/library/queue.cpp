// The queue: an ordered set of episodes that merges entry by entry and is never written whole. What this device changed
// it can take back.
#include <algorithm>

#include "core/library/library.hpp"
#include "core/library/order.hpp"

namespace skypod::library {
namespace {

Json to_history(const QueueEntry& entry, const std::string& place) {
  return {entry.feed, entry.episode, place};
}

Error not_queued() {
  return {ErrorCode::bad_input, "That episode is not in the queue. Add it first."};
}

}  // namespace

/// All entries in order.
Task<Result<std::vector<Library::Place>, Error>> Library::places() {
  const Rows rows = co_await query(
      {{"SELECT feed, episode, place FROM queue ORDER BY place, feed, episode LIMIT ?", Json::array({queue_max + 1})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::vector<Place> list;
  for (const Json& row : (*rows)[0]) {
    list.push_back({{row[0].get<std::string>(), row[1].get<std::string>()}, row[2].get<std::string>()});
  }
  co_return list;
}

/// Writes entries' new places ("" for none), after noting for undo where they were.
Library::Written Library::write_places(std::vector<Place> before, std::vector<Place> after) {
  Json history = Json::array();
  for (const Place& place : before) history.push_back(to_history(place.entry, place.place));
  const Result<void, Error> noted =
      co_await execute({{"INSERT INTO queue_history(before) VALUES(?)", Json::array({wire::to_json(history)})},
                        {"DELETE FROM queue_history WHERE id <= (SELECT max(id) FROM queue_history) - ?",
                         Json::array({queue_undo_max})}});
  if (!noted) {
    co_return unexpected(noted.error());
  }
  std::vector<sync::Write> writes;
  for (const Place& place : after) {
    writes.push_back(
        {queue_address(place.entry.feed, place.entry.episode), place.place.empty() ? Json() : Json(place.place)});
  }
  co_return co_await write(std::move(writes));
}

Library::Written Library::queue_add(QueueEntry entry, bool next) {
  const auto list = co_await places();
  if (!list) {
    co_return unexpected(list.error());
  }
  if (list->size() >= queue_max) {
    co_return unexpected(Error{ErrorCode::bad_input, "The queue is full. Remove some episodes from it first."});
  }
  const std::string first = list->empty() ? "" : list->front().place;
  const std::string last = list->empty() ? "" : list->back().place;
  const std::string place = next ? place_between("", first, host_.random()) : place_between(last, "", host_.random());
  const auto held = std::ranges::find(*list, entry, &Place::entry);
  const std::string was = held == list->end() ? "" : held->place;
  co_return co_await write_places({{entry, was}}, {{entry, place}});
}

Library::Written Library::queue_move(QueueEntry entry, std::optional<QueueEntry> after) {
  auto list = co_await places();
  if (!list) {
    co_return unexpected(list.error());
  }
  const auto held = std::ranges::find(*list, entry, &Place::entry);
  if (held == list->end() || (after && std::ranges::find(*list, *after, &Place::entry) == list->end())) {
    co_return unexpected(not_queued());
  }
  const Place moved = *held;
  list->erase(held);
  const auto before = after ? std::ranges::find(*list, *after, &Place::entry) : list->end();
  if (after && before == list->end()) {
    co_return unexpected(not_queued());  // behind itself
  }
  const auto next = after ? before + 1 : list->begin();
  const std::string low = after ? before->place : "";
  // Two devices may have chosen one place; there is no room between those, so the later one's followers are passed.
  const auto beyond = std::ranges::find_if(next, list->end(), [&](const Place& it) { return it.place > low; });
  const std::string place = place_between(low, beyond == list->end() ? "" : beyond->place, host_.random());
  co_return co_await write_places({moved}, {{entry, place}});
}

Library::Written Library::queue_remove(QueueEntry entry) {
  const auto list = co_await places();
  if (!list) {
    co_return unexpected(list.error());
  }
  const auto held = std::ranges::find(*list, entry, &Place::entry);
  if (held == list->end()) {
    co_return unexpected(not_queued());
  }
  co_return co_await write_places({*held}, {{entry, ""}});
}

Library::Written Library::queue_clear() {
  auto list = co_await places();
  if (!list) {
    co_return unexpected(list.error());
  }
  std::vector<Place> none = *list;
  for (Place& place : none) place.place.clear();
  co_return co_await write_places(std::move(*list), std::move(none));
}

Library::Written Library::queue_undo() {
  const Rows rows = co_await query({{"SELECT id, before FROM queue_history ORDER BY id DESC LIMIT 1"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  const auto history = (*rows)[0].empty() ? std::nullopt : wire::parse_json((*rows)[0][0][1].get<std::string>());
  if (!history) {
    co_return unexpected(Error{ErrorCode::bad_input, "There is no change of the queue to take back."});
  }
  std::vector<sync::Write> writes;
  for (const Json& entry : *history) {
    const Json& place = entry[2];
    writes.push_back(
        {queue_address(entry[0].get<std::string>(), entry[1].get<std::string>()), place == "" ? Json() : place});
  }
  auto written = co_await write(std::move(writes));
  if (written) {
    co_await execute({{"DELETE FROM queue_history WHERE id = ?", Json::array({(*rows)[0][0][0]})}});
  }
  co_return written;
}

}  // namespace skypod::library
