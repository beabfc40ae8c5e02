#include "core/sync/replica.hpp"

#include <algorithm>

namespace skypod::sync {
namespace {

using core::ask::Database;

constexpr std::size_t rows_first = 1'024;         // read at once for a batch, until it shows how many fit
constexpr std::size_t rows_more = 32;             // read beyond what is likely to fit
constexpr std::size_t places_max = 8'192;         // looked up at once
constexpr std::size_t walk_max = 20'000;          // read at once for the index
constexpr wire::TimeMs ms_max = (1LL << 47) - 1;  // the year 6429: stamps stay below 2^63

Error damaged() {
  return {ErrorCode::storage_failed, "The database is damaged."};
}

Error not_loaded() {
  return {ErrorCode::storage_failed, "The library could not be opened; start again."};
}

Error bad(std::string_view detail) {
  return {ErrorCode::bad_message, std::string(detail)};
}

bool same_scope(const Address& a, const Address& b) {
  return a.scope == b.scope && a.collection == b.collection;
}

}  // namespace

Replica::Replica(Host& host, std::uint64_t device, Projection projection)
    : host_(host), device_(device), projection_(std::move(projection)) {}

wire::TimeMs Replica::now() const {
  return std::clamp<wire::TimeMs>(host_.now() + clock_offset_ms_, 0, ms_max);
}

void Replica::trust_clock(wire::TimeMs behind_ms) {
  clock_offset_ms_ = behind_ms;
  clock_trusted_ = true;
  latest_ms_ = host_.now();
}

/// A clock that has gone back was wrong before or is wrong now.
void Replica::watch_clock() {
  constexpr wire::TimeMs step_max_ms = 60'000;  // as clocks are corrected all the time
  if (host_.now() + step_max_ms < latest_ms_) {
    clock_trusted_ = false;
    clock_offset_ms_ = 0;
  }
  latest_ms_ = host_.now();
}

Stamp Replica::known(Author author) const {
  const auto found = authors_.find(author);
  return found == authors_.end() ? Stamp{} : found->second.upto;
}

Versions Replica::versions() const {
  Versions versions;
  for (const auto& [author, known] : authors_) {
    if (known.upto.value != 0) versions.emplace_hint(versions.end(), author, known.upto);
  }
  return versions;
}

bool Replica::lacks(const Versions& theirs) const {
  return std::ranges::any_of(
      theirs, [&](const auto& entry) { return is_plausible(entry.second) && known(entry.first) < entry.second; });
}

std::vector<std::string> Replica::scopes(const std::string& collection) const {
  std::vector<std::string> found;
  for (auto it = scopes_.lower_bound({collection, ""}); it != scopes_.end() && it->first.first == collection; ++it) {
    found.push_back(it->first.second);
  }
  return found;
}

Task<Result<std::vector<Json>, Error>> Replica::query(std::vector<Statement> statements) {
  core::Answer answer = co_await host_.ask(Database{std::move(statements)});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  co_return std::move(answer->get_ref<Json::array_t&>());
}

Author Replica::draw_author() const {
  return Author::of(device_, host_.random().next());
}

bool Replica::load_rows(const std::vector<Json>& tables) {
  for (const Json& row : tables[0]) {
    const auto author = registers::number(row[1]);
    const auto upto = registers::number(row[2]);
    if (!author || !upto || !row[0].is_number_integer()) return false;
    authors_[Author{*author}] = {row[0].get<std::int64_t>(), Stamp{*upto}};
    author_ids_[row[0].get<std::int64_t>()] = Author{*author};
    last_author_ = std::max(last_author_, row[0].get<std::int64_t>());
    clock_.observe(Stamp{*upto});
  }
  for (const Json& row : tables[1]) {
    std::pair<std::string, std::string> name{row[1].get<std::string>(), row[2].get<std::string>()};
    scope_names_[row[0].get<std::int64_t>()] = name;
    scopes_[std::move(name)] = row[0].get<std::int64_t>();
    last_scope_ = std::max(last_scope_, row[0].get<std::int64_t>());
  }
  for (const Json& row : tables[2]) {
    const auto author = registers::number(row[0]);
    const auto sum = registers::number(row[1]);
    if (!author || !sum) return false;
    author_ = Author{*author};
    summary_ = {*sum, row[2].get<std::uint64_t>()};
  }
  return true;
}

Task<Result<void, Error>> Replica::load() {
  const auto tables = co_await query(registers::load());
  if (!tables || !load_rows(*tables)) {
    co_return unexpected(tables ? damaged() : tables.error());
  }
  if (author_.device() == device_) {
    loaded_ = true;
    const auto mended = co_await mend_clock();
    co_return mended ? Result<void, Error>{} : unexpected(mended.error());
  }
  author_ = draw_author();
  const auto done = co_await query({registers::put_self(author_)});
  loaded_ = done.has_value();
  co_return done ? Result<void, Error>{} : unexpected(done.error());
}

Task<Result<void, Error>> Replica::adopt(std::vector<Change> changes, Versions known, std::vector<Statement> first,
                                         std::vector<Statement> last) {
  author_ = draw_author();
  Draft draft = this->draft();
  draft.statements = std::move(first);
  const Arrivals arrivals = sift(std::move(changes));
  co_return co_await commit(std::move(draft), arrivals, std::move(known), std::move(last));
}

/// Of several changes to one register only the winning one goes on.
Replica::Arrivals Replica::sift(std::vector<Change> changes) const {
  std::vector<std::uint64_t> keys;
  keys.reserve(changes.size());
  std::unordered_map<std::uint64_t, std::size_t> taken;
  taken.reserve(changes.size());
  for (Change& change : changes) {
    const std::uint64_t key = key_of(change.at);
    const std::size_t next = keys.size();
    const auto [entry, fresh] = taken.try_emplace(key, next);
    Change& rival = changes[entry->second];
    if (fresh) keys.push_back(key);
    const bool moves = fresh ? &rival != &change : wins(change, rival.author, rival.stamp, rival.value);
    if (moves) rival = std::move(change);
  }
  changes.resize(keys.size());
  std::vector<Place> places = places_of(changes, keys);
  return {std::move(changes), std::move(places)};
}

std::vector<Replica::Place> Replica::places_of(const std::vector<Change>& changes,
                                               const std::vector<std::uint64_t>& keys) const {
  std::vector<Place> places;
  places.reserve(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    const bool same = i > 0 && same_scope(changes[i - 1].at, change.at);
    places.push_back({.key = keys[i],
                      .hash = hash_of(keys[i], change.author, change.stamp, change.value),
                      .scope = same ? places.back().scope : known_scope(change.at),
                      .replaces = {}});
  }
  return places;
}

/// What this database gave up comes back from somebody who took it. What is held since is newer, whatever the stamps
/// say, so it is written once more, above the arrival.
void Replica::overrule(Change& change, Place& place, const Json& held) {
  clock_.observe(change.stamp);
  change = {author_, clock_.tick(now()), std::move(change.at), held};
  place.hash = hash_of(place.key, change.author, change.stamp, change.value);
}

/// Keeps the changes that win over what is here, and notes what they replace.
Task<Result<Replica::Arrivals, Error>> Replica::weigh(std::vector<Change> changes) {
  Arrivals arrivals = sift(std::move(changes));
  if (summary_.count == 0) {
    co_return arrivals;
  }
  std::vector<std::uint64_t> keys;
  std::unordered_map<std::uint64_t, std::size_t> sought;
  for (std::size_t i = 0; i < arrivals.places.size(); ++i) {
    if (arrivals.places[i].scope == 0) continue;
    sought[arrivals.places[i].key] = i;
    keys.push_back(arrivals.places[i].key);
  }
  std::ranges::sort(keys);  // neighbours in the index
  if (keys.empty()) {
    co_return arrivals;
  }
  const auto tables = co_await query({registers::find(keys)});
  if (!tables) {
    co_return unexpected(tables.error());
  }
  std::vector<bool> lost(arrivals.changes.size());
  for (wire::PackedReader rows((*tables)[0]); !rows.at_end();) {
    const registers::Held held = registers::read_held(rows);
    const auto author = author_ids_.find(held.author);
    const auto found = sought.find(held.key);
    if (!rows.ok() || author == author_ids_.end() || found == sought.end()) co_return unexpected(damaged());
    Change& change = arrivals.changes[found->second];
    Place& place = arrivals.places[found->second];
    const bool won = wins(change, author->second, held.stamp, held.value);
    lost[found->second] = !won;
    if (won && change.author.precedes(author_)) overrule(change, place, held.value);
    place.replaces = Item{held.stamp, author->second, hash_of(held.key, author->second, held.stamp, held.value)};
  }
  const auto drop = [&lost](auto& list) {
    std::size_t i = 0;
    std::erase_if(list, [&](const auto&) { return lost[i++]; });
  };
  drop(arrivals.changes);
  drop(arrivals.places);
  co_return arrivals;
}

std::int64_t Replica::author_id(Author author, Draft& draft) const {
  if (const auto known = authors_.find(author); known != authors_.end()) return known->second.id;
  if (const auto given = draft.authors.find(author); given != draft.authors.end()) return given->second.id;
  const std::int64_t id = ++draft.last_author;
  draft.authors[author].id = id;
  draft.statements.push_back(registers::put_author(id, author, {}));
  return id;
}

std::int64_t Replica::known_scope(const Address& at) const {
  const auto known = scopes_.find({at.collection, at.scope});
  return known == scopes_.end() ? 0 : known->second;
}

/// The number of a scope that is not known yet, but may have got one in this draft.
std::int64_t Replica::new_scope(const Address& at, Draft& draft) const {
  const auto [given, fresh] = draft.scopes.try_emplace({at.collection, at.scope}, draft.last_scope + 1);
  if (fresh) draft.statements.push_back(registers::put_scope(++draft.last_scope, at.collection, at.scope));
  return given->second;
}

/// Writes arrivals, vector, sum and more in one transaction, then takes them into memory.
Task<Result<void, Error>> Replica::commit(Draft draft, const Arrivals& arrivals, Versions advanced,
                                          std::vector<Statement> last) {
  registers::Rows rows;
  std::vector<std::uint64_t> replaced;
  std::int64_t scope = 0;
  for (std::size_t i = 0; i < arrivals.changes.size(); ++i) {
    const Change& change = arrivals.changes[i];
    const Place& place = arrivals.places[i];
    const std::int64_t author = author_id(change.author, draft);
    const bool same = i > 0 && same_scope(arrivals.changes[i - 1].at, change.at);
    if (!same) scope = place.scope != 0 ? place.scope : new_scope(change.at, draft);
    rows.add(author, change, place.key, scope);
    if (place.replaces) {
      draft.summary.remove(place.replaces->hash);
      replaced.push_back(place.key);
    }
    draft.summary.add(place.hash);
  }
  if (authors_.size() + draft.authors.size() > authors_max || scopes_.size() + draft.scopes.size() > scopes_max) {
    co_return unexpected(bad("There are too many authors or feeds."));
  }
  if (!replaced.empty()) draft.statements.push_back(registers::remove(replaced));
  std::ranges::move(rows.finish(), std::back_inserter(draft.statements));
  for (const auto& [author, upto] : advanced) {
    const std::int64_t id = author_id(author, draft);
    draft.authors[author] = {id, upto};
    draft.statements.push_back(registers::put_author(id, author, upto));
  }
  draft.statements.push_back(registers::put_state(draft.self, draft.summary));
  std::ranges::move(last, std::back_inserter(draft.statements));
  const auto done = co_await query(std::exchange(draft.statements, {}));
  if (!done) {
    co_return unexpected(done.error());
  }
  take(draft, arrivals);
  co_return Result<void, Error>{};
}

void Replica::take(const Draft& draft, const Arrivals& arrivals) {
  for (const auto& [author, known] : draft.authors) {
    authors_[author] = known;
    author_ids_[known.id] = author;
    clock_.observe(known.upto);
  }
  for (const auto& [name, id] : draft.scopes) {
    scopes_[name] = id;
    scope_names_[id] = name;
  }
  summary_ = draft.summary;
  last_author_ = draft.last_author;
  last_scope_ = draft.last_scope;
  for (std::size_t i = 0; i < arrivals.changes.size(); ++i) {
    const Change& change = arrivals.changes[i];
    const Place& place = arrivals.places[i];
    clock_.observe(change.stamp);
    if (!index_) continue;
    if (place.replaces) index_->erase(*place.replaces);
    index_->insert({change.stamp, change.author, place.hash});
  }
}

Task<Result<Section, Error>> Replica::write(std::vector<Write> writes) {
  if (!loaded_) {
    co_return unexpected(not_loaded());
  }
  if (const auto mended = co_await mend_clock(); !mended) {
    co_return unexpected(mended.error());
  }
  Section section{.author = author_, .since = known(author_), .upto = known(author_), .changes = {}};
  if (writes.size() > writes_max) {
    co_return unexpected(bad("That is too much at once."));
  }
  for (Write& write : writes) {
    write.value = canonical(write.value);
    if (const auto fault = fault_of(write.at, write.value); !fault.empty()) co_return unexpected(bad(fault));
    section.upto = clock_.tick(now());
    section.changes.push_back({author_, section.upto, std::move(write.at), std::move(write.value)});
  }
  auto arrivals = co_await weigh(std::move(section.changes));
  if (!arrivals) {
    co_return unexpected(arrivals.error());
  }
  auto derived = co_await projection_(arrivals->changes);
  if (!derived) {
    co_return unexpected(derived.error());
  }
  const auto done = co_await commit(draft(), *arrivals, {{author_, section.upto}}, std::move(*derived));
  if (!done) {
    co_return unexpected(done.error());
  }
  section.changes = std::move(arrivals->changes);
  std::ranges::sort(section.changes, {}, &Change::stamp);
  co_return section;
}

/// Cuts a section down to what may be taken; false if nothing of it may.
bool Replica::admit(Section& section, Applied& applied) {
  const bool claims = section.upto.value != 0;
  const Stamp have = known(section.author);
  if (claims && section.since > have) {
    // What lies before a stamp from the future is held back here, so asking for it would not help.
    applied.gap = applied.gap || is_plausible(section.since);
    return false;
  }
  const auto ahead = std::ranges::find_if(section.changes, [&](const Change& it) { return !is_plausible(it.stamp); });
  const bool cut = ahead != section.changes.end();
  section.changes.erase(ahead, section.changes.end());
  if (!claims) {
    // What is compared is known to both, by its vector. What lies beyond comes with a claim, or a clock that is mended
    // would not find it.
    std::erase_if(section.changes, [&](const Change& it) { return it.stamp > have; });
    return !section.changes.empty();
  }
  const bool ends_ahead = cut || !is_plausible(section.upto);
  if (ends_ahead) section.upto = section.changes.empty() ? section.since : section.changes.back().stamp;
  if (section.upto <= have) {
    return false;
  }
  std::erase_if(section.changes, [&](const Change& it) { return it.stamp <= have; });
  Stamp& upto = applied.advanced[section.author];
  upto = std::max(upto, section.upto);
  return true;
}

Task<Result<Applied, Error>> Replica::apply(std::vector<Section> sections) {
  if (!loaded_) {
    co_return unexpected(not_loaded());
  }
  if (const auto mended = co_await mend_clock(); !mended) {
    co_return unexpected(mended.error());
  }
  Applied applied;
  std::vector<Change> changes;
  for (Section& section : sections) {
    if (!admit(section, applied)) continue;
    std::ranges::move(section.changes, std::back_inserter(changes));
  }
  const auto arrivals = co_await weigh(std::move(changes));
  if (!arrivals) {
    co_return unexpected(arrivals.error());
  }
  applied.won = arrivals->changes.size();
  if (applied.won == 0 && applied.advanced.empty()) {
    co_return applied;
  }
  for (const Change& change : arrivals->changes) {
    applied.collections.insert(change.at.collection);
    if (change.author != author_) continue;
    Stamp& upto = applied.advanced[author_];
    upto = std::max(upto, change.stamp);
  }
  auto derived = co_await projection_(arrivals->changes);
  if (!derived) {
    co_return unexpected(derived.error());
  }
  const auto done = co_await commit(draft(), *arrivals, applied.advanced, std::move(*derived));
  if (!done) {
    co_return unexpected(done.error());
  }
  co_return applied;
}

/// Reads stamp, scope, name, field and value.
std::optional<Change> Replica::read_change(Author author, wire::PackedReader& rows) const {
  const Stamp stamp{registers::read_number(rows)};
  const auto scope = scope_names_.find(rows.whole());
  auto name = registers::read_name(rows.next());
  std::string field(rows.text());
  Json value = rows.next().to_json();
  if (!rows.ok() || !name || scope == scope_names_.end()) {
    return std::nullopt;
  }
  const auto& [collection, inner] = scope->second;
  return Change{author, stamp, {collection, inner, std::move(*name), std::move(field)}, std::move(value)};
}

/// Reads the section's changes until they end or the pack is full, to where it then ends. Answers whether it is full.
Task<Result<bool, Error>> Replica::read_section(Section& section, Meter& meter) {
  const std::int64_t author = authors_.at(section.author).id;
  for (Stamp from = section.since;; from = section.changes.back().stamp) {
    const std::size_t limit = meter.empty() ? rows_first : meter.room() + rows_more;
    const auto tables = co_await query({registers::range(author, from, section.upto, limit)});
    if (!tables) co_return unexpected(tables.error());
    std::size_t read = 0;
    for (wire::PackedReader rows((*tables)[0]); !rows.at_end(); ++read) {
      auto change = read_change(section.author, rows);
      if (!change) co_return unexpected(damaged());
      if (!meter.take(*change)) {
        section.upto = section.changes.empty() ? section.since : section.changes.back().stamp;
        co_return true;
      }
      section.changes.push_back(std::move(*change));
    }
    if (read < limit) co_return false;
  }
}

Task<Result<Batch, Error>> Replica::next_batch(Versions& theirs) {
  Batch batch;
  Meter meter;
  const Versions ours = versions();
  for (const auto& [author, upto] : ours) {
    const Stamp since = theirs[author];
    if (since >= upto) continue;
    if (batch.sections.size() == sections_max) {
      batch.complete = false;
      break;
    }
    Section section{.author = author, .since = since, .upto = upto, .changes = {}};
    const auto full = co_await read_section(section, meter);
    if (!full) co_return unexpected(full.error());
    theirs[author] = section.upto;
    if (section.upto > since) batch.sections.push_back(std::move(section));
    if (*full) {
      batch.complete = false;
      break;
    }
  }
  co_return batch;
}

Task<Result<std::uint64_t, Error>> Replica::count_lacking(Versions theirs) {
  std::vector<Statement> statements;
  for (const auto& [author, known] : authors_) {
    statements.push_back(registers::count(known.id, theirs[author], known.upto));
  }
  const auto tables = co_await query(std::move(statements));
  if (!tables) {
    co_return unexpected(tables.error());
  }
  std::uint64_t count = 0;
  for (const Json& rows : *tables) count += rows[0][0].get<std::uint64_t>();
  co_return count;
}

Task<Result<Batch, Error>> Replica::fetch(std::vector<Item>& items) {
  wire::PackedWriter places;
  const std::size_t most = std::min(items.size(), places_max);
  for (std::size_t i = 0; i < most; ++i) {
    const auto known = authors_.find(items[i].author);
    if (known == authors_.end()) continue;
    registers::write_place(places, known->second.id, items[i].stamp);
  }
  const auto tables = co_await query({registers::named(std::move(places))});
  if (!tables) {
    co_return unexpected(tables.error());
  }
  std::map<Author, Section> sections;
  Meter meter;
  std::size_t taken = 0;
  bool full = false;
  for (wire::PackedReader rows((*tables)[0]); !rows.at_end(); ++taken) {
    const auto author = author_ids_.find(rows.whole());
    auto change = author == author_ids_.end() ? std::nullopt : read_change(author->second, rows);
    if (!change) co_return unexpected(damaged());
    full = !meter.take(*change);
    if (full) break;
    sections[author->second].changes.push_back(std::move(*change));
  }
  Batch batch;
  for (auto& [author, section] : sections) {
    section.author = author;
    std::ranges::sort(section.changes, {}, &Change::stamp);
    batch.sections.push_back(std::move(section));
  }
  // Items that are gone meanwhile have been overwritten, and need not be sent.
  const std::size_t done = full ? std::min(taken, most) : most;
  items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(done));
  batch.complete = items.empty();
  co_return batch;
}

Task<Result<const Index*, Error>> Replica::index() {
  if (index_) {
    co_return &*index_;
  }
  Index built;
  registers::Held last;
  for (bool more = true; more;) {
    const auto tables = co_await query({registers::walk(last.author, last.stamp, last.key, walk_max)});
    if (!tables) co_return unexpected(tables.error());
    std::size_t read = 0;
    for (wire::PackedReader rows((*tables)[0]); !rows.at_end(); ++read) {
      last = registers::read_held(rows);
      const auto author = author_ids_.find(last.author);
      if (!rows.ok() || author == author_ids_.end()) co_return unexpected(damaged());
      built.insert({last.stamp, author->second, hash_of(last.key, author->second, last.stamp, last.value)});
    }
    more = read == walk_max;
  }
  index_ = std::move(built);
  co_return &*index_;
}

Task<Result<std::vector<std::optional<Version>>, Error>> Replica::versions_of(std::vector<Address> addresses) {
  std::vector<std::uint64_t> keys;
  std::unordered_map<std::uint64_t, std::size_t> places;
  for (const Address& at : addresses) {
    keys.push_back(key_of(at));
    places.try_emplace(keys.back(), keys.size() - 1);
  }
  std::vector<std::optional<Version>> found(addresses.size());
  const auto tables = co_await query({registers::find(keys)});
  if (!tables) {
    co_return unexpected(tables.error());
  }
  for (wire::PackedReader rows((*tables)[0]); !rows.at_end();) {
    registers::Held held = registers::read_held(rows);
    const auto author = author_ids_.find(held.author);
    const auto place = places.find(held.key);
    if (!rows.ok() || author == author_ids_.end() || place == places.end()) co_return unexpected(damaged());
    found[place->second] = Version{author->second, held.stamp, std::move(held.value)};
  }
  co_return found;
}

Task<Result<bool, Error>> Replica::mend_clock() {
  watch_clock();
  if (!clock_trusted_ || std::ranges::all_of(authors_, [&](const auto& it) { return is_plausible(it.second.upto); })) {
    co_return false;
  }
  co_return co_await give_up(Stamp::of(now(), 0));
}

Task<Result<std::vector<Change>, Error>> Replica::later_than(Stamp limit) {
  std::vector<Statement> statements;
  std::vector<Author> authors;
  for (const auto& [author, known] : authors_) {
    if (known.upto <= limit) continue;
    authors.push_back(author);
    statements.push_back(registers::late(known.id, limit));
  }
  const auto tables = co_await query(std::move(statements));
  if (!tables) {
    co_return unexpected(tables.error());
  }
  std::vector<Change> late;
  for (std::size_t i = 0; i < authors.size(); ++i) {
    for (wire::PackedReader rows((*tables)[i]); !rows.at_end();) {
      auto change = read_change(authors[i], rows);
      if (!change) co_return unexpected(damaged());
      late.push_back(std::move(*change));
    }
  }
  co_return late;
}

/// What this device wrote of these, as written now by `author`.
std::vector<Change> Replica::written_again(const std::vector<Change>& late, Author author, HybridClock& clock) const {
  std::vector<Change> own;
  for (const Change& change : late) {
    if (change.author.device() == device_) own.push_back(change);
  }
  std::ranges::sort(own, {}, [](const Change& it) { return std::pair(it.stamp, it.author); });
  for (Change& change : own) {
    change.author = author;
    change.stamp = clock.tick(now());
  }
  return own;
}

/// Removes what is later than `limit`, and writes this device's own part of it again.
Task<Result<bool, Error>> Replica::give_up(Stamp limit) {
  const auto late = co_await later_than(limit);
  if (!late) {
    co_return unexpected(late.error());
  }
  HybridClock clock;
  Draft draft = this->draft();
  for (const auto& [author, known] : authors_) {
    clock.observe(std::min(known.upto, limit));
    if (known.upto <= limit) continue;
    draft.authors[author] = {known.id, limit};
    draft.statements.push_back(registers::forget(known.id, limit));
    draft.statements.push_back(registers::put_author(known.id, author, limit));
  }
  Author fresh = author_.next_life();
  while (authors_.contains(fresh)) fresh = fresh.next_life();  // lived before an old copy of the database was put back
  std::vector<Change> own = written_again(*late, fresh, clock);
  std::vector<Change> changed = own;
  std::vector<Item> gone;
  for (const Change& change : *late) {
    gone.push_back({change.stamp, change.author, hash_of(change)});
    draft.summary.remove(gone.back().hash);
    if (change.author.device() != device_) changed.push_back({change.author, limit, change.at, nullptr});
  }
  auto derived = co_await projection_(changed);
  if (!derived) {
    co_return unexpected(derived.error());
  }
  draft.self = fresh;
  Versions advanced;
  if (!own.empty()) advanced[fresh] = own.back().stamp;
  const Arrivals arrivals = sift(std::move(own));
  const auto done = co_await commit(std::move(draft), arrivals, std::move(advanced), std::move(*derived));
  if (!done) {
    co_return unexpected(done.error());
  }
  author_ = fresh;
  clock_ = clock;
  for (const Item& item : gone) {
    if (index_) index_->erase(item);
  }
  co_return true;
}

}  // namespace skypod::sync
