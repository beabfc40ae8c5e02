#include "core/library/library.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "core/feed/login.hpp"
#include "core/library/schema.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

using core::ask::Database;

/// The first 5 octets of an identity as a number.
std::uint64_t author_device(const std::string& identity) {
  const Bytes octets = base64url_decode(identity).value_or("");
  std::uint64_t device = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    device = (device << 8) | (i < octets.size() ? static_cast<unsigned char>(octets[i]) : 0U);
  }
  return device;
}

Error bad_input(std::string detail) {
  return {ErrorCode::bad_input, std::move(detail)};
}

}  // namespace

Library::Library(Host& host, std::string device)
    : host_(host),
      device_(std::move(device)),
      replica_(host, author_device(device_), [this](const auto& changes) { return project(changes); }) {}

Task<Library::Rows> Library::query(Statements statements) {
  core::Answer answer = co_await host_.ask(Database{std::move(statements)});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  co_return std::move(answer->get_ref<Json::array_t&>());
}

Task<Result<void, Error>> Library::execute(Statements statements) {
  const Rows rows = co_await query(std::move(statements));
  co_return rows ? Result<void, Error>{} : unexpected(rows.error());
}

Task<Result<void, Error>> Library::open() {
  Result<void, Error> migrated = co_await migrate();
  if (!migrated) {
    co_return migrated;
  }
  const Result<void, Error> loaded = co_await replica_.load();
  if (!loaded) {
    co_return loaded;
  }
  for (const char* collection : {collection::play, collection::mark}) {
    for (const std::string& scope : replica_.scopes(collection)) note_scope(collection, scope);
  }
  const auto pending = co_await load_state("rederive");
  if (pending && !pending->is_null()) {
    co_return co_await derive_all();
  }
  co_return pending ? Result<void, Error>{} : unexpected(pending.error());
}

/// Makes every derived table anew from the registers, part by part.
Task<Result<void, Error>> Library::derive_all() {
  sync::Versions seen;
  for (bool complete = false; !complete;) {
    const auto batch = co_await replica_.next_batch(seen);
    if (!batch) co_return unexpected(batch.error());
    for (const Section& section : batch->sections) {
      auto derived = co_await project(section.changes);
      if (!derived) co_return unexpected(derived.error());
      const Result<void, Error> done = co_await execute(std::move(*derived));
      if (!done) co_return done;
    }
    complete = batch->complete;
  }
  co_return co_await execute({{"DELETE FROM state WHERE key = 'rederive'"}});
}

Task<Result<Json, Error>> Library::load_state(std::string key) {
  const Rows rows = co_await query({{"SELECT value FROM state WHERE key = ?", Json::array({key})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  const auto value = (*rows)[0].empty() ? std::nullopt : wire::parse_json((*rows)[0][0][0].get<std::string>());
  co_return value.value_or(nullptr);
}

Task<Result<void, Error>> Library::save_state(std::string key, Json value) {
  co_return co_await execute(
      {{"INSERT OR REPLACE INTO state(key, value) VALUES(?,?)", Json::array({key, wire::to_json(value)})}});
}

Library::Written Library::write(std::vector<sync::Write> writes) {
  for (const sync::Write& write : writes) {
    const auto fault = schema_fault(write.at, write.value);
    if (!fault.empty()) co_return unexpected(bad_input(std::string(fault)));
  }
  co_return co_await replica_.write(std::move(writes));
}

Library::Written Library::name_device(std::string name) {
  co_return co_await write({{{collection::device, "", device_, "name"}, name}});
}

Library::Written Library::subscribe(std::string feed, std::string title, std::string login) {
  std::vector<sync::Write> writes{{subscription_address(feed, "title"), title},
                                  {subscription_address(feed, "added"), host_.now()},
                                  {subscription_address(feed, "removed"), 0}};
  if (!login.empty()) writes.push_back({subscription_address(feed, "login"), std::move(login)});
  co_return co_await write(std::move(writes));
}

Library::Written Library::unsubscribe(std::string feed) {
  const auto login = co_await logins({feed});
  if (!login) {
    co_return unexpected(login.error());
  }
  std::vector<sync::Write> writes{{subscription_address(feed, "removed"), 1}};
  if (!login->front().empty()) writes.push_back({subscription_address(feed, "login"), nullptr});
  co_return co_await write(std::move(writes));
}

Task<Result<std::vector<std::string>, Error>> Library::logins(std::vector<std::string> feeds) {
  std::vector<Address> addresses;
  for (const std::string& feed : feeds) addresses.push_back(subscription_address(feed, "login"));
  const auto versions = co_await replica_.versions_of(std::move(addresses));
  if (!versions) {
    co_return unexpected(versions.error());
  }
  std::vector<std::string> logins;
  for (const auto& version : *versions) {
    const auto* login = version ? version->value.get_ptr<const std::string*>() : nullptr;
    logins.push_back(login != nullptr && feed::is_login(*login) ? *login : "");
  }
  co_return logins;
}

Library::Written Library::organise(std::string feed, std::string folder, std::string tags) {
  co_return co_await write(
      {{subscription_address(feed, "folder"), folder}, {subscription_address(feed, "tags"), tags}});
}

/// The identity under which an episode's records are kept.
Task<Result<std::string, Error>> Library::canon_of(std::string feed, std::string episode) {
  const Rows rows =
      co_await query({{"SELECT canon FROM aliases WHERE feed = ? AND episode = ?", Json::array({feed, episode})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return (*rows)[0].empty() ? episode : (*rows)[0][0][0].get<std::string>();
}

Library::Written Library::progress(Progress progress) {
  const auto canon = co_await canon_of(progress.feed, progress.episode);
  if (!canon) {
    co_return unexpected(canon.error());
  }
  const PlayState state{std::clamp(progress.position_s, 0.0, seconds_max), progress.completed, true};
  auto written = co_await write({{play_address(short_device(device_), progress.feed, *canon), pack_play(state)}});
  if (written && progress.duration_s) {
    // Only where the feed does not say it. Not worth a refusal if it fails: the position is safe.
    co_await execute(
        {{"UPDATE episodes SET duration_s = ? WHERE duration_s IS NULL AND episode = ? AND feed = "
          "(SELECT id FROM feeds WHERE feed = ?)",
          Json::array({*progress.duration_s, progress.episode, progress.feed})}});
  }
  co_return written;
}

Library::Written Library::mark(std::string feed, std::string episode, bool completed) {
  const auto canon = co_await canon_of(feed, episode);
  const auto known = canon ? co_await candidates({feed, episode, *canon, 0, {}}) : unexpected(canon.error());
  if (!known) {
    co_return unexpected(known.error());
  }
  // Seeing where the others are makes it a decision, and not only a remark.
  const PlayState state{0, completed, !known->empty()};
  co_return co_await write({{play_address(short_device(device_), feed, *canon), pack_play(state)}});
}

Library::Written Library::mark_all(std::string feed) {
  const Rows rows = co_await query(
      {{"SELECT max(published_ms) FROM episodes WHERE feed = (SELECT id FROM feeds WHERE feed = ?)",
        Json::array({feed})},
       // A record that is fresh, or that says "not completed" without a date to go by, is not covered by the mark.
       {"SELECT canon FROM episodes WHERE feed = (SELECT id FROM feeds WHERE feed = ?) AND completed IS NOT 1 "
        "AND (published_ms IS NULL OR at_ms IS NOT NULL) ORDER BY id LIMIT ?",
        Json::array({feed, sync::writes_max - 1})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::vector<sync::Write> writes;
  const Json& newest = (*rows)[0][0][0];
  if (!newest.is_null()) writes.push_back({mark_address(short_device(device_), feed), newest});
  for (const Json& row : (*rows)[1]) {
    writes.push_back({play_address(short_device(device_), feed, row[0].get<std::string>()),
                      pack_play({.position_s = 0, .completed = true, .active = true})});
  }
  co_return co_await write(std::move(writes));
}

Library::Written Library::set(std::string name, Json value, bool everywhere) {
  const std::string scope = everywhere ? "" : short_device(device_);
  co_return co_await write({{{collection::setting, scope, name, "value"}, sync::canonical(value)}});
}

}  // namespace skypod::library
