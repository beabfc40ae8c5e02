#include "server/feeds/store.hpp"

#include <utility>

#include "core/wire/json.hpp"

namespace skypod::server {
namespace {

using wire::Json;

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;";

Json json_of(const Schedule& schedule) {
  return {{"asked", schedule.asked_ms}, {"looked", schedule.looked_ms},  {"interval", schedule.interval_ms},
          {"said", schedule.said_ms},   {"failures", schedule.failures}, {"told", schedule.is_told}};
}

Schedule schedule_of(const Json& json) {
  return {.asked_ms = json["asked"].get<std::int64_t>(),
          .looked_ms = json["looked"].get<std::int64_t>(),
          .interval_ms = json["interval"].get<std::int64_t>(),
          .said_ms = json["said"].get<std::int64_t>(),
          .failures = json["failures"].get<int>(),
          .is_told = json["told"].get<bool>()};
}

Json json_of(const Subscription& one) {
  return {{"hub", one.link.hub},   {"topic", one.link.topic}, {"id", one.id},         {"secret", one.secret},
          {"asked", one.asked_ms}, {"until", one.until_ms},   {"lease", one.lease_ms}};
}

Subscription subscription_of(const Json& json) {
  return {.link = {json["hub"].get<std::string>(), json["topic"].get<std::string>()},
          .id = json["id"].get<std::string>(),
          .secret = json["secret"].get<std::string>(),
          .asked_ms = json["asked"].get<std::int64_t>(),
          .until_ms = json["until"].get<std::int64_t>(),
          .lease_ms = json["lease"].get<std::int64_t>()};
}

}  // namespace

Result<std::unique_ptr<FeedStore>, std::string> FeedStore::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file);
  if (!database) return unexpected(file.string() + " cannot be used: " + database.error().message + "; delete it");
  std::unique_ptr<FeedStore> store(new FeedStore(std::move(*database)));
  auto made = store->database_.execute(schema);
  auto insertion = store->database_.prepare("INSERT OR REPLACE INTO feed VALUES (?, ?)");
  auto deletion = store->database_.prepare("DELETE FROM feed WHERE url = ?");
  if (!made || !insertion || !deletion) return unexpected(file.string() + " cannot be read; delete it");
  store->insert_ = std::move(*insertion);
  store->delete_ = std::move(*deletion);
  return store;
}

std::vector<FeedRecord> FeedStore::load() {
  const std::lock_guard lock(mutex_);
  std::vector<FeedRecord> all;
  auto query = database_.prepare("SELECT url, state FROM feed");
  if (!query) return all;
  for (auto row = query->step(); row && *row; row = query->step()) {
    const auto json = wire::parse_json(query->text(1));
    if (!json) continue;
    FeedRecord feed{.url = std::string(query->text(0)),
                    .schedule = schedule_of((*json)["schedule"]),
                    .hash = (*json)["hash"].get<std::string>(),
                    .meaning = (*json)["meaning"].get<std::string>(),
                    .subscription = std::nullopt};
    if (json->contains("subscription")) feed.subscription = subscription_of((*json)["subscription"]);
    all.push_back(std::move(feed));
  }
  return all;
}

void FeedStore::record(const FeedRecord& feed) {
  Json state = {{"schedule", json_of(feed.schedule)}, {"hash", feed.hash}, {"meaning", feed.meaning}};
  if (feed.subscription) state["subscription"] = json_of(*feed.subscription);
  const std::lock_guard lock(mutex_);
  // What the disk does not take is learned again.
  static_cast<void>(insert_.bind(1, feed.url).bind(2, wire::to_json(state)).run());
}

void FeedStore::forget(const std::string& url) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(delete_.bind(1, url).run());
}

}  // namespace skypod::server
