// Tables that are derived from documents. What is shown of an episode is chosen here, of all devices' records.
#include <algorithm>
#include <unordered_map>

#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

using sync::Change;

/// A value that the library can use; null for one that breaks its schema.
Json usable(const Change& change) {
  return schema_fault(change.at, change.value).empty() ? change.value : Json();
}

bool concerns_states(const Change& change) {
  return change.at.collection == collection::play || change.at.collection == collection::mark ||
         change.at.collection == collection::alias;
}

/// The tables that take one register as it is.
std::optional<Statement> plain_statement(const Change& change) {
  const Address& at = change.at;
  if (concerns_states(change)) {
    return std::nullopt;
  }
  const Json value = usable(change);
  if (at.collection == collection::subscription) {
    for (const auto& [field, column] : {std::pair{"title", "title"},
                                        {"added", "added_ms"},
                                        {"removed", "removed"},
                                        {"folder", "folder"},
                                        {"tags", "tags"}}) {
      if (at.field != field) continue;
      const std::string name = column;
      return Statement{"INSERT INTO subscriptions(feed, " + name + ") VALUES(?,?) ON CONFLICT(feed) DO UPDATE SET " +
                           name + " = excluded." + name,
                       Json::array({at.name, value})};
    }
  } else if (at.collection == collection::device && at.field == "name") {
    return value.is_null() ? Statement{"DELETE FROM devices WHERE id = ?", Json::array({at.name})}
                           : Statement{"INSERT OR REPLACE INTO devices VALUES(?,?)", Json::array({at.name, value})};
  } else if (at.collection == collection::setting && at.field == "value") {
    return Statement{"INSERT OR REPLACE INTO settings VALUES(?,?,?)", Json::array({at.scope, at.name, value})};
  } else if (at.collection == collection::queue && at.field == "place") {
    return value.is_null()
               ? Statement{"DELETE FROM queue WHERE feed = ? AND episode = ?", Json::array({at.scope, at.name})}
               : Statement{"INSERT OR REPLACE INTO queue VALUES(?,?,?)", Json::array({at.scope, at.name, value})};
  }
  return std::nullopt;
}

/// An identity that replaces another: its row takes over, the other one's goes.
std::vector<Statement> alias_statements(const Change& change) {
  const Address& at = change.at;
  const Json canon = usable(change);
  if (canon.is_null()) {
    return {};
  }
  const std::string replaced =
      "episode = ?1 AND feed = (SELECT id FROM feeds WHERE feed = ?2) AND EXISTS "
      "(SELECT 1 FROM episodes o WHERE o.feed = episodes.feed AND o.episode = ?3)";
  const Json names = Json::array({canon, at.scope, at.name});
  return {
      {"INSERT OR REPLACE INTO aliases VALUES(?,?,?)", Json::array({at.scope, at.name, canon})},
      {"UPDATE episodes SET canon = ? WHERE episode = ? AND feed = (SELECT id FROM feeds WHERE feed = ?)",
       Json::array({canon, at.name, at.scope})},
      {"INSERT INTO search(search, rowid, title, summary) SELECT 'delete', id, title, summary FROM episodes WHERE " +
           replaced,
       names},
      {"DELETE FROM episodes WHERE " + replaced, names}};
}

constexpr const char* subject_columns =
    "SELECT f.feed, e.episode, e.canon, e.id, e.published_ms FROM episodes e "
    "JOIN feeds f ON f.id = e.feed WHERE f.feed = ? ";

}  // namespace

void Library::note_scope(const std::string& collection, const std::string& scope) {
  if (collection == collection::play) {
    const Joined joined = split_name(scope);
    listeners_[joined.second].insert(joined.first);
  } else if (collection == collection::mark) {
    markers_.insert(scope);
  }
}

Library::Derived Library::project(const std::vector<Change>& changes) {
  Statements statements;
  bool states = false;
  const Address* before = nullptr;
  for (const Change& change : changes) {
    const bool same =
        before != nullptr && before->scope == change.at.scope && before->collection == change.at.collection;
    if (!same) note_scope(change.at.collection, change.at.scope);
    before = &change.at;
    states = states || concerns_states(change);
    if (auto statement = plain_statement(change)) statements.push_back(std::move(*statement));
    if (change.at.collection == collection::alias)
      std::ranges::move(alias_statements(change), back_inserter(statements));
  }
  if (!states) {
    co_return statements;
  }
  auto shown = co_await project_states(changes);
  if (!shown) {
    co_return unexpected(shown.error());
  }
  std::ranges::move(*shown, std::back_inserter(statements));
  co_return statements;
}

Library::Derived Library::project_states(const std::vector<Change>& changes) {
  const auto subjects = co_await subjects_of(changes);
  if (!subjects) {
    co_return unexpected(subjects.error());
  }
  co_return co_await states_of(*subjects, changes);
}

/// The stored episodes whose state the changes may alter.
Task<Result<std::vector<Library::Subject>, Error>> Library::subjects_of(const std::vector<Change>& changes) {
  const Rows stored =
      co_await query({{"SELECT feed FROM feeds WHERE EXISTS (SELECT 1 FROM episodes WHERE feed = feeds.id)"}});
  if (!stored) {
    co_return unexpected(stored.error());
  }
  std::set<std::string> feeds;
  for (const Json& row : (*stored)[0]) feeds.insert(row[0].get<std::string>());
  if (feeds.empty()) {
    co_return std::vector<Subject>{};
  }
  Json names = Json::array();
  Json whole = Json::array();
  std::map<std::pair<std::string, std::string>, std::string> renamed;
  for (const Change& change : changes) {
    const bool play = change.at.collection == collection::play;
    const bool mark = change.at.collection == collection::mark;
    const std::string feed = play ? split_name(change.at.scope).second : mark ? change.at.name : change.at.scope;
    if (!concerns_states(change) || !feeds.contains(feed)) continue;
    if (mark) {
      whole.push_back(Json::array({feed}));
    } else {
      names.push_back(Json::array({feed, change.at.name}));
    }
    const auto* canon = change.value.get_ptr<const std::string*>();
    if (change.at.collection == collection::alias && canon != nullptr) renamed[{feed, change.at.name}] = *canon;
  }
  const std::string columns = subject_columns;
  const Rows rows = co_await query({{columns + "AND e.episode = ?", names, true},
                                    {columns + "AND e.canon = ?", names, true},
                                    {columns, std::move(whole), true}});
  if (!rows) {
    co_return unexpected(rows.error());
  }
  std::map<std::int64_t, Subject> subjects;
  for (const Json& table : *rows) {
    for (const Json& row : table) {
      Subject subject{row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<std::string>(),
                      row[3].get<std::int64_t>(), wire::whole_number(row[4])};
      const auto other = renamed.find({subject.feed, subject.episode});
      if (other != renamed.end()) subject.canon = other->second;
      subjects[subject.id] = std::move(subject);
    }
  }
  std::vector<Subject> list;
  for (auto& [id, subject] : subjects) list.push_back(std::move(subject));
  co_return list;
}

/// Where the records of an episode may be: under both of its names, of every device that has some for this feed, and
/// the marks on the whole feed.
std::vector<Address> Library::records_of(const Subject& subject) const {
  std::vector<Address> addresses;
  const auto found = listeners_.find(subject.feed);
  for (const std::string& device : found == listeners_.end() ? std::set<std::string>{} : found->second) {
    addresses.push_back(play_address(device, subject.feed, subject.canon));
    if (subject.episode != subject.canon) addresses.push_back(play_address(device, subject.feed, subject.episode));
  }
  for (const std::string& device : subject.published_ms ? markers_ : std::set<std::string>{}) {
    addresses.push_back(mark_address(device, subject.feed));
  }
  return addresses;
}

namespace {

/// A version as a candidate for an episode of that date; nothing if it says nothing about it.
std::optional<Candidate> candidate_of(const Address& at, sync::Stamp stamp, const Json& value,
                                      std::optional<TimeMs> published_ms) {
  if (at.collection == collection::play) {
    const auto state = unpack_play(value);
    return state ? std::optional(Candidate{*state, stamp, split_name(at.scope).first}) : std::nullopt;
  }
  const auto before = wire::whole_number(value);
  if (!before || !published_ms || *published_ms > *before) {
    return std::nullopt;
  }
  return Candidate{{.position_s = 0, .completed = true, .active = false}, stamp, at.scope};
}

}  // namespace

Library::Derived Library::states_of(const std::vector<Subject>& subjects, const std::vector<Change>& changes) {
  std::vector<Address> addresses;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    for (Address& at : records_of(subjects[i])) {
      addresses.push_back(std::move(at));
      owners.push_back(i);
    }
  }
  const auto versions = co_await replica_.versions_of(addresses);
  if (!versions) {
    co_return unexpected(versions.error());
  }
  // What is being written now stands for what is still in the database.
  std::unordered_map<std::uint64_t, const Change*> newer;
  for (const Change& change : changes) newer[key_of(change.at)] = &change;
  std::vector<std::optional<Candidate>> best(subjects.size());
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto change = newer.find(key_of(addresses[i]));
    const auto& version = (*versions)[i];
    if (change == newer.end() && !version) continue;
    const sync::Stamp stamp = change != newer.end() ? change->second->stamp : version->stamp;
    const Json& value = change != newer.end() ? change->second->value : version->value;
    const auto candidate = candidate_of(addresses[i], stamp, value, subjects[owners[i]].published_ms);
    auto& leader = best[owners[i]];
    if (candidate && (!leader || outranks(*candidate, *leader))) leader = candidate;
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const auto& it = best[i];
    rows.push_back(it ? Json::array({it->state.position_s, it->state.completed ? 1 : 0, it->device, it->stamp.ms(),
                                     subjects[i].episode, subjects[i].feed})
                      : Json::array({nullptr, nullptr, nullptr, nullptr, subjects[i].episode, subjects[i].feed}));
  }
  if (rows.empty()) co_return Statements{};
  co_return Statements{
      {"UPDATE episodes SET position_s = ?, completed = ?, device = ?, at_ms = ? WHERE episode = ? AND "
       "feed = (SELECT id FROM feeds WHERE feed = ?)",
       std::move(rows), true}};
}

/// All records of one episode, the one to show first. Marks on the whole feed are not among them.
Task<Result<std::vector<Candidate>, Error>> Library::candidates(Subject subject) {
  const std::vector<Address> addresses = records_of(subject);
  const auto versions = co_await replica_.versions_of(addresses);
  if (!versions) {
    co_return unexpected(versions.error());
  }
  std::map<std::string, Candidate> by_device;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (!(*versions)[i] || addresses[i].collection != collection::play) continue;
    const auto it = candidate_of(addresses[i], (*versions)[i]->stamp, (*versions)[i]->value, std::nullopt);
    if (!it) continue;
    const auto [entry, fresh] = by_device.try_emplace(it->device, *it);
    if (!fresh && outranks(*it, entry->second)) entry->second = *it;
  }
  std::vector<Candidate> list;
  for (const auto& [device, candidate] : by_device) list.push_back(candidate);
  std::ranges::sort(list, outranks);
  co_return list;
}

}  // namespace skypod::library
