#include "core/sync/replica.hpp"

#include "core/wire/fields.hpp"

namespace skypod::sync {
namespace {

// The greater stamp wins; equal stamps of two authors are decided by the greater author, the same way everywhere.
constexpr const char* merge_sql =
    "INSERT INTO fields(collection, document, field, value, stamp, author) VALUES(?,?,?,?,?,?) "
    "ON CONFLICT(collection, document, field) DO UPDATE SET value = excluded.value, stamp = excluded.stamp, "
    "author = excluded.author WHERE (excluded.stamp, excluded.author) > (fields.stamp, fields.author)";

constexpr const char* version_sql =
    "INSERT INTO versions(author, stamp) VALUES(?,?) ON CONFLICT(author) DO UPDATE SET stamp = excluded.stamp "
    "WHERE excluded.stamp > versions.stamp";

bool is_scalar(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return value.is_null() || value.is_boolean() || value.is_number() || (text != nullptr && text->size() <= value_max);
}

/// The one spelling of a value, whichever way it comes: SQLite has no booleans, and JavaScript no floats that are
/// whole.
Json canonical(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  const auto whole = value.is_number_float() ? wire::whole_number(value) : std::nullopt;
  return whole ? Json(*whole) : value;
}

bool is_name(const Json& value, std::size_t max) {
  const auto* text = value.get_ptr<const std::string*>();
  return text != nullptr && !text->empty() && text->size() <= max;
}

Error bad(std::string detail) {
  return {ErrorCode::bad_message, std::move(detail)};
}

}  // namespace

Replica::Replica(Host& host, Bytes author, Projection projection)
    : host_(host), author_(std::move(author)), projection_(std::move(projection)) {}

std::vector<Statement> Replica::schema() {
  return {
      {"CREATE TABLE fields(collection TEXT NOT NULL, document TEXT NOT NULL, field TEXT NOT NULL, value, "
       "stamp BLOB NOT NULL, author BLOB NOT NULL, PRIMARY KEY(collection, document, field)) WITHOUT ROWID"},
      {"CREATE INDEX fields_by_author ON fields(author, stamp)"},
      {"CREATE TABLE versions(author BLOB PRIMARY KEY, stamp BLOB NOT NULL) WITHOUT ROWID"},
  };
}

Task<Result<void, Error>> Replica::load() {
  const core::Answer answer =
      co_await host_.ask(core::ask::Database{{{"SELECT author, stamp FROM versions ORDER BY author"}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  for (const Json& row : (*answer)[0]) {
    const auto stamp = Stamp::from_octets(wire::binary_bytes(row[1]));
    if (!stamp) {
      co_return unexpected(Error{ErrorCode::storage_failed, "The database is damaged."});
    }
    versions_[wire::binary_bytes(row[0])] = *stamp;
    clock_.observe(*stamp);
  }
  co_return Result<void, Error>{};
}

Json Replica::section_object(const Section& section) const {
  return {{"author", wire::binary(section.author)},
          {"since", wire::binary(section.since.octets())},
          {"upto", wire::binary(section.upto.octets())},
          {"changes", section.changes}};
}

Task<Result<wire::Envelope, Error>> Replica::write(std::vector<Write> writes) {
  Section section{.author = author_, .since = versions_[author_], .upto = {}, .changes = Json::array()};
  for (const Write& write : writes) {
    section.upto = clock_.tick(host_.now());
    section.changes.push_back(
        {write.collection, write.document, write.field, canonical(write.value), wire::binary(section.upto.octets())});
  }
  std::vector<Statement> statements;
  std::set<DocumentId> touched;
  if (writes.empty() || writes.size() > batch_max || !stage(section, Origin::here, statements, touched)) {
    co_return unexpected(bad("A field or its value is too large."));
  }
  const Result<void, Error> done = co_await commit(std::move(statements), touched);
  if (!done) {
    co_return unexpected(done.error());
  }
  versions_[author_] = section.upto;
  co_return wire::event("sync.changes", {{"sections", Json::array({section_object(section)})}});
}

bool Replica::stage(Section& section, Origin origin, std::vector<Statement>& statements,
                    std::set<DocumentId>& touched) {
  Stamp last = section.since;
  for (const Json& change : section.changes) {
    const bool shaped = change.is_array() && change.size() == 5 && is_name(change[0], collection_max) &&
                        is_name(change[1], document_max) && is_name(change[2], field_max) && is_scalar(change[3]);
    const auto stamp = shaped ? Stamp::from_octets(wire::binary_bytes(change[4])) : std::nullopt;
    if (!stamp || *stamp <= last || *stamp > section.upto) {
      return false;
    }
    if (origin == Origin::elsewhere && !HybridClock::is_plausible(*stamp, host_.now())) {
      section.upto = last;
      break;
    }
    last = *stamp;
    statements.push_back({merge_sql, Json::array({change[0], change[1], change[2], canonical(change[3]), change[4],
                                                  wire::binary(section.author)})});
    touched.insert({change[0].get<std::string>(), change[1].get<std::string>()});
  }
  if (origin == Origin::elsewhere && !HybridClock::is_plausible(section.upto, host_.now())) {
    section.upto = last;
  }
  statements.push_back({version_sql, Json::array({wire::binary(section.author), wire::binary(section.upto.octets())})});
  return true;
}

Task<Result<void, Error>> Replica::commit(std::vector<Statement> statements, const std::set<DocumentId>& touched) {
  for (Statement& statement : projection_(touched)) {
    statements.push_back(std::move(statement));
  }
  const core::Answer answer = co_await host_.ask(core::ask::Database{std::move(statements)});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  co_return Result<void, Error>{};
}

wire::Envelope Replica::vector_message(std::string_view msg) const {
  Json versions = Json::array();
  for (const auto& [author, stamp] : versions_) {
    versions.push_back({wire::binary(author), wire::binary(stamp.octets())});
  }
  return wire::event(msg, {{"versions", versions}});
}

Result<Versions, Error> Replica::read_versions(const Json& dat) {
  wire::Fields fields(dat);
  Versions versions;
  for (const Json& entry : fields.array("versions", authors_max)) {
    const bool shaped = entry.is_array() && entry.size() == 2;
    const Bytes author = shaped ? wire::binary_bytes(entry[0]) : "";
    const auto stamp = shaped ? Stamp::from_octets(wire::binary_bytes(entry[1])) : std::nullopt;
    if (author.size() != author_octets || !stamp) {
      return unexpected(bad("\"versions\" must be pairs of author and stamp."));
    }
    versions[author] = *stamp;
  }
  if (!fields.ok()) {
    return unexpected(bad(fields.problem()));
  }
  return versions;
}

bool Replica::lacks(const Versions& theirs) const {
  for (const auto& [author, stamp] : theirs) {
    const auto ours = versions_.find(author);
    if (HybridClock::is_plausible(stamp, host_.now()) && (ours == versions_.end() || ours->second < stamp)) {
      return true;
    }
  }
  return false;
}

Task<Result<Replica::Section, Error>> Replica::section_after(Bytes author, Stamp since, Stamp upto) {
  const core::Answer answer = co_await host_.ask(core::ask::Database{
      {{"SELECT collection, document, field, value, stamp FROM fields WHERE author = ? AND stamp > ? AND stamp <= ? "
        "ORDER BY stamp LIMIT ?",
        Json::array({wire::binary(author), wire::binary(since.octets()), wire::binary(upto.octets()), batch_max})}}});
  if (!answer) {
    co_return unexpected(answer.error());
  }
  Section section{.author = std::move(author), .since = since, .upto = upto, .changes = Json::array()};
  const Json& rows = (*answer)[0];
  std::size_t octets = 0;
  for (const Json& row : rows) {
    if (octets > batch_octets_max) break;
    octets += wire::to_cbor(row).size();
    section.changes.push_back(row);
  }
  const bool cut = section.changes.size() == batch_max || section.changes.size() < rows.size();
  const auto last = cut ? Stamp::from_octets(wire::binary_bytes(section.changes.back()[4])) : std::nullopt;
  section.upto = last.value_or(upto);
  co_return section;
}

Task<Result<std::vector<wire::Envelope>, Error>> Replica::changes_since(Versions theirs) {
  std::vector<wire::Envelope> messages;
  const Versions ours = versions_;
  for (const auto& [author, upto] : ours) {
    Stamp since = theirs.contains(author) ? theirs[author] : Stamp{};
    while (since < upto) {
      if (messages.size() == answer_max) {
        messages.back().dat["more"] = true;
        co_return messages;
      }
      const Result<Section, Error> section = co_await section_after(author, since, upto);
      if (!section) {
        co_return unexpected(section.error());
      }
      since = section->upto;
      messages.push_back(wire::event("sync.changes", {{"sections", Json::array({section_object(*section)})}}));
    }
  }
  co_return messages;
}

std::optional<Replica::Section> Replica::read_section(const Json& object) {
  wire::Fields fields(object);
  Section section{.author = fields.octets("author", author_octets),
                  .since = {},
                  .upto = {},
                  .changes = fields.array("changes", batch_max)};
  const auto since = Stamp::from_octets(fields.octets("since", Stamp::octets_size));
  const auto upto = Stamp::from_octets(fields.octets("upto", Stamp::octets_size));
  if (!fields.ok() || section.author.size() != author_octets || !since || !upto) {
    return std::nullopt;
  }
  section.since = *since;
  section.upto = *upto;
  return section;
}

Task<Result<Applied, Error>> Replica::apply(Json dat) {
  wire::Fields fields(dat);
  std::vector<Statement> statements;
  Versions advanced;
  Applied applied{.touched = {}, .advanced = false, .more = fields.boolean("more", false), .gap = false};
  for (const Json& object : fields.array("sections", 64)) {
    auto section = read_section(object);
    const bool new_author = section && !versions_.contains(section->author);
    if (!section || (new_author && versions_.size() + advanced.size() >= authors_max)) {
      co_return unexpected(bad("A section of changes cannot be read."));
    }
    const Stamp known = new_author ? Stamp{} : versions_[section->author];
    if (section->upto <= known) {
      continue;
    }
    if (section->since > known) {
      // What lies before a stamp from the future is held back here, so asking for it would not help.
      applied.gap = applied.gap || HybridClock::is_plausible(section->since, host_.now());
      continue;
    }
    if (!stage(*section, Origin::elsewhere, statements, applied.touched)) {
      co_return unexpected(bad("A change cannot be read."));
    }
    if (section->upto > known) advanced[section->author] = section->upto;
  }
  if (!fields.ok()) {
    co_return unexpected(bad(fields.problem()));
  }
  if (!statements.empty()) {
    const Result<void, Error> done = co_await commit(std::move(statements), applied.touched);
    if (!done) co_return unexpected(done.error());
  }
  for (const auto& [author, stamp] : advanced) {
    versions_[author] = std::max(versions_[author], stamp);
    clock_.observe(stamp);
  }
  applied.advanced = !advanced.empty();
  co_return applied;
}

}  // namespace skypod::sync
