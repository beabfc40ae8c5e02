// The lists that people see, page by page, in the shapes of web/src/protocol.ts.
#include "core/library/library.hpp"

namespace skypod::library {
namespace {

constexpr std::int64_t found_max = 100;  // feeds that give an episode the same identity

// Devices stand in play records with the beginning of their identity.
constexpr const char* episode_columns =
    "f.feed, e.episode, e.title, e.summary, e.url, e.image, e.published_ms, e.duration_s, e.audio_url, e.audio_type, "
    "e.position_s, e.completed, coalesce((SELECT d.id FROM devices d WHERE substr(d.id, 1, 12) = e.device), e.device), "
    "e.at_ms, coalesce(nullif(f.title, ''), f.feed)";

Json row_to_episode(const Json& row) {
  Json play = nullptr;
  if (!row[10].is_null()) {
    play = {{"positionS", row[10]}, {"completed", row[11] == 1}, {"device", row[12]}, {"atMs", row[13]}};
  }
  return {{"feed", row[0]},     {"id", row[1]},        {"title", row[2]},       {"summary", row[3]},
          {"url", row[4]},      {"image", row[5]},     {"publishedMs", row[6]}, {"durationS", row[7]},
          {"audioUrl", row[8]}, {"audioType", row[9]}, {"play", play},          {"feedTitle", row[14]}};
}

Json episodes_of(const Json& rows) {
  Json list = Json::array();
  for (const Json& row : rows) list.push_back(row_to_episode(row));
  return list;
}

Json episode_list(const Json& total, const Json& rows) {
  return {{"total", total[0][0]}, {"episodes", episodes_of(rows)}};
}

std::string condition(Filter filter) {
  switch (filter) {
    case Filter::all:
      break;
    case Filter::unplayed:
      return " AND e.completed IS NOT 1";
    case Filter::started:
      return " AND e.completed = 0 AND e.position_s > 0";
    case Filter::played:
      return " AND e.completed = 1";
  }
  return "";
}

constexpr const char* subscriptions_sql =
    "SELECT s.feed, coalesce(nullif(f.title, ''), s.title, s.feed) AS shown, coalesce(f.description, ''), "
    "coalesce(f.icon, ''), coalesce(f.problem, ''), (SELECT count(*) FROM episodes e WHERE e.feed = f.id), "
    "(SELECT count(*) FROM episodes e WHERE e.feed = f.id AND e.completed = 1), coalesce(s.folder, ''), "
    "coalesce(s.tags, ''), coalesce(f.problem_code, ''), coalesce(f.way, '') FROM subscriptions s LEFT JOIN feeds f ON "
    "f.feed = s.feed WHERE s.removed = 0 "
    "ORDER BY lower(shown), s.feed";

Json row_to_subscription(const Json& row) {
  Json tags = Json::array();
  std::string_view rest = *row[8].get_ptr<const std::string*>();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) tags.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return {{"feed", row[0]},          {"title", row[1]},    {"description", row[2]}, {"icon", row[3]},
          {"problem", row[4]},       {"episodes", row[5]}, {"played", row[6]},      {"folder", row[7]},
          {"tags", std::move(tags)}, {"way", row[10]},     {"problemCode", row[9]}};
}

// The page is chosen before its episodes are looked at.
constexpr const char* best_sql =
    " FROM (SELECT rowid AS id, bm25(search, 4.0, 1.0) AS score FROM search WHERE search MATCH ? ORDER BY score, id "
    "LIMIT ? OFFSET ?) s JOIN episodes e ON e.id = s.id JOIN feeds f ON f.id = e.feed ORDER BY s.score, s.id";

// What is so common is soon met on the way from the newest to the oldest. "+": by no other way.
constexpr const char* newest_sql =
    " FROM episodes e CROSS JOIN feeds f ON f.id = e.feed WHERE +e.id IN (SELECT rowid FROM "
    "search WHERE search MATCH ?) ORDER BY e.published_ms DESC, e.feed, e.rank LIMIT ? OFFSET ?";

/// Octets from which on a word may be the beginning of one: a single letter begins too many, and has no index.
constexpr std::size_t beginning_min = 2;

/// Words as FTS5 takes them: each quoted, so that nothing in it is an operator; the last also as a beginning.
std::string match_of(std::string_view words) {
  std::string match;
  std::size_t count = 0;
  std::size_t last = 0;  // where the last word begins
  while (count < search_words_max) {
    const std::size_t start = words.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) break;
    words.remove_prefix(start);
    const std::string_view word = words.substr(0, words.find_first_of(" \t\r\n"));
    words.remove_prefix(word.size());
    if (count > 0) match += ' ';
    last = match.size();
    match += '"';
    for (const char letter : word) {
      if (letter != '\0') match += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    }
    match += '"';
    ++count;
  }
  return count == 0 || match.size() - last < beginning_min + 2 ? match : match + "*";
}

}  // namespace

Task<Result<Json, Error>> Library::device_names() {
  const Rows rows = co_await query({{"SELECT id, name FROM devices ORDER BY id"}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return (*rows)[0];
}

Task<Result<Json, Error>> Library::subscriptions() {
  const Rows rows = co_await query({{subscriptions_sql}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  Json list = Json::array();
  for (const Json& row : (*rows)[0]) list.push_back(row_to_subscription(row));
  co_return Json{{"subscriptions", std::move(list)}};
}

Task<Result<Json, Error>> Library::episodes(std::string feed, Filter filter, Page page) {
  const std::string from = " FROM episodes e JOIN feeds f ON f.id = e.feed WHERE f.feed = ?" + condition(filter);
  const Rows rows = co_await query(
      {{"SELECT count(*)" + from, Json::array({feed})},
       {"SELECT " + std::string(episode_columns) + from + " ORDER BY e.published_ms DESC, e.rank LIMIT ? OFFSET ?",
        Json::array({feed, page.limit, page.offset})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return episode_list((*rows)[0], (*rows)[1]);
}

Task<Result<Json, Error>> Library::content(std::string feed, std::string episode) {
  const Rows rows =
      co_await query({{"SELECT c.content FROM contents c JOIN episodes e ON e.id = c.id JOIN feeds f ON "
                       "f.id = e.feed WHERE f.feed = ? AND e.episode = ?",
                       Json::array({feed, episode})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  const auto content = (*rows)[0].empty() ? std::nullopt : wire::parse_json((*rows)[0][0][0].get<std::string>());
  co_return Json{{"content", content.value_or(nullptr)}};
}

Task<Result<Json, Error>> Library::find(std::string feed, std::string episode) {
  const Rows rows =
      co_await query({{"SELECT " + std::string(episode_columns) +
                           " FROM episodes e JOIN feeds f ON f.id = e.feed WHERE e.episode = ?1 AND ?2 IN ('', f.feed) "
                           "ORDER BY e.published_ms DESC, e.feed LIMIT ?3",
                       Json::array({episode, feed, found_max})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return Json{{"episodes", episodes_of((*rows)[0])}};
}

Task<Result<Json, Error>> Library::inbox(Filter filter, Part part, Page page) {
  std::string from =
      " FROM episodes e JOIN feeds f ON f.id = e.feed WHERE f.feed IN (SELECT feed FROM subscriptions WHERE "
      "removed = 0";
  Json params = Json::array();
  if (!part.folder.empty()) {
    from += " AND folder = ?";
    params.push_back(part.folder);
  }
  if (!part.tag.empty()) {
    from += " AND instr(char(10) || tags || char(10), char(10) || ? || char(10)) > 0";
    params.push_back(part.tag);
  }
  from += ")" + condition(filter);
  Json paged = params;
  paged.push_back(page.limit);
  paged.push_back(page.offset);
  const Rows rows = co_await query({{"SELECT count(*)" + from, std::move(params)},
                                    {"SELECT " + std::string(episode_columns) + from +
                                         " ORDER BY e.published_ms DESC, e.feed, e.rank LIMIT ? OFFSET ?",
                                     std::move(paged)}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return episode_list((*rows)[0], (*rows)[1]);
}

Task<Result<Json, Error>> Library::search(std::string words, Page page) {
  const std::string match = match_of(words);
  if (match.empty()) {
    co_return Json{{"total", 0}, {"episodes", Json::array()}};
  }
  const Rows counted = co_await query({{"SELECT count(*) FROM search WHERE search MATCH ?", Json::array({match})}});
  if (!counted) {
    co_return unexpected(counted.error());
  }
  const bool ranked = (*counted)[0][0][0].get<std::int64_t>() <= search_ranked_max;
  const Rows rows = co_await query({{"SELECT " + std::string(episode_columns) + (ranked ? best_sql : newest_sql),
                                     Json::array({match, page.limit, page.offset})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  co_return episode_list((*counted)[0], (*rows)[0]);
}

Task<Result<Json, Error>> Library::positions(std::string feed, std::string episode) {
  const auto canon = co_await canon_of(feed, episode);
  const auto list = canon ? co_await candidates({feed, episode, *canon, 0, {}}) : unexpected(canon.error());
  const Rows names = list ? co_await query({{"SELECT id, name FROM devices"}}) : unexpected(list.error());
  if (!names) {
    co_return unexpected(names.error());
  }
  Json positions = Json::array();
  for (const Candidate& candidate : *list) {
    Json device = {candidate.device, ""};
    for (const Json& row : (*names)[0]) {
      if (row[0].get_ref<const std::string&>().starts_with(candidate.device)) device = row;
    }
    positions.push_back({{"device", device[0]},
                         {"name", device[1]},
                         {"positionS", candidate.state.position_s},
                         {"completed", candidate.state.completed},
                         {"atMs", candidate.stamp.ms()}});
  }
  co_return Json{{"positions", std::move(positions)}};
}

Task<Result<Json, Error>> Library::queue() {
  const Rows rows = co_await query(
      {{"SELECT " + std::string(episode_columns) +
            ", q.feed, q.episode FROM queue q LEFT JOIN feeds f ON f.feed = q.feed LEFT JOIN episodes e ON "
            "e.feed = f.id AND e.episode = coalesce((SELECT n.episode FROM episodes n WHERE n.feed = f.id AND "
            "n.canon = q.episode), q.episode) ORDER BY q.place, q.feed, q.episode LIMIT ?",
        Json::array({queue_max})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  Json list = Json::array();
  for (const Json& row : (*rows)[0]) {
    // An episode that has not arrived here yet is shown by what is known of it.
    list.push_back({{"feed", row[15]}, {"id", row[16]}, {"episode", row[1].is_null() ? Json() : row_to_episode(row)}});
  }
  co_return Json{{"queue", std::move(list)}};
}

Task<Result<Json, Error>> Library::settings() {
  const Rows rows =
      co_await query({{"SELECT scope, name, value FROM settings WHERE value IS NOT NULL AND scope IN "
                       "('', ?) ORDER BY scope, name",
                       Json::array({short_device(device_)})}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  Json settings = {{"everywhere", Json::object()}, {"here", Json::object()}};
  for (const Json& row : (*rows)[0]) settings[row[0] == "" ? "everywhere" : "here"][row[1].get<std::string>()] = row[2];
  co_return settings;
}

}  // namespace skypod::library
