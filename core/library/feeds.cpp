// What feeds say: their episodes are recognised, stored, and given the state that their records have already.
//
// An episode is who its identity says. Publishers change guids, and then every device would show the episode twice,
// once without its position. So an unknown identity is compared with those that have vanished from the feed at the same
// time: the same audio file, or the same title and date, is the same episode. That is written down as an alias, which
// all devices share.
#include <algorithm>

#include "base/utf8.hpp"
#include "core/feed/date.hpp"
#include "core/feed/media_type.hpp"
#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

constexpr TimeMs retry_after_ms = 10 * 60'000;  // for a feed that has never been fetched

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

std::string type_of(const Json& attachment) {
  return feed::media_type_of(text_of(attachment, "mime_type", 64), text_of(attachment, "url", url_max));
}

/// The first attachment that can be heard.
const Json* audio_of(const Json& item) {
  const auto attachments = item.find("attachments");
  if (attachments == item.end() || !attachments->is_array()) {
    return nullptr;
  }
  for (const Json& attachment : *attachments) {
    if (feed::is_playable(type_of(attachment)) && !text_of(attachment, "url", url_max).empty()) return &attachment;
  }
  return nullptr;
}

/// One row of `episodes` behind feed and canon, or null if the item has no identity.
Json episode_row(const Json& item, std::int64_t rank) {
  const auto extension = item.is_object() ? item.find("_skypod") : item.end();
  const Json extra = extension == item.end() ? Json::object() : *extension;
  std::string id = text_of(extra, "identity", url_max);
  if (id.empty()) id = text_of(item, "id", url_max);
  if (id.empty()) {
    return nullptr;
  }
  const Json* audio = audio_of(item);
  return {id,
          text_of(item, "title", title_max),
          text_of(item, "summary", summary_max),
          text_of(item, "url", url_max),
          text_of(item, "image", url_max),
          published_ms(item),
          audio == nullptr ? Json() : number_of(*audio, "duration_in_seconds", seconds_max),
          audio == nullptr ? "" : text_of(*audio, "url", url_max),
          audio == nullptr ? "" : type_of(*audio),
          rank};
}

Json member_of(const Json& object, const char* name) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  return member == object.end() ? Json() : *member;
}

/// What is shown of an item when it is opened, as web/src/protocol.ts has it. The HTML is sanitised before it is shown.
std::string content_of(const Json& item) {
  const Json podcast = member_of(item, "_podcast");
  const std::string html = text_of(item, "content_html", html_max + 1);
  Json content = {{"html", html.size() > html_max ? "" : html},
                  {"base", text_of(member_of(item, "_skypod"), "base", url_max)},
                  {"minutes", number_of(member_of(item, "_skypod"), "minutes", seconds_max)},
                  {"chapters", member_of(podcast, "chapters")},
                  {"chapterList", member_of(podcast, "chapter_list")},
                  {"transcripts", member_of(podcast, "transcripts")}};
  std::erase_if(content.get_ref<Json::object_t&>(),
                [](const auto& one) { return one.second.is_null() || one.second == ""; });
  return wire::to_json(content);
}

/// Columns of an episode's row.
enum Column : std::size_t { identity, title, summary, url, image, published, duration, audio_url, audio_type, rank };

/// What is stored of an episode, to recognise it by.
struct Stored {
  std::string episode, canon, audio_url, title;
  Json published_ms;
};

bool is_same(const Json& row, const Stored& stored) {
  const bool audio = !stored.audio_url.empty() && row[audio_url] == stored.audio_url;
  const bool dated = !stored.published_ms.is_null() && row[published] == stored.published_ms;
  return audio || (dated && !stored.title.empty() && row[title] == stored.title);
}

constexpr const char* store_feed_sql =
    "INSERT INTO feeds(feed, title, description, icon, fetched_ms, tried_ms, problem) VALUES(?,?,?,?,?,0,?) "
    "ON CONFLICT(feed) DO UPDATE SET title = excluded.title, description = excluded.description, "
    "icon = excluded.icon, fetched_ms = excluded.fetched_ms, tried_ms = 0, problem = excluded.problem, "
    "problem_code = ''";

constexpr const char* rename_sql =
    "UPDATE OR IGNORE episodes SET episode = ?1, canon = ?2 WHERE canon = ?2 AND episode <> ?1 AND feed = "
    "(SELECT id FROM feeds WHERE feed = ?3)";

// Rows that say the same as before are left alone, and with them the search.
constexpr const char* store_episode_sql =
    "INSERT INTO episodes(feed, canon, episode, title, summary, url, image, published_ms, duration_s, audio_url, "
    "audio_type, rank) VALUES((SELECT id FROM feeds WHERE feed = ?),?,?,?,?,?,?,?,?,?,?,?) "
    "ON CONFLICT(feed, episode) DO UPDATE SET title = excluded.title, "
    "summary = excluded.summary, url = excluded.url, image = excluded.image, published_ms = excluded.published_ms, "
    "duration_s = coalesce(excluded.duration_s, duration_s), audio_url = excluded.audio_url, "
    "audio_type = excluded.audio_type, rank = excluded.rank "
    "WHERE (title, summary, url, image, published_ms, audio_url, audio_type, rank) IS NOT (excluded.title, "
    "excluded.summary, excluded.url, excluded.image, excluded.published_ms, excluded.audio_url, excluded.audio_type, "
    "excluded.rank) OR (excluded.duration_s IS NOT NULL AND duration_s IS NOT excluded.duration_s)";

constexpr const char* store_content_sql =
    "INSERT INTO contents(id, content) SELECT id, ?3 FROM episodes WHERE feed = (SELECT id FROM feeds WHERE feed = ?1) "
    "AND episode = ?2 ON CONFLICT(id) DO UPDATE SET content = excluded.content WHERE content <> excluded.content";

// The search holds the words of every row; those of a row that is about to change are taken out before, and put in
// after.
constexpr const char* unindex_sql =
    "INSERT INTO search(search, rowid, title, summary) SELECT 'delete', id, title, summary FROM episodes WHERE "
    "feed = (SELECT id FROM feeds WHERE feed = ?) AND episode = ? AND (title, summary) IS NOT (?, ?)";
constexpr const char* index_sql =
    "INSERT INTO search(rowid, title, summary) SELECT id, title, summary FROM episodes WHERE "
    "feed = (SELECT id FROM feeds WHERE feed = ?) AND episode = ? AND id NOT IN (SELECT id FROM search_docsize)";

}  // namespace

/// Reads a feed's items, and finds out which of them are here already, under this or an earlier identity.
Task<Result<std::vector<Library::Incoming>, Error>> Library::recognise(std::string feed, const Json& items) {
  const Rows rows = co_await query({{"SELECT e.episode, e.canon, e.audio_url, e.title, e.published_ms FROM episodes e "
                                     "JOIN feeds f ON f.id = e.feed WHERE f.feed = ?",
                                     Json::array({feed})},
                                    {"SELECT episode, canon FROM aliases WHERE feed = ?", Json::array({feed})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::vector<Incoming> incoming;
  std::set<std::string> present;
  for (const Json& item : items) {
    if (incoming.size() == episodes_max) break;
    Json row = episode_row(item, static_cast<std::int64_t>(incoming.size()));
    if (row.is_null() || !present.insert(row[identity].get<std::string>()).second) continue;
    incoming.push_back({.row = row,
                        .episode = row[identity].get<std::string>(),
                        .canon = {},
                        .known = false,
                        .content = content_of(item)});
  }
  std::map<std::string, std::string> canons;
  std::vector<Stored> vanished;
  for (const Json& row : (*rows)[0]) {
    Stored stored{row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<std::string>(),
                  row[3].get<std::string>(), row[4]};
    if (!present.contains(stored.episode)) vanished.push_back(stored);
    canons[stored.episode] = stored.canon;
  }
  for (Incoming& item : incoming) item.known = canons.contains(item.episode);
  for (const Json& row : (*rows)[1]) canons[row[0].get<std::string>()] = row[1].get<std::string>();
  for (Incoming& item : incoming) {
    if (const auto canon = canons.find(item.episode); canon != canons.end()) {
      item.canon = canon->second;
      continue;
    }
    const auto same = [&](const Stored& stored) { return is_same(item.row, stored); };
    const auto twin = std::ranges::find_if(vanished, same);
    // Two that match are two of a kind, and telling them apart would be a guess.
    const bool only = twin != vanished.end() && std::ranges::count_if(vanished, same) == 1;
    item.canon = only ? twin->canon : item.episode;
    if (only) vanished.erase(twin);
  }
  co_return incoming;
}

Library::Written Library::store_feed(std::string feed, Json document) {
  const auto items = document.is_object() ? document.find("items") : document.end();
  if (items == document.end() || !items->is_array()) {
    co_return unexpected(Error{ErrorCode::bad_reply, "The feed's episodes cannot be read."});
  }
  auto incoming = co_await recognise(feed, *items);
  if (!incoming) {
    co_return unexpected(incoming.error());
  }
  std::vector<sync::Write> aliases;
  for (const Incoming& item : *incoming) {
    if (!item.known && item.canon != item.episode) aliases.push_back({alias_address(feed, item.episode), item.canon});
  }
  Section section;
  if (!aliases.empty()) {
    auto written = co_await write(std::move(aliases));
    if (!written) co_return written;
    section = std::move(*written);
  }
  Result<void, Error> stored = co_await execute(
      {{store_feed_sql, Json::array({feed, text_of(document, "title", title_max),
                                     text_of(document, "description", summary_max), text_of(document, "icon", url_max),
                                     host_.now(), text_of(member_of(document, "_skypod"), "problem", problem_max)})}});
  if (stored) stored = co_await store_items(feed, std::move(*incoming));
  if (!stored) {
    co_return unexpected(stored.error());
  }
  co_return section;
}

Task<Result<void, Error>> Library::store_items(std::string feed, std::vector<Incoming> items) {
  for (std::size_t from = 0; from < items.size(); from += store_batch) {
    const std::size_t to = std::min(items.size(), from + store_batch);
    Json renamed = Json::array();
    Json rows = Json::array();
    Json words = Json::array();
    Json places = Json::array();
    Json contents = Json::array();
    std::vector<Incoming> fresh;
    for (std::size_t i = from; i < to; ++i) {
      const Incoming& item = items[i];
      if (!item.known && item.canon != item.episode) renamed.push_back({item.episode, item.canon, feed});
      Json row = Json::array({feed, item.canon});
      for (const Json& column : item.row) row.push_back(column);
      rows.push_back(std::move(row));
      words.push_back({feed, item.episode, item.row[title], item.row[summary]});
      places.push_back({feed, item.episode});
      contents.push_back({feed, item.episode, item.content});
      if (!item.known) fresh.push_back(item);
    }
    auto states = co_await states_of_new(feed, fresh);
    if (!states) {
      co_return unexpected(states.error());
    }
    Statements statements{{rename_sql, std::move(renamed), true},
                          {unindex_sql, std::move(words), true},
                          {store_episode_sql, std::move(rows), true},
                          {index_sql, std::move(places), true},
                          {store_content_sql, std::move(contents), true}};
    std::ranges::move(*states, std::back_inserter(statements));
    const Result<void, Error> stored = co_await execute(std::move(statements));
    if (!stored) {
      co_return stored;
    }
  }
  co_return Result<void, Error>{};
}

/// States of episodes that are stored for the first time: what happened to them may have arrived before they did.
Library::Derived Library::states_of_new(std::string feed, const std::vector<Incoming>& items) {
  std::vector<Subject> subjects;
  for (const Incoming& item : items) {
    subjects.push_back({feed, item.episode, item.canon, 0, wire::whole_number(item.row[published])});
  }
  const std::vector<sync::Change> none;
  co_return co_await states_of(subjects, none);
}

Task<Result<void, Error>> Library::store_problem(std::string feed, Error problem) {
  const TimeMs tried_ms = problem.code == ErrorCode::offline ? 0 : host_.now();
  const std::string code(problem.reason.empty() ? wire::name_of(problem.code) : problem.reason);
  co_return co_await execute(
      {{"INSERT INTO feeds(feed, title, description, icon, fetched_ms, tried_ms, problem, problem_code) "
        "VALUES(?,'','','',0,?,?,?) "
        "ON CONFLICT(feed) DO UPDATE SET tried_ms = excluded.tried_ms, problem = excluded.problem, "
        "problem_code = excluded.problem_code",
        Json::array({feed, tried_ms, wire::sentence_of(problem), code})}});
}

Task<Result<Reached, Error>> Library::reached(std::string feed) {
  const Rows rows = co_await query({{"SELECT way, direct_ms FROM feeds WHERE feed = ?", Json::array({feed})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  if ((*rows)[0].empty()) {
    co_return Reached{};
  }
  const Json& row = (*rows)[0][0];
  co_return Reached{row[0].get<std::string>(), wire::whole_number(row[1]).value_or(0)};
}

Task<Result<void, Error>> Library::note_reached(std::string feed, Reached reached) {
  co_return co_await execute({{"UPDATE feeds SET way = ?, direct_ms = ? WHERE feed = ?",
                               Json::array({reached.way, reached.direct_ms, feed})}});
}

Task<Result<bool, Error>> Library::is_subscribed(std::string feed) {
  const Rows rows =
      co_await query({{"SELECT 1 FROM subscriptions WHERE feed = ? AND removed = 0", Json::array({feed})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return !(*rows)[0].empty();
}

Task<Result<std::vector<std::string>, Error>> Library::feeds() {
  const Rows rows = co_await query({{"SELECT feed FROM subscriptions WHERE removed = 0 ORDER BY feed"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::vector<std::string> addresses;
  for (const Json& row : (*rows)[0]) addresses.push_back(row[0].get<std::string>());
  co_return addresses;
}

Task<Result<std::vector<Unfetched>, Error>> Library::unfetched() {
  // An attempt of the future is of a clock that was wrong.
  const Rows rows =
      co_await query({{"SELECT s.feed, CASE WHEN f.tried_ms BETWEEN 1 AND ?1 THEN f.tried_ms + ?2 ELSE 0 END AS due_ms "
                       "FROM subscriptions s LEFT JOIN feeds f ON f.feed = s.feed "
                       "WHERE s.removed = 0 AND coalesce(f.fetched_ms, 0) = 0 ORDER BY due_ms, s.feed",
                       Json::array({host_.now(), retry_after_ms})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::vector<Unfetched> feeds;
  for (const Json& row : (*rows)[0]) feeds.push_back({row[0].get<std::string>(), row[1].get<TimeMs>()});
  co_return feeds;
}

Task<Result<bool, Error>> Library::was_tried_after(std::string feed, TimeMs ms) {
  const Rows rows = co_await query(
      {{"SELECT 1 FROM feeds WHERE feed = ? AND max(fetched_ms, tried_ms) > ?", Json::array({feed, ms})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return !(*rows)[0].empty();
}

}  // namespace skypod::library
