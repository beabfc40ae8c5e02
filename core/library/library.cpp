#include "core/library/library.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "base/utf8.hpp"
#include "core/feed/date.hpp"
#include "core/library/schema.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

using core::ask::Database;

constexpr double seconds_max = 1e7;             // a third of a year
constexpr TimeMs retry_after_ms = 10 * 60'000;  // for a feed that has never been fetched

Bytes author_of(const std::string& identity) {
  return base64url_decode(identity).value_or(Bytes(sync::author_octets, '\0')).substr(0, sync::author_octets);
}

std::string text_of(const Json& object, const char* name, std::size_t max) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  const auto* text = member != object.end() ? member->get_ptr<const std::string*>() : nullptr;
  return text == nullptr ? "" : std::string(utf8_prefix(*text, max));
}

Json number_of(const Json& object, const char* name, double max) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  if (member == object.end() || !member->is_number()) {
    return nullptr;
  }
  const auto value = member->get<double>();
  return value >= 0 && value <= max ? *member : Json(nullptr);
}

Json published_ms(const Json& item) {
  const auto ms = feed::parse_date(text_of(item, "date_published", 64));
  return ms ? Json(*ms) : Json();
}

/// The first attachment that can be heard.
const Json* audio_of(const Json& item) {
  const auto attachments = item.find("attachments");
  if (attachments == item.end() || !attachments->is_array()) {
    return nullptr;
  }
  for (const Json& attachment : *attachments) {
    const std::string type = text_of(attachment, "mime_type", 64);
    // Feeds that do not say what an enclosure is come with the last of these.
    const bool audible = type.starts_with("audio/") || type.starts_with("video/") || type == "application/ogg" ||
                         type == "application/octet-stream" || type.empty();
    if (audible && !text_of(attachment, "url", url_max).empty()) return &attachment;
  }
  return nullptr;
}

/// One row of `episodes`, or null if the item has no identity.
Json episode_row(const std::string& feed, const Json& item, std::int64_t rank) {
  const auto extension = item.is_object() ? item.find("_skypod") : item.end();
  const Json extra = extension == item.end() ? Json::object() : *extension;
  std::string id = text_of(extra, "identity", url_max);
  if (id.empty()) id = text_of(item, "id", url_max);
  if (id.empty()) {
    return nullptr;
  }
  const Json* audio = audio_of(item);
  return {feed,
          id,
          text_of(item, "title", title_max),
          text_of(item, "summary", summary_max),
          text_of(item, "url", url_max),
          text_of(item, "image", url_max),
          published_ms(item),
          audio == nullptr ? Json() : number_of(*audio, "duration_in_seconds", seconds_max),
          audio == nullptr ? "" : text_of(*audio, "url", url_max),
          audio == nullptr ? "" : text_of(*audio, "mime_type", 64),
          rank};
}

Json row_to_subscription(const Json& row) {
  return {{"feed", row[0]},    {"title", row[1]},    {"description", row[2]}, {"icon", row[3]},
          {"problem", row[4]}, {"episodes", row[5]}, {"played", row[6]}};
}

Json row_to_episode(const std::string& feed, const Json& row) {
  Json play = nullptr;
  if (!row[9].is_null()) {
    play = {{"positionS", row[9]}, {"completed", row[10] == 1}, {"device", row[11]}, {"atMs", row[12]}};
  }
  return {{"feed", feed},       {"id", row[0]},        {"title", row[1]},       {"summary", row[2]},
          {"url", row[3]},      {"image", row[4]},     {"publishedMs", row[5]}, {"durationS", row[6]},
          {"audioUrl", row[7]}, {"audioType", row[8]}, {"play", play}};
}

/// Whether HOST or HOST:PORT follows the scheme. Whether it can be reached is the fetcher's to say.
bool has_host(std::string_view address) {
  address.remove_prefix(address.find("://") + 3);
  const std::string_view authority = address.substr(0, address.find_first_of("/?#"));
  const bool bracketed = authority.starts_with('[');
  const std::size_t colon = bracketed ? authority.find(':', authority.find(']')) : authority.find(':');
  const std::string_view host = authority.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? "" : authority.substr(colon + 1);
  const auto in_host = [bracketed](char letter) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
    const bool foreign = static_cast<unsigned char>(letter) >= 0x80;
    return plain || foreign || (bracketed && (letter == '[' || letter == ']' || letter == ':'));
  };
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return !host.empty() && std::ranges::all_of(host, in_host) && std::ranges::all_of(port, is_digit);
}

Result<void, Error> done(const core::Answer& answer) {
  if (!answer) return unexpected(answer.error());
  return {};
}

// A document's fields turned into columns. Fields of one record are written together by one device, so any one's stamp
// dates the record.
constexpr const char* project_play_sql =
    "INSERT OR REPLACE INTO plays(document, feed, episode, device, position_s, completed, at_ms, stamp) "
    "SELECT document, max(CASE field WHEN 'feed' THEN value END), max(CASE field WHEN 'episode' THEN value END), "
    "max(CASE field WHEN 'device' THEN value END), max(CASE field WHEN 'position' THEN value END), "
    "max(CASE field WHEN 'completed' THEN value END), max(CASE field WHEN 'at' THEN value END), max(stamp) "
    "FROM fields WHERE collection = 'play' AND document = ? GROUP BY document "
    "HAVING count(CASE WHEN field IN ('feed', 'episode', 'device') AND typeof(value) = 'text' THEN 1 "
    "WHEN field = 'position' AND typeof(value) IN ('integer', 'real') AND value BETWEEN 0 AND 1e7 THEN 1 "
    "WHEN field = 'completed' AND typeof(value) = 'integer' AND value IN (0, 1) THEN 1 "
    "WHEN field = 'at' AND typeof(value) = 'integer' AND value BETWEEN 0 AND 253402300799000 THEN 1 END) = 6";

// A subscription is there while its `removed` is not set; the title is the feed's own, or the one it had when
// subscribed.
constexpr const char* subscribed_sql =
    "SELECT document FROM fields WHERE collection = 'subscription' AND field = 'removed' AND value = 0";

constexpr const char* subscriptions_sql =
    "SELECT s.document, coalesce(nullif(f.title, ''), t.value, s.document) AS shown, coalesce(f.description, ''), "
    "coalesce(f.icon, ''), coalesce(f.problem, ''), (SELECT count(*) FROM episodes e WHERE e.feed = s.document), "
    "(SELECT count(DISTINCT p.episode) FROM plays p WHERE p.feed = s.document AND p.completed = 1) "
    "FROM fields s LEFT JOIN feeds f ON f.feed = s.document "
    "LEFT JOIN fields t ON t.collection = 'subscription' AND t.document = s.document AND t.field = 'title' "
    "WHERE s.collection = 'subscription' AND s.field = 'removed' AND s.value = 0 ORDER BY "
    "lower(coalesce(nullif(f.title, ''), t.value, s.document)), s.document";

constexpr const char* episodes_sql =
    "SELECT e.episode, e.title, e.summary, e.url, e.image, e.published_ms, e.duration_s, e.audio_url, e.audio_type, "
    "p.position_s, p.completed, p.device, p.at_ms FROM episodes e LEFT JOIN plays p ON p.document = "
    "(SELECT document FROM plays WHERE feed = e.feed AND episode = e.episode ORDER BY stamp DESC LIMIT 1) "
    "WHERE e.feed = ? ORDER BY e.published_ms DESC, e.rank LIMIT ? OFFSET ?";

constexpr const char* store_episode_sql =
    "INSERT INTO episodes(feed, episode, title, summary, url, image, published_ms, duration_s, audio_url, audio_type, "
    "rank) VALUES(?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(feed, episode) DO UPDATE SET title = excluded.title, "
    "summary = excluded.summary, url = excluded.url, image = excluded.image, published_ms = excluded.published_ms, "
    "duration_s = coalesce(excluded.duration_s, duration_s), audio_url = excluded.audio_url, "
    "audio_type = excluded.audio_type, rank = excluded.rank";

}  // namespace

std::optional<std::string> feed_address(std::string_view typed) {
  const std::size_t first = typed.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  typed = typed.substr(first, typed.find_last_not_of(" \t\r\n") - first + 1);
  std::string address(typed);
  if (address.find("://") == std::string::npos) {
    address = "https://" + address;
  }
  const bool web = address.starts_with("https://") || address.starts_with("http://");
  const bool odd = address.find_first_of(" \t\r\n\"<>\\") != std::string::npos;
  const bool good = web && !odd && address.size() <= url_max && has_host(address);
  return good ? std::optional(address) : std::nullopt;
}

Library::Library(Host& host, std::string device)
    : host_(host), device_(std::move(device)), replica_(host, author_of(device_), project) {}

std::vector<Statement> Library::project(const std::set<sync::DocumentId>& touched) {
  std::vector<Statement> statements;
  for (const sync::DocumentId& id : touched) {
    if (id.collection == "play") statements.push_back({project_play_sql, Json::array({id.document})});
  }
  return statements;
}

Task<Result<void, Error>> Library::open() {
  Result<void, Error> migrated = co_await migrate();
  if (!migrated) {
    co_return migrated;
  }
  co_return co_await replica_.load();
}

Task<Result<void, Error>> Library::migrate() {
  const core::Answer answer = co_await host_.ask(Database{{{"PRAGMA user_version"}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  const std::int64_t version = wire::whole_number((*answer)[0][0][0]).value_or(0);
  if (version > schema_version()) {
    co_return unexpected(Error{ErrorCode::storage_failed, "The library was made by a newer skypod; update this one."});
  }
  if (version == schema_version()) {
    co_return Result<void, Error>{};
  }
  co_return done(co_await host_.ask(Database{migrations_since(version)}));
}

Task<Result<Json, Error>> Library::load_state(std::string key) {
  const core::Answer answer =
      co_await host_.ask(Database{{{"SELECT value FROM state WHERE key = ?", Json::array({key})}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  const Json& rows = (*answer)[0];
  const auto value = rows.empty() ? std::nullopt : wire::parse_json(rows[0][0].get<std::string>());
  co_return value.value_or(nullptr);
}

Task<Result<void, Error>> Library::save_state(std::string key, Json value) {
  co_return done(co_await host_.ask(
      Database{{{"INSERT OR REPLACE INTO state(key, value) VALUES(?,?)", Json::array({key, wire::to_json(value)})}}}));
}

Task<Result<wire::Envelope, Error>> Library::name_device(std::string name) {
  co_return co_await replica_.write(Writes{{"device", device_, "name", name}});
}

Task<Result<Json, Error>> Library::device_names() {
  const core::Answer answer = co_await host_.ask(
      Database{{{"SELECT document, value FROM fields WHERE collection = 'device' AND field = 'name'"}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  co_return (*answer)[0];
}

Task<Result<wire::Envelope, Error>> Library::subscribe(std::string feed, std::string title) {
  co_return co_await replica_.write(Writes{{"subscription", feed, "title", title},
                                           {"subscription", feed, "added", host_.now()},
                                           {"subscription", feed, "removed", false}});
}

Task<Result<wire::Envelope, Error>> Library::unsubscribe(std::string feed) {
  co_return co_await replica_.write(Writes{{"subscription", feed, "removed", true}});
}

Task<Result<wire::Envelope, Error>> Library::progress(Progress progress) {
  const std::string document = device_ + "~" + progress.feed + "~" + progress.episode;
  Writes writes{{"play", document, "feed", progress.feed},
                {"play", document, "episode", progress.episode},
                {"play", document, "device", device_},
                {"play", document, "position", progress.position_s},
                {"play", document, "completed", progress.completed},
                {"play", document, "at", host_.now()}};
  if (progress.duration_s) {
    writes.push_back({"play", document, "duration", *progress.duration_s});
  }
  co_return co_await replica_.write(std::move(writes));
}

Task<Result<void, Error>> Library::store_feed(std::string feed, Json document) {
  const auto items = document.is_object() ? document.find("items") : document.end();
  if (items == document.end() || !items->is_array()) {
    co_return unexpected(Error{ErrorCode::bad_reply, "The feed's episodes cannot be read."});
  }
  std::vector<Statement> statements{
      {"INSERT OR REPLACE INTO feeds(feed, title, description, icon, fetched_ms, tried_ms, problem) "
       "VALUES(?,?,?,?,?,0,'')",
       Json::array({feed, text_of(document, "title", title_max), text_of(document, "description", summary_max),
                    text_of(document, "icon", url_max), host_.now()})}};
  const std::size_t count = std::min(items->size(), episodes_max);
  for (std::size_t i = 0; i < count; ++i) {
    Json row = episode_row(feed, (*items)[i], static_cast<std::int64_t>(i));
    if (!row.is_null()) statements.push_back({store_episode_sql, std::move(row)});
    if (statements.size() >= store_batch || i + 1 == count) {
      const core::Answer answer = co_await host_.ask(Database{std::exchange(statements, {})});
      if (!answer) co_return unexpected(answer.error());
    }
  }
  co_return statements.empty() ? Result<void, Error>{} : done(co_await host_.ask(Database{std::move(statements)}));
}

Task<Result<void, Error>> Library::store_problem(std::string feed, std::string problem) {
  co_return done(co_await host_.ask(
      Database{{{"INSERT INTO feeds(feed, title, description, icon, fetched_ms, tried_ms, problem) "
                 "VALUES(?,'','','',0,?,?) "
                 "ON CONFLICT(feed) DO UPDATE SET tried_ms = excluded.tried_ms, problem = excluded.problem",
                 Json::array({feed, host_.now(), problem})}}}));
}

Task<Result<Json, Error>> Library::subscriptions() {
  const core::Answer answer = co_await host_.ask(Database{{{subscriptions_sql}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  Json list = Json::array();
  for (const Json& row : (*answer)[0]) list.push_back(row_to_subscription(row));
  co_return Json{{"subscriptions", std::move(list)}};
}

Task<Result<std::vector<std::string>, Error>> Library::feeds() {
  const core::Answer answer = co_await host_.ask(Database{{{subscribed_sql}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  std::vector<std::string> addresses;
  for (const Json& row : (*answer)[0]) addresses.push_back(row[0].get<std::string>());
  co_return addresses;
}

Task<Result<std::vector<std::string>, Error>> Library::unfetched() {
  const std::string sql = std::string(subscribed_sql) +
                          " AND document NOT IN (SELECT feed FROM feeds WHERE fetched_ms > 0 OR tried_ms > ?)";
  const core::Answer answer = co_await host_.ask(Database{{{sql, Json::array({host_.now() - retry_after_ms})}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  std::vector<std::string> addresses;
  for (const Json& row : (*answer)[0]) addresses.push_back(row[0].get<std::string>());
  co_return addresses;
}

Task<Result<Json, Error>> Library::episodes(std::string feed, std::int64_t offset, std::int64_t limit) {
  const core::Answer answer =
      co_await host_.ask(Database{{{"SELECT count(*) FROM episodes WHERE feed = ?", Json::array({feed})},
                                   {episodes_sql, Json::array({feed, limit, offset})}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  Json list = Json::array();
  for (const Json& row : (*answer)[1]) list.push_back(row_to_episode(feed, row));
  co_return Json{{"total", (*answer)[0][0][0]}, {"episodes", std::move(list)}};
}

}  // namespace skypod::library
